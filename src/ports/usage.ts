import type { NodeUsage, PodUsage } from '../model/usage-facts.ts';

/** Reads of one cluster that only its regular checks need. [KUBERNETES_UNAVAILABLE, KUBERNETES_DENIED, TIMEOUT, CANCELLED] */
export interface UsageReader {
  readonly cluster: string;
  /** Undefined: the cluster has no metrics API. */
  nodes(signal: AbortSignal): Promise<NodeUsage[] | undefined>;
  /** Undefined: the cluster has no metrics API. */
  pods(signal: AbortSignal): Promise<PodUsage[] | undefined>;
  /** API versions that somebody wrote objects of these kinds in, as their field managers say. */
  writtenVersions(
    kinds: readonly { apiVersion: string; kind: string }[],
    signal: AbortSignal,
  ): Promise<{ apiVersion: string; kind: string; namespace: string | undefined; name: string; manager: string }[]>;
}
