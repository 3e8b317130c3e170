import type { Plan, PlanAction, PlannedCluster, PlannedNode, PlanPhase, PlanTask } from '../model/plan.ts';
import { estimateDisruption, publishedMinutes, tenths } from './disruption.ts';
import { type ClusterTargets, targetNodes } from './node-target.ts';
import { preflight } from './preflight.ts';
import { judgeEtcd } from './quorum.ts';
import type { ClusterReading, UpgradeInput } from './upgrade-input.ts';
import { clusterTasks, turnsMinutes } from './upgrade-tasks.ts';
import { normalVersion } from './versions.ts';

/** A plan without what only its keeper knows: hash, authority, knowledge, times. */
export type PlanDraft = Pick<
  Plan,
  'playbook' | 'clusters' | 'phases' | 'tasks' | 'preflight' | 'estimate' | 'simulated'
> & { requested: PlanAction };

/** Gates every Talos upgrade passes; they belong to `requested.gates` and so to the plan's hash. */
export const standardGates: readonly string[] = [
  'all-nodes-ready',
  'api-servers-ready',
  'budgets-respected',
  'etcd-healthy',
];

/**
 * Plans a Talos upgrade of the clusters, in wave order (SAFETY 10): control plane nodes one at a time, the etcd leader last, then
 * workers one at a time, each by name. The order in which facts were read never matters. A plan whose preflight is blocked is still
 * given, so that the reasons can be seen beside it; it can't start (CONTRACT, Plan).
 */
export function planUpgrade(input: UpgradeInput): PlanDraft {
  const requested: PlanAction = {
    ...input.requested,
    to_version: normalVersion(input.requested.to_version) ?? input.requested.to_version,
  };
  const parts = input.clusters.map(reading => {
    const targets = targetNodes(reading, requested);
    return { reading, targets, cluster: plannedCluster(reading, targets) };
  });
  const clusters = parts.map(part => part.cluster);
  const canary = requested.canary ? firstWorker(clusters) : undefined;
  const phases = clusters.flatMap(cluster => phasesOf(cluster, canary));
  const tasks: PlanTask[] = [];
  for (const { reading, cluster } of parts) {
    const last = tasks.at(-1);
    tasks.push(...clusterTasks(reading, cluster.nodes, last ? [last.id] : []));
  }
  return {
    playbook: 'talos_upgrade',
    requested,
    clusters,
    phases,
    tasks,
    preflight: preflight({ ...input, requested }),
    estimate: {
      ...estimateDisruption(parts.map(({ reading, cluster }) => disruptedBy(cluster, reading))),
      tokens: tasks.reduce((total, task) => total + task.estimate_tokens, 0),
    },
    simulated: clusters.some(cluster => cluster.simulated),
  };
}

function plannedCluster(reading: ClusterReading, targets: ClusterTargets): PlannedCluster {
  const planes = reading.facts?.nodes.filter(node => node.role === 'control-plane') ?? [];
  const leader = judgeEtcd(planes, reading.etcd).leaderNode;
  return {
    name: reading.config.name,
    environment: reading.config.environment,
    simulated: reading.config.simulated,
    kube_system_uid: reading.facts?.kubeSystemUid ?? 'unknown',
    nodes: inTurn(targets.nodes, leader),
    skipped: [...targets.skipped],
  };
}

/** Control plane first, its leader last of it; otherwise by name, as the nodes come. */
function inTurn(nodes: readonly PlannedNode[], leader: string | undefined): PlannedNode[] {
  const planes = nodes.filter(node => node.role === 'control-plane');
  return [
    ...planes.filter(node => node.name !== leader),
    ...planes.filter(node => node.name === leader),
    ...nodes.filter(node => node.role === 'worker'),
  ];
}

interface Canary {
  cluster: string;
  node: string;
}

/** The first worker that will be upgraded, of the first cluster that has one. */
function firstWorker(clusters: readonly PlannedCluster[]): Canary | undefined {
  for (const cluster of clusters) {
    const worker = cluster.nodes.find(node => node.role === 'worker');
    if (worker) return { cluster: cluster.name, node: worker.name };
  }
  return undefined;
}

function phasesOf(cluster: PlannedCluster, canary: Canary | undefined): PlanPhase[] {
  if (cluster.nodes.length === 0) return [];
  const { snapshot, verify } = publishedMinutes;
  const isCanary = (node: PlannedNode): boolean => canary?.cluster === cluster.name && canary.node === node.name;
  const planes = cluster.nodes.filter(node => node.role === 'control-plane');
  const workers = cluster.nodes.filter(node => node.role === 'worker');
  const steps = (name: string, gate: string, minutes: number): PlanPhase => ({
    name,
    cluster: cluster.name,
    mode: 'steps',
    gate,
    nodes: [],
    minutes: tenths(minutes),
  });
  const turns = (name: string, gate: string, nodes: readonly PlannedNode[]): PlanPhase[] =>
    nodes.length === 0
      ? []
      : [
          {
            name,
            cluster: cluster.name,
            mode: 'turns',
            gate,
            nodes: nodes.map(node => node.name),
            minutes: turnsMinutes(nodes),
          },
        ];
  return [
    steps('preflight and snapshot', 'nothing speaks against it, etcd is healthy', snapshot.expected),
    ...turns('control plane', 'one at a time, every etcd member healthy before each', planes),
    ...turns('canary', 'the control plane is done and healthy', workers.filter(isCanary)),
    ...turns(
      'workers',
      'one at a time, all nodes Ready before each',
      workers.filter(node => !isCanary(node)),
    ),
    steps('verify', 'all nodes Ready at the target, etcd and API servers healthy', verify.expected),
  ];
}

function disruptedBy(cluster: PlannedCluster, reading: ClusterReading) {
  const named = (role: PlannedNode['role']): string[] =>
    cluster.nodes.filter(node => node.role === role).map(node => node.name);
  return {
    name: cluster.name,
    controlPlane: named('control-plane'),
    workers: named('worker'),
    pods: reading.facts?.pods ?? [],
    budgets: reading.facts?.budgets ?? [],
  };
}
