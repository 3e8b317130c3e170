/** Calls of one cluster to its contractor; latencies are wall milliseconds of the answered and failed calls alike. */
export interface ContractorUsage {
  readonly calls: number;
  readonly failures: number;
  readonly totalLatencyMs: number;
  readonly maxLatencyMs: number;
  /** UTF-8 bytes of all that it answered. */
  readonly answeredBytes: number;
  /** The last call's end in epoch milliseconds, wall time, and whether it failed; undefined before the first. */
  readonly last: { readonly at: number; readonly hasFailed: boolean } | undefined;
}

export class UsageMeter implements ContractorUsage {
  calls = 0;
  failures = 0;
  totalLatencyMs = 0;
  maxLatencyMs = 0;
  answeredBytes = 0;
  last: { at: number; hasFailed: boolean } | undefined;

  record(call: { latencyMs: number; hasFailed: boolean; answeredBytes: number }): void {
    this.calls += 1;
    if (call.hasFailed) this.failures += 1;
    this.totalLatencyMs += call.latencyMs;
    this.maxLatencyMs = Math.max(this.maxLatencyMs, call.latencyMs);
    this.answeredBytes += call.answeredBytes;
    this.last = { at: Date.now(), hasFailed: call.hasFailed };
  }
}
