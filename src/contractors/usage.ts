/** Calls of one cluster to its contractor; latencies are wall milliseconds of the answered and failed calls alike. */
export interface ContractorUsage {
  readonly calls: number;
  readonly failures: number;
  readonly totalLatencyMs: number;
  readonly maxLatencyMs: number;
}

export class UsageMeter implements ContractorUsage {
  calls = 0;
  failures = 0;
  totalLatencyMs = 0;
  maxLatencyMs = 0;

  record(latencyMs: number, hasFailed: boolean): void {
    this.calls += 1;
    if (hasFailed) this.failures += 1;
    this.totalLatencyMs += latencyMs;
    this.maxLatencyMs = Math.max(this.maxLatencyMs, latencyMs);
  }
}
