/** What may stand in an argument of a prompt: clusters, their nodes, namespaces and workloads, versions, and what a field's schema lists. */

import { byCodePoint } from '../decisions/verdict.ts';
import { talosMinors } from '../decisions/versions.ts';
import { DivisionError } from '../errors.ts';
import type { PromptArgument } from '../mcp/define-prompt.ts';
import type { PodFacts } from '../model/facts.ts';
import type { PlaybookName } from '../model/task.ts';
import type { ParameterSchema } from '../playbooks/parameters.ts';
import type { ClusterPorts, FrontEnd } from '../ports.ts';
import { clusterNames, clustersOf } from '../views/cluster-names.ts';

type Complete = NonNullable<PromptArgument<FrontEnd>['complete']>;

const released = talosMinors.filter(({ latest }) => latest !== undefined).toReversed();
const talosVersions = released.flatMap(({ latest }) => latest ?? []);

/** Kubernetes minors that a released Talos runs, newest first. */
const kubernetesVersions = ((): string[] => {
  const minors = released.flatMap(({ kubernetes: { minimum, maximum } }) => [minorOf(minimum), minorOf(maximum)]);
  const [oldest, newest] = [Math.min(...minors), Math.max(...minors)];
  return Array.from({ length: newest - oldest + 1 }, (_, index) => `v1.${newest - index}`);
})();

function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

const clusters: Complete = async (front, typed, _given, signal) => {
  const known = await clusterNames(front, signal);
  const before = typed.slice(0, typed.lastIndexOf(',') + 1);
  const named = before.split(',').map(name => name.trim());
  return known.filter(name => !named.includes(name)).map(name => `${before}${name}`);
};

const nodes: Complete = (front, _typed, given, signal) =>
  readOf(front, given.cluster, signal, async ({ kubernetes }) =>
    (await kubernetes.nodes(signal)).map(({ name }) => name),
  );

const pods = (front: FrontEnd, cluster: string | undefined, signal: AbortSignal, of: (pod: PodFacts) => string[]) =>
  readOf(front, cluster, signal, async ({ kubernetes }) => (await kubernetes.pods({}, signal)).flatMap(of));

const namespaces: Complete = (front, _typed, given, signal) =>
  pods(front, given.cluster ?? given.clusters, signal, ({ namespace }) => [namespace]);

const workloads: Complete = (front, _typed, given, signal) =>
  pods(front, given.cluster, signal, pod =>
    given.namespace === undefined || given.namespace === pod.namespace ? workloadOf(pod) : [],
  );

/** Of a pod of a Deployment its name: a ReplicaSet is called by it and the hash of its template. */
function workloadOf({ controller, labels }: PodFacts): string[] {
  if (controller === undefined || controller.kind === 'Node') return [];
  const hash = labels['pod-template-hash'];
  const ending = controller.kind === 'ReplicaSet' && hash !== undefined ? `-${hash}` : '';
  const isNamedSo = ending !== '' && controller.name.endsWith(ending);
  return [isNamedSo ? controller.name.slice(0, -ending.length) : controller.name];
}

/** Of the clusters that were chosen, or of all of them; one that can't be read offers nothing. */
async function readOf(
  front: FrontEnd,
  chosen: string | undefined,
  signal: AbortSignal,
  read: (ports: ClusterPorts) => Promise<string[]>,
): Promise<string[]> {
  const named = chosen?.split(',').map(name => name.trim()) ?? [];
  const asked = (await clustersOf(front, signal)).filter(
    ({ config }) => named.length === 0 || named.includes(config.name),
  );
  const answers = await Promise.all(
    asked.map(ports =>
      read(ports).catch((error: unknown) => {
        if (error instanceof DivisionError) return [];
        throw error;
      }),
    ),
  );
  return [...new Set(answers.flat())].toSorted(byCodePoint);
}

const ofFields: Readonly<Record<string, Complete>> = {
  clusters,
  cluster: (front, _typed, _given, signal) => clusterNames(front, signal),
  node: nodes,
  namespace: namespaces,
  workload: workloads,
  talos_version: async () => talosVersions,
  kubernetes_version: async () => kubernetesVersions,
};

/** Undefined for a field whose values nobody can know: a reason, a number. */
export function completionOf(playbook: PlaybookName, field: string, schema: ParameterSchema): Complete | undefined {
  if (field === 'to_version') return async () => (playbook === 'talos_upgrade' ? talosVersions : kubernetesVersions);
  const listed = listedValues(schema);
  return listed.length > 0 ? async () => listed : ofFields[field];
}

function listedValues({ type, enum: values, anyOf }: ParameterSchema): string[] {
  if (type === 'boolean') return ['true', 'false'];
  return [...(values ?? []), ...(anyOf ?? []).map(option => option.const)]
    .filter(value => value !== undefined)
    .map(String);
}
