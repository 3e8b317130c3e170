import type { ExchangeLimits } from './exchange.ts';

/** How one kind of call is sent. Durations are wall time in milliseconds. */
export interface CallPolicy extends ExchangeLimits {
  /** Everything of the call, pauses included. */
  callMs: number;
  /** Times the servers are gone through. */
  rounds: number;
  /** After a 5xx, or a connection lost with the request under way: ask another server, then all again. Only for reads. */
  isRepeatable: boolean;
  /** Wait and repeat when the server refuses with 429 or 5xx and names a Retry-After (client-go does for every verb). */
  honoursRetryAfter: boolean;
}

/** Reads: repeated freely. */
export const READ: CallPolicy = {
  connectMs: 3000,
  attemptMs: 15_000,
  callMs: 60_000,
  rounds: 4,
  isRepeatable: true,
  honoursRetryAfter: true,
};

/**
 * Writes guarded by a resourceVersion: sent to another server only if the first can't have received them. After anything
 * ambiguous the caller looks again (SAFETY 3: cordon and eviction converge).
 */
export const WRITE: CallPolicy = {
  connectMs: 3000,
  attemptMs: 30_000,
  callMs: 60_000,
  rounds: 4,
  isRepeatable: false,
  honoursRetryAfter: true,
};

/** Evictions: every refusal is an outcome the caller must see, and webhooks may take up to 30 s. */
export const EVICT: CallPolicy = {
  connectMs: 3000,
  attemptMs: 35_000,
  callMs: 45_000,
  rounds: 1,
  isRepeatable: false,
  honoursRetryAfter: false,
};

/** Opening a watch: the answer begins at once or the next server is asked; whoever keeps the watch waits and asks again. */
export const WATCH: CallPolicy = {
  connectMs: 3000,
  attemptMs: 10_000,
  callMs: 40_000,
  rounds: 1,
  isRepeatable: true,
  honoursRetryAfter: false,
};

/** Asking one server how it is. */
export const PROBE: CallPolicy = {
  connectMs: 2000,
  attemptMs: 3000,
  callMs: 4000,
  rounds: 1,
  isRepeatable: false,
  honoursRetryAfter: false,
};

const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 5000;

/** Exponential, with full jitter on its upper half. `random` is in [0, 1). */
export function backoffMs(round: number, random: number, longestMs = LONGEST_BACKOFF_MS): number {
  const ceiling = Math.min(longestMs, FIRST_BACKOFF_MS * 2 ** round);
  return ceiling / 2 + (ceiling / 2) * random;
}
