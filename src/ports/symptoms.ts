import type { EventFacts, NodeSymptoms, PodSymptoms, WorkloadSymptoms } from '../model/symptoms.ts';

/** Of which run of a container, and how much: the last lines, and of these the first bytes. */
export interface LogRequest {
  namespace: string;
  pod: string;
  container: string;
  /** The run before the present one. */
  isPrevious: boolean;
  tailLines: number;
  limitBytes: number;
}

/**
 * Reads of one cluster that explain what does not work. Every text is foreign. [INPUT_INVALID for what is no name,
 * KUBERNETES_UNAVAILABLE, KUBERNETES_DENIED, TIMEOUT, CANCELLED]
 */
export interface SymptomReader {
  readonly cluster: string;
  /** The Deployment, StatefulSet, DaemonSet, Job, ReplicaSet or Pod of this name, in that order, with its pods. */
  workload(subject: { namespace: string; name: string }, signal: AbortSignal): Promise<WorkloadSymptoms | undefined>;
  node(name: string, signal: AbortSignal): Promise<NodeSymptoms | undefined>;
  /** Bound to the node, or in all the cluster. */
  pods(options: { nodeName?: string }, signal: AbortSignal): Promise<PodSymptoms[]>;
  /** Of one object, newest first, at most 100. `namespace` is undefined for a node. */
  events(
    object: { kind: string; namespace: string | undefined; name: string },
    signal: AbortSignal,
  ): Promise<EventFacts[]>;
  /** Undefined: there is no such run, or nothing can be read of it. */
  log(request: LogRequest, signal: AbortSignal): Promise<string | undefined>;
}
