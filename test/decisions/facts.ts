/** Facts of a small healthy cluster, each part replaceable: what the tests of decisions are made of. */

import type { HealthInput } from '../../src/decisions/cluster-health.ts';
import type { ClusterReading, UpgradeInput } from '../../src/decisions/upgrade-input.ts';
import type {
  BudgetFacts,
  ClusterFacts,
  EtcdMemberFacts,
  EtcdViewFacts,
  MachineFacts,
  NodeFacts,
  PodFacts,
} from '../../src/model/facts.ts';
import type { PlanAction } from '../../src/model/plan.ts';

export const SCHEMATIC = 'c9078f9419961640c712a8bf2bb9174933dfcf1da383fd8ea2b7dc21493f8bac';

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
/** Stable numbers from names: the same node always has the same address, UUID and member id. */
const numberOf = (name: string): number =>
  Array.from(name).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 7);

export const uuidOf = (name: string): string => `4c4c4544-0051-3010-8052-${hex(numberOf(name), 12)}`;
export const bootOf = (name: string): string => `b0070000-0000-4000-8000-${hex(numberOf(name), 12)}`;
export const addressOf = (name: string): string => `10.0.${Math.floor(numberOf(name) / 256)}.${numberOf(name) % 256}`;
export const memberOf = (name: string): string => hex(0xabc0_0000_0000 + numberOf(name), 16);

export function aNode(name: string, change: Partial<NodeFacts> = {}): NodeFacts {
  return {
    name,
    role: name.startsWith('cp') ? 'control-plane' : 'worker',
    uid: `uid-${name}`,
    resourceVersion: '1',
    systemUuid: uuidOf(name),
    bootId: bootOf(name),
    internalIp: addressOf(name),
    osImage: 'Talos (v1.12.11)',
    kubeletVersion: 'v1.35.4',
    ready: true,
    unschedulable: false,
    cordonOwner: undefined,
    cordonPriorUnschedulable: undefined,
    leaseRenewedAt: 0,
    allocatable: { cpuMillis: 4000, memoryBytes: 8e9, pods: 110 },
    labels: {},
    ...change,
  };
}

export function aMachine(name: string, change: Partial<MachineFacts> = {}): MachineFacts {
  return {
    address: addressOf(name),
    nodename: name,
    version: 'v1.12.11',
    bootId: bootOf(name),
    systemUuid: uuidOf(name),
    stage: 'running',
    ready: true,
    schematic: SCHEMATIC,
    extensions: ['qemu-guest-agent'],
    platform: 'metal',
    isSecureBoot: false,
    error: undefined,
    ...change,
  };
}

export function aPod(name: string, nodeName: string | undefined, change: Partial<PodFacts> = {}): PodFacts {
  return {
    namespace: 'shop',
    name,
    uid: `uid-${name}`,
    nodeName,
    phase: 'Running',
    isReady: true,
    terminatingSince: undefined,
    controller: { kind: 'ReplicaSet', name: 'web', uid: 'uid-web' },
    isMirror: false,
    hasEmptyDir: false,
    hasLocalVolume: false,
    toleratesCordon: false,
    labels: { app: 'web' },
    restarts: 0,
    images: [],
    requests: { cpuMillis: 100, memoryBytes: 1e8 },
    ...change,
  };
}

export function aBudget(name: string, change: Partial<BudgetFacts> = {}): BudgetFacts {
  return {
    namespace: 'shop',
    name,
    selector: { matchLabels: { app: 'web' } },
    disruptionsAllowed: 1,
    currentHealthy: 3,
    desiredHealthy: 2,
    expectedPods: 3,
    generation: 1,
    observedGeneration: 1,
    unhealthyPodEvictionPolicy: 'IfHealthyBudget',
    ...change,
  };
}

/** etcd's members for these control plane nodes. */
export const etcdMembers = (planes: readonly string[]): EtcdMemberFacts[] =>
  planes.map(name => ({
    id: memberOf(name),
    hostname: name,
    peerUrls: [`https://${addressOf(name)}:2380`],
    isLearner: false,
  }));

