/** Virtual time: the world's own, moved from event to event, and only while everybody sleeps. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../src/ports.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';

interface Sleeper {
  at: number;
  wake: () => void;
}

/** Turns of the event loop without a sleeper after which something waits for what never comes: a second or some. */
const MOST_IDLE_TURNS = 200_000;
/** But not before: a disk of the host that is busy with others may take as long for one file. */
const LEAST_IDLE_MS = 20_000;
const LONGEST_STEP_MS = 3_600_000;
/** Of cluster time; an upgrade of the small fleet takes less than half an hour, and every wait is bounded. */
const LONGEST_RUN_MS = 48 * 3_600_000;

/** Processes that wait for events of the timeline and are none of its timers: they have to be let act at each. */
interface Outside {
  readonly running: number;
  /** Of them, those that somebody waits for. */
  readonly awaited: number;
}

export class Timekeeper {
  readonly #world: SavedWorld;
  readonly #outside: Outside;
  #sleepers: Sleeper[] = [];
  /** Time stands still, and nothing is looked at, until it is done. */
  interlude: (() => Promise<void>) | undefined;

  constructor(world: SavedWorld, outside: Outside) {
    this.#world = world;
    this.#outside = outside;
  }

  readonly clock: Clock = {
    now: () => this.#world.now(),
    sleep: (ms, signal) =>
      new Promise(resolve => {
        if (signal.aborted) return resolve();
        const wake = (): void => {
          signal.removeEventListener('abort', wake);
          this.#sleepers = this.#sleepers.filter(other => other !== sleeper);
          resolve();
        };
        const sleeper: Sleeper = { at: this.#world.now() + Math.max(0, ms), wake };
        this.#sleepers.push(sleeper);
        signal.addEventListener('abort', wake, { once: true });
      }),
  };

  /** Those who slept are gone. */
  forgetSleepers(): void {
    this.#sleepers = [];
  }

  /** Until it is so. Rejects when it can't become so any more: nobody acts and nobody sleeps. */
  async until(isSo: () => boolean): Promise<void> {
    const end = this.#world.now() + LONGEST_RUN_MS;
    let acted = performance.now();
    const isIdle = (turns: number): boolean => turns >= MOST_IDLE_TURNS && performance.now() - acted > LEAST_IDLE_MS;
    for (let idle = 0; !isIdle(idle) && this.#world.now() < end; idle += 1) {
      await nextTurn();
      await this.interlude?.();
      if (isSo()) return;
      if (this.#sleepers.length === 0 && this.#outside.awaited === 0) continue;
      idle = 0;
      acted = performance.now();
      this.#moveTo(Math.min(...this.#sleepers.map(({ at }) => at), this.#world.now() + LONGEST_STEP_MS));
    }
    throw new Error(this.#world.now() < end ? 'nobody acts and nobody sleeps' : 'it waits and waits');
  }

  /** Lets that much time pass. */
  async pass(ms: number): Promise<void> {
    const end = this.#world.now() + ms;
    while (this.#world.now() < end) {
      this.#moveTo(end);
      await nextTurn();
    }
  }

  /** At most so far: less when somebody has to be let act before. */
  #moveTo(ms: number): void {
    const next = this.#outside.running > 0 ? (this.#world.nextAt() ?? ms) : ms;
    this.#world.advanceTo(Math.min(ms, next));
    for (const sleeper of this.#sleepers) if (sleeper.at <= this.#world.now()) sleeper.wake();
  }
}
