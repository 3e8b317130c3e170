/**
 * What readers say about the world at one moment. Facts are never kept, so they are plain types; `undefined` means
 * "not known", which no decision may take for healthy.
 */

export type NodeRole = 'control-plane' | 'worker';

/** A Kubernetes node as its API tells it. Times are epoch milliseconds of the cluster's clock. */
export interface NodeFacts {
  name: string;
  role: NodeRole;
  /** Kubernetes' object uid, for preconditions. */
  uid: string;
  resourceVersion: string;
  systemUuid: string;
  bootId: string;
  internalIp: string | undefined;
  osImage: string;
  kubeletVersion: string;
  /** Condition Ready: true, false, or unknown (also when the condition is missing). */
  ready: boolean | 'unknown';
  unschedulable: boolean;
  /** Operation that holds our cordon, from our annotation; undefined when the cordon, if any, is somebody else's. */
  cordonOwner: string | undefined;
  /** `spec.unschedulable` before our cordon, as recorded in our annotation. */
  cordonPriorUnschedulable: boolean | undefined;
  /** renewTime of the node's Lease in kube-node-lease. */
  leaseRenewedAt: number | undefined;
  allocatable: { cpuMillis: number; memoryBytes: number; pods: number };
  labels: Readonly<Record<string, string>>;
  /** Absent: not read. */
  taints?: readonly NodeTaint[];
}

/** What keeps pods away from a node that don't tolerate it. */
export interface NodeTaint {
  key: string;
  value: string;
  effect: string;
}

export interface PodController {
  kind: string;
  name: string;
  uid: string;
}

export interface PodFacts {
  namespace: string;
  name: string;
  uid: string;
  nodeName: string | undefined;
  phase: string;
  isReady: boolean;
  /** metadata.deletionTimestamp in epoch milliseconds. */
  terminatingSince: number | undefined;
  controller: PodController | undefined;
  isMirror: boolean;
  hasEmptyDir: boolean;
  hasLocalVolume: boolean;
  /** Tolerates node.kubernetes.io/unschedulable:NoSchedule, so a cordon does not keep it away. */
  toleratesCordon: boolean;
  labels: Readonly<Record<string, string>>;
  restarts: number;
  images: readonly string[];
  requests: { cpuMillis: number; memoryBytes: number };
}

export interface LabelSelector {
  matchLabels?: Readonly<Record<string, string>>;
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
}

export interface BudgetFacts {
  namespace: string;
  name: string;
  selector: LabelSelector | undefined;
  disruptionsAllowed: number;
  currentHealthy: number;
  desiredHealthy: number;
  expectedPods: number;
  generation: number;
  observedGeneration: number;
  unhealthyPodEvictionPolicy: 'IfHealthyBudget' | 'AlwaysAllow';
}

/** One kube-apiserver, asked by itself (SAFETY 4, 5). */
export interface ServerFacts {
  url: string;
  reachable: boolean;
  /** gitVersion of /version. */
  version: string | undefined;
  /** /readyz/etcd of this server. */
  etcdReady: boolean | 'unknown';
  error: string | undefined;
}

export interface DaemonSetFacts {
  namespace: string;
  name: string;
  uid: string;
}

export interface VolumeAttachmentFacts {
  name: string;
  nodeName: string;
  attached: boolean;
}

/** The Lease kube-system/containers-gm (SAFETY 6). */
export interface LeaseFacts {
  holder: string | undefined;
  renewedAt: number | undefined;
  resourceVersion: string;
}

/** All that a decision needs from Kubernetes, read at one moment. */
export interface ClusterFacts {
  cluster: string;
  /** Cluster clock when the reading ended. */
  asOf: number;
  /** uid of namespace kube-system: which cluster this is. */
  kubeSystemUid: string;
  nodes: readonly NodeFacts[];
  pods: readonly PodFacts[];
  budgets: readonly BudgetFacts[];
  daemonSets: readonly DaemonSetFacts[];
  volumeAttachments: readonly VolumeAttachmentFacts[];
  servers: readonly ServerFacts[];
  lease: LeaseFacts | undefined;
}

/** Parts of a machine that are read apart; each is a talosctl process, so a reader asks for what it needs. */
export const machineParts = [
  'version',
  'system_uuid',
  'boot_id',
  'stage',
  'nodename',
  'extensions',
  'platform',
  'secure_boot',
] as const;
export type MachinePart = (typeof machineParts)[number];

/** One Talos machine as a contractor tells it. Every field it did not answer intelligibly is undefined. */
export interface MachineFacts {
  address: string;
  nodename: string | undefined;
  /** Server tag, e.g. v1.12.11 (never the client's). */
  version: string | undefined;
  bootId: string | undefined;
  systemUuid: string | undefined;
  /** MachineStatus stage: booting, installing, maintenance, running, rebooting, shuttingDown, resetting, upgrading. */
  stage: string | undefined;
  ready: boolean | undefined;
  /** Image Factory schematic id, from the extensions list. */
  schematic: string | undefined;
  extensions: readonly string[] | undefined;
  platform: string | undefined;
  isSecureBoot: boolean | undefined;
  /** Why the reading is incomplete, class first, redacted. */
  error: string | undefined;
}

/** A machine of which nothing is known, and why. */
export const unknownMachine = (address: string, error: string): MachineFacts => ({
  address,
  nodename: undefined,
  version: undefined,
  bootId: undefined,
  systemUuid: undefined,
  stage: undefined,
  ready: undefined,
  schematic: undefined,
  extensions: undefined,
  platform: undefined,
  isSecureBoot: undefined,
  error,
});

export interface EtcdMemberFacts {
  /** 16 hex digits. */
  id: string;
  hostname: string;
  peerUrls: readonly string[];
  isLearner: boolean;
}

export interface EtcdStatusFacts {
  memberId: string;
  leaderId: string | undefined;
  raftTerm: number;
  raftIndex: number;
  raftAppliedIndex: number;
  dbSizeBytes: number | undefined;
  isLearner: boolean;
  errors: readonly string[];
}

/** etcd as seen through one control plane node (SAFETY 4: every member through its own node). */
export interface EtcdViewFacts {
  address: string;
  members: readonly EtcdMemberFacts[] | undefined;
  status: EtcdStatusFacts | undefined;
  alarms: readonly { memberId: string; alarm: string }[] | undefined;
  error: string | undefined;
}

/** A member that told nothing through its node, and why. */
export const unknownEtcdView = (address: string, error: string): EtcdViewFacts => ({
  address,
  members: undefined,
  status: undefined,
  alarms: undefined,
  error,
});

/** What a contractor with receipts knows of an attempt (SAFETY 3). */
export type ReceiptFacts =
  | { state: 'absent' }
  /** `progress`: the last line it said, fenced, of an attempt that tells any. */
  | { state: 'running'; startedAt: string; progress?: string }
  | { state: 'exited'; exitCode: number; exitedAt: string; stderrTail: string }
  /** A `starting` receipt whose process is gone without an exit receipt. */
  | { state: 'lost'; startedAt: string; progress?: string }
  /** The contractor keeps no receipts, or could not say. */
  | { state: 'unknown' };
