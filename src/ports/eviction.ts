/** What became of one eviction request (KEP-85 policy/v1; rolling-upgrades 3.1-3.2). */
export type EvictionOutcome =
  | { kind: 'evicted' }
  /** 404, or 409 because the uid is another pod's: ours is gone. */
  | { kind: 'gone' }
  /** 429: a budget says not now. `retryAfterMs` is the server's own, when it gave one. */
  | { kind: 'refused'; message: string; budget: string | undefined; retryAfterMs: number | undefined }
  /** 500 "more than one PodDisruptionBudget": no waiting helps. */
  | { kind: 'blocked'; message: string }
  /** A webhook or policy said no for good (403, 4xx). */
  | { kind: 'denied'; message: string }
  /** 5xx, webhook failure, connection lost: may be asked again, the uid precondition makes that safe. */
  | { kind: 'transient'; message: string };
