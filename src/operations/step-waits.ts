/** How long steps may wait, how often that is written down, and how often one may do the same thing again. */
import { intentOf } from '../decisions/operation-state.ts';
import type { Effect } from '../model/effect.ts';
import type { StepProgress } from '../model/step.ts';
import { ClockJumps } from './clock-jumps.ts';
import type { StepLook } from './steps/step.ts';

type Wait = Extract<StepLook, { kind: 'wait' }>;

/** A bound that passed while nobody looked, or that a clock jumped over, is given this much more. */
const GRACE_MS = 5 * 60_000;
/** A reason that is another one at each look is written down at most this often, and ever more seldom. */
const REASON_STANDS_MS = 15_000;
const REASON_STANDS_SHARE = 0.1;
/** The same effect, done as often without being so, is a failure: something undoes it, or keeps it from taking hold. */
const MOST_TIMES = 10;
const LONGEST_PAUSE_MS = 32_000;

export class StepWaits {
  /** Since when somebody looks with this clock. */
  #lookedSince: number;
  readonly #jumps = new ClockJumps();
  readonly #outages = new Map<string, number>();
  readonly #refusals = new Map<string, number>();
  readonly #repeats = new Map<string, { intent: string | undefined; times: number }>();

  constructor(now: number) {
    this.#lookedSince = now;
  }

  /** Each look at a step passes here; `isOutage`: it could not be looked at. */
  looked(id: string, now: number, isOutage: boolean): void {
    if (this.#jumps.happened()) {
      this.#lookedSince = now;
      this.#outages.clear();
    }
    if (!isOutage) this.#outages.delete(id);
    else if (!this.#outages.has(id)) this.#outages.set(id, now);
  }

  /**
   * True when the step has waited longer than `atMostMs`: from when it was begun, or somebody last resumed the operation; an outage
   * from when it began, whatever the step waited for before.
   */
  isLate(progress: StepProgress, resumedAt: string | undefined, atMostMs: number, now: number): boolean {
    const outage = this.#outages.get(progress.id);
    if (outage !== undefined) return now - outage > atMostMs;
    const begun = Date.parse(progress.started_at ?? '') || now;
    const since = Math.max(begun, Date.parse(resumedAt ?? '') || begun);
    return now > Math.max(since + atMostMs, this.#lookedSince + Math.min(GRACE_MS, atMostMs));
  }

  /** Whether this wait says what the journal does not: a first one, something to remember, another reason. */
  isNews({ state, reason, since, started_at: begun, result }: StepProgress, wait: Wait, now: number): boolean {
    if (state !== 'waiting') return true;
    const remembered = Object.entries(wait.result ?? {});
    if (remembered.some(([name, value]) => JSON.stringify(result?.[name]) !== JSON.stringify(value))) return true;
    const stood = Math.abs(now - Date.parse(since ?? ''));
    const waited = Date.parse(since ?? '') - Date.parse(begun ?? '');
    return reason !== wait.reason && stood >= Math.max(REASON_STANDS_MS, waited * REASON_STANDS_SHARE);
  }

  /** Milliseconds until what the step was refused is asked for again: ever longer, until something of it is done. */
  refused(id: string): number {
    const times = (this.#refusals.get(id) ?? 0) + 1;
    this.#refusals.set(id, times);
    return Math.min(500 * 2 ** times, LONGEST_PAUSE_MS);
  }

  /** How often the step has had this effect by now, one after the other. */
  done(id: string, effect: Effect): { times: number; isTooOften: boolean; pauseMs: number } {
    this.#refusals.delete(id);
    const intent = intentOf(effect);
    const before = this.#repeats.get(id);
    const times = before !== undefined && before.intent === intent ? before.times + 1 : 1;
    this.#repeats.set(id, { intent, times });
    const pauseMs = times > 1 ? Math.min(500 * 2 ** times, LONGEST_PAUSE_MS) : 0;
    return { times, isTooOften: times >= MOST_TIMES, pauseMs };
  }
}
