/**
 * What readers say of something that does not work. Facts are never kept. Every text in them is foreign: whoever shows one redacts and
 * fences it. Times are epoch milliseconds of the cluster's clock.
 */

/** How a container's last run ended. */
export interface EndedRun {
  exitCode: number;
  /** OOMKilled, Error, Completed, StartError, … */
  reason: string;
  message: string;
  finishedAt: number | undefined;
}

export interface ContainerSymptoms {
  name: string;
  isInit: boolean;
  image: string;
  isReady: boolean;
  restarts: number;
  isRunning: boolean;
  waiting: { reason: string; message: string } | undefined;
  /** The present state's end, or the run before. */
  ended: EndedRun | undefined;
  /** As written, e.g. 256Mi. */
  memoryLimit: string | undefined;
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
  since: number | undefined;
}

export interface PodSymptoms {
  namespace: string;
  name: string;
  nodeName: string | undefined;
  phase: string;
  /** Evicted, NodeLost, … */
  reason: string;
  message: string;
  conditions: readonly Condition[];
  containers: readonly ContainerSymptoms[];
  terminatingSince: number | undefined;
}

export interface EventFacts {
  isWarning: boolean;
  reason: string;
  message: string;
  kind: string;
  name: string;
  count: number;
  lastAt: number | undefined;
}

export interface NodeSymptoms {
  name: string;
  conditions: readonly Condition[];
  isCordoned: boolean;
  internalIp: string | undefined;
  leaseRenewedAt: number | undefined;
}

export interface WorkloadSymptoms {
  /** Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or Pod. */
  kind: string;
  namespace: string;
  name: string;
  /** Undefined where the kind has no such number. */
  desired: number | undefined;
  conditions: readonly Condition[];
  pods: readonly PodSymptoms[];
  /** Objects between it and its pods that events may be about: its ReplicaSets. */
  owned: readonly { kind: string; name: string }[];
}
