import type { ClusterFacts } from '../model/facts.ts';

/**
 * A cluster's watch cache (ADR 8): it makes waiting cheap and never decides a disruption. What it does not know to be current it
 * does not tell.
 */
export interface ClusterWatch {
  /** Begins to watch, if nobody did yet; the returned function lets go, and the last one to let go ends it. */
  hold(): () => void;
  /**
   * What is known without asking; `asOf` is when all of it was last known current. Undefined when that is too long ago or was
   * never: read directly. It knows of no API servers, no Lease of ours and no node Leases.
   */
  facts(): ClusterFacts | undefined;
  /**
   * The same with all that decides about disrupting one node read directly: the node, its pods, every budget and volume
   * attachment, cluster DNS. Undefined as `facts` is. [as ClusterReader]
   */
  around(node: string, signal: AbortSignal): Promise<ClusterFacts | undefined>;
}
