/** The last check before each request that disrupts (SAFETY 6). */
import { DivisionError } from '../errors.ts';
import { stopwatch } from '../host/stopwatch.ts';

/** A hold of the Lease stands this long for what is sent after it: longer than the hold itself takes, far shorter than a takeover. */
const HOLD_STANDS_MS = 5_000;
/** What was decided on an older look is not carried out: the cluster is another by now. Longer than the look itself takes. */
const LOOK_STANDS_MS = 120_000;
/** Holds that take longer than they stand, one after the other, are a slow API server and no standing still. */
const MOST_HOLDS = 3;

/**
 * Lets a request pass when the Lease was ours a moment ago and what it rests on was seen lately, by clocks that count a time of
 * standing still (SIGSTOP, a sleeping host, a clock that was set). What is left of the window: whoever takes the Lease within
 * HOLD_STANDS_MS of our check, and a stop between the last look at the clock and the write to the socket, which stands connected by
 * then; neither Kubernetes nor Talos takes a fencing token that would close it. Each request therefore
 * has a precondition of its own: a cordon the node's resourceVersion, an eviction the pod's UID, a dispatch the machine's boot id.
 */
export class Fence {
  readonly #sinceLook: () => number;
  readonly #hold: () => Promise<void>;
  #sinceHold: (() => number) | undefined;
  #holding: Promise<void> | undefined;

  /** `hold` takes or renews the Lease; `sinceLook` counts from the beginning of the look the effect was decided on. */
  constructor(sinceLook: () => number, hold: () => Promise<void>) {
    this.#sinceLook = sinceLook;
    this.#hold = hold;
  }

  /** Returns when a request may be sent at once. [OPERATION_CONFLICT, KUBERNETES_*: nothing was sent] */
  async pass(): Promise<void> {
    for (let holds = 0; ; holds += 1) {
      if (this.#sinceLook() > LOOK_STANDS_MS) throw stoodStill();
      if (this.#sinceHold !== undefined && this.#sinceHold() <= HOLD_STANDS_MS) return;
      if (holds >= MOST_HOLDS) return;
      // Requests of one effect that come at once wait for one hold: several would take each other's resourceVersion away.
      this.#holding ??= this.#held().finally(() => {
        this.#holding = undefined;
      });
      await this.#holding;
    }
  }

  async #held(): Promise<void> {
    // From before the request: the answer may have waited for us.
    const since = stopwatch();
    await this.#hold();
    this.#sinceHold = since;
  }
}

function stoodStill(): DivisionError {
  return new DivisionError(
    // As when it does not answer now: nothing was refused for good, and the next turn looks again.
    'KUBERNETES_UNAVAILABLE',
    'the executor stood still since it looked at the cluster; nothing was sent',
    'it looks again by itself',
  );
}
