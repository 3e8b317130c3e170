import type { NodeUsage, PodUsage } from '../model/usage-facts.ts';

/** Reads of one cluster that only its regular checks need. [KUBERNETES_UNAVAILABLE, KUBERNETES_DENIED, TIMEOUT, CANCELLED] */
export interface UsageReader {
  readonly cluster: string;
  /** Undefined: the cluster has no metrics API. */
  nodes(signal: AbortSignal): Promise<NodeUsage[] | undefined>;
  /** Undefined: the cluster has no metrics API. */
  pods(signal: AbortSignal): Promise<PodUsage[] | undefined>;
  /**
   * Shows every object of a kind as the server has it, page by page, to what `begin` gives; `begin` is called again when the list had
   * to be begun again. Shows nothing of a kind that the server does not know.
   */
  each(
    kind: { apiVersion: string; kind: string },
    begin: () => (object: Readonly<Record<string, unknown>>) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** API versions that somebody wrote objects of these kinds in, as their field managers say. */
  writtenVersions(
    kinds: readonly { apiVersion: string; kind: string }[],
    signal: AbortSignal,
  ): Promise<{ apiVersion: string; kind: string; namespace: string | undefined; name: string; manager: string }[]>;
}
