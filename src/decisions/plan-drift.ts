import type { ClusterFacts } from '../model/facts.ts';
import type { PlannedCluster, PlannedNode } from '../model/plan.ts';
import { isSameVersion, talosVersionOfImage } from './versions.ts';

/**
 * How a cluster differs now from what its plan's hash was made of (SAFETY 9): the cluster itself, which nodes there are, and for the
 * nodes still to do, which machine each is, its role and the version it comes from. Empty: nothing.
 */
export function planDrift(planned: PlannedCluster, pending: readonly PlannedNode[], facts: ClusterFacts): string[] {
  if (facts.kubeSystemUid !== planned.kube_system_uid) return [anotherCluster(planned, facts)];
  const found = new Map(facts.nodes.map(node => [node.name, node]));
  const known = new Set([...planned.nodes, ...planned.skipped].map(node => node.name));
  const added = facts.nodes.filter(node => !known.has(node.name)).map(node => `node ${node.name} is new`);
  const changed = pending.flatMap(node => {
    const now = found.get(node.name);
    if (!now) return [`node ${node.name} is gone`];
    const version = talosVersionOfImage(now.osImage);
    return [
      ...(now.systemUuid.toLowerCase() === node.system_uuid.toLowerCase()
        ? []
        : [`${node.name} is another machine now`]),
      ...(now.role === node.role ? [] : [`${node.name} is a ${now.role} now`]),
      ...(isSameVersion(version, node.from_version)
        ? []
        : [`${node.name} runs ${version ?? now.osImage}, not ${node.from_version}`]),
    ];
  });
  return [...added, ...changed];
}

const anotherCluster = (planned: PlannedCluster, { kubeSystemUid }: Pick<ClusterFacts, 'kubeSystemUid'>): string =>
  `it is another cluster: kube-system is ${kubeSystemUid}, planned ${planned.kube_system_uid}`;

/**
 * The same of a procedure, for the nodes that it still has something to do with. One that is not there is no drift: procedures remove
 * nodes; nor is another version: a node in maintenance may be upgraded.
 */
export function procedureDrift(
  planned: PlannedCluster,
  open: ReadonlySet<string>,
  facts: Pick<ClusterFacts, 'kubeSystemUid' | 'nodes'>,
): string[] {
  if (facts.kubeSystemUid !== planned.kube_system_uid) return [anotherCluster(planned, facts)];
  return (planned.targets ?? [])
    .filter(({ name }) => open.has(name))
    .flatMap(target => {
      const now = facts.nodes.find(({ name }) => name === target.name);
      if (!now) return [];
      return [
        ...(now.systemUuid.toLowerCase() === target.system_uuid.toLowerCase()
          ? []
          : [`${target.name} is another machine now`]),
        ...(now.role === target.role ? [] : [`${target.name} is a ${now.role} now`]),
      ];
    });
}