/** Healthy views of these control plane nodes, the last of which leads unless said otherwise. */
export const etcdViews = (planes: readonly string[], leader = planes.at(-1)): EtcdViewFacts[] =>
  planes.map(name => ({
    address: addressOf(name),
    members: etcdMembers(planes),
    status: {
      memberId: memberOf(name),
      leaderId: leader === undefined ? undefined : memberOf(leader),
      raftTerm: 4,
      raftIndex: 48_000,
      raftAppliedIndex: 48_000,
      dbSizeBytes: 1e7,
      isLearner: false,
      errors: [],
    },
    alarms: [],
    error: undefined,
  }));

export function aCluster(nodes: readonly NodeFacts[], change: Partial<ClusterFacts> = {}): ClusterFacts {
  const planes = nodes.filter(node => node.role === 'control-plane');
  return {
    cluster: 'production',
    asOf: 1_000,
    kubeSystemUid: 'kube-system-1',
    nodes,
    pods: [],
    budgets: [],
    daemonSets: [],
    volumeAttachments: [],
    servers: planes.map(node => ({
      url: `https://${node.internalIp}:6443`,
      reachable: true,
      version: 'v1.35.4',
      etcdReady: true,
      error: undefined,
    })),
    lease: undefined,
    ...change,
  };
}

export const offered: readonly string[] = [
  'machine.read',
  'etcd.members',
  'etcd.status',
  'etcd.alarms',
  'etcd.snapshot',
  'etcd.forfeit',
  'os.install',
  'os.reboot',
  'attempt.get',
];

/** A healthy cluster with these nodes, read in full. */
export function aReading(names: readonly string[], change: Partial<ClusterReading> = {}): ClusterReading {
  return {
    config: {
      name: 'production',
      environment: 'production',
      simulated: true,
      mode: 'operate',
      installer: 'factory.talos.dev/metal-installer/{schematic}:{version}',
      talos: { contractor: 'talos' },
    },
    facts: aCluster(names.map(name => aNode(name))),
    machines: names.map(name => aMachine(name)),
    etcd: etcdViews(names.filter(name => name.startsWith('cp'))),
    capabilities: { offered, keepsReceipts: true, clientVersion: 'v1.13.9' },
    missingPermissions: [],
    ...change,
  };
}

export const anAction = (change: Partial<PlanAction> = {}): PlanAction => ({
  action: 'rolling_upgrade',
  kind: 'talos',
  to_version: 'v1.13.9',
  max_unavailable: 1,
  canary: false,
  gates: ['etcd-healthy'],
  accept_api_outage: false,
  ...change,
});

export const seedNodes = ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2', 'worker-3'];

export function anUpgrade(
  clusters: readonly ClusterReading[] = [aReading(seedNodes)],
  change: Partial<UpgradeInput> = {},
): UpgradeInput {
  return {
    requested: anAction(),
    clusters,
    snapshotDirectory: { path: '/var/lib/snapshots', isWritable: true },
    ...change,
  };
}

/** The seed cluster, read in full, with these facts of it changed. */
export const readingWith = (change: Partial<ClusterFacts>): ClusterReading =>
  aReading(seedNodes, {
    facts: aCluster(
      seedNodes.map(name => aNode(name)),
      change,
    ),
  });

/** The seed cluster with one node changed. */
export const readingWithNode = (name: string, change: Partial<NodeFacts>): ClusterReading =>
  readingWith({ nodes: seedNodes.map(each => aNode(each, each === name ? change : {})) });

/** The seed cluster as cluster_health reads it. */
export const aHealthInput = (facts: Partial<ClusterFacts> = {}, change: Partial<HealthInput> = {}): HealthInput => ({
  cluster: 'production',
  simulated: true,
  facts: aCluster(
    seedNodes.map(name => aNode(name)),
    facts,
  ),
  machines: seedNodes.map(name => aMachine(name)),
  etcd: etcdViews(['cp-1', 'cp-2', 'cp-3']),
  thresholds: { node_cpu_percent: 80, node_memory_percent: 85 },
  ...change,
});
