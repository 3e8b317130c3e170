import type { CapacityPoint } from '../model/capacity.ts';
import type { PodPeak } from '../model/usage-facts.ts';

/** What a monitoring system remembers of one cluster. [CONTRACTOR_UNAVAILABLE, CONTRACTOR_FAILED, CONTRACTOR_UNINTELLIGIBLE, TIMEOUT, CANCELLED] */
export interface UsageHistory {
  readonly cluster: string;
  /**
   * One point for each hour of [from, to] that something is known of, oldest first. `missing`: what could not be read, and why;
   * throws only when nothing could.
   */
  hours(
    range: { from: number; to: number },
    signal: AbortSignal,
  ): Promise<{ points: CapacityPoint[]; missing: readonly string[] }>;
  /** Of the pods of the last seven days those that are known well enough. */
  podPeaks(signal: AbortSignal): Promise<PodPeak[]>;
}
