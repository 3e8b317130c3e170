/** SAFETY 3, 6: a wall clock that is set, or a host that slept, decides nothing: it may stop an operation, never send anything twice. */
import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TurnFacts } from '../../src/decisions/upgrade-turn.ts';
import type { Effect } from '../../src/model/effect.ts';
import { type Fate, ModelWorld, TO } from '../decisions/upgrade-turn/model-world.ts';
import { runTurns } from '../decisions/upgrade-turn/run-turns.ts';

const names = ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'];
const HOUR_MS = 3_600_000;
/** A clock that goes back makes waits longer by as much: more turns, not more effects. */
const QUARTER_MS = 900_000;

/** The model world seen by an executor whose clock jumps: the world's own time goes on as ever. */
class JumpyClock extends ModelWorld {
  readonly inner: ModelWorld;
  readonly #jumps: ReadonlyMap<number, number>;
  #advances = 0;
  #offset = 0;

  /** `jumps`: by the number of the wait in which it happens, by how much, milliseconds. */
  constructor(fates: ReadonlyMap<string, Fate>, jumps: ReadonlyMap<number, number>) {
    super(names, fates);
    this.inner = new ModelWorld(names, fates);
    this.#jumps = jumps;
  }

  override advance(ms: number): void {
    this.#advances += 1;
    this.#offset += this.#jumps.get(this.#advances) ?? 0;
    this.inner.advance(ms);
    this.now = this.inner.now + this.#offset;
  }

  override facts(attemptId?: string, nodeName?: string): TurnFacts {
    return { ...this.inner.facts(attemptId, nodeName), now: this.now };
  }

  override perform(effect: Effect): ReturnType<ModelWorld['perform']> {
    return this.inner.perform(effect);
  }
}

const most = (counts: Iterable<number>): number => Math.max(0, ...counts);
const fates = fc.constantFrom<Fate>('well', 'refused', 'exits 1', 'dies', 'lies', 'rolls back', 'returns late');
const jumps = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 120 }), fc.integer({ min: -QUARTER_MS, max: 5 * HOUR_MS })), {
    minLength: 1,
    maxLength: 4,
  })
  .map(pairs => new Map(pairs));

describe('a clock that jumps by hours', () => {
  test.prop([fc.tuple(fates, fates, fates), jumps], { numRuns: 25 })(
    'one install a boot, one control plane node away, nothing disrupted without our cordon, no pod evicted twice; and it ends',
    ([one, two, three], jump) => {
      const byName = new Map<string, Fate>([
        ['cp-2', one],
        ['worker-1', two],
        ['worker-2', three],
      ]);
      const world = new JumpyClock(byName, jump);
      const { state } = runTurns(world.inner.plan(), world);
      const { counts } = world.inner;
      expect(most(counts.installs.values())).toBeLessThanOrEqual(1);
      expect(most(counts.dispatches.values())).toBeLessThanOrEqual(1);
      expect(most(counts.evictions.values())).toBeLessThanOrEqual(1);
      expect(counts.planesAwayAtMost).toBeLessThanOrEqual(1);
      expect(counts.uncordonedDisruptions).toEqual([]);
      expect(['succeeded', 'halted', 'failed']).toContain(state.status);
    },
  );

  it.each([
    ['ahead', 3 * HOUR_MS],
    ['back', -QUARTER_MS],
  ])('%s: what was begun is not taken for failed by the time alone, and resumed it is finished', (_, by) => {
    for (let at = 1; at <= 60; at += 6) {
      const world = new JumpyClock(new Map(), new Map([[at, by]]));
      const plan = world.inner.plan();
      const first = runTurns(plan, world);
      let { state, entries } = first;
      for (let resumed = 0; state.status === 'halted' && resumed < 3; resumed += 1) {
        // NTP has set the clock right again.
        const next = new JumpyClockAt(world.inner);
        const control = {
          kind: 'control',
          action: 'resume',
          reason: 'the clock is right again',
          by: 'operator',
        } as const;
        const history = [
          ...entries,
          { ...control, at: new Date(next.now).toISOString(), sequence: entries.length + 1 },
        ];
        ({ state, entries } = runTurns(plan, next, { history }));
      }
      expect(state.status, `jump in wait ${at}: ${JSON.stringify(state.stopped)}`).toBe('succeeded');
      expect(new Set(world.inner.versions())).toEqual(new Set([TO]));
      expect(most(world.inner.counts.dispatches.values()), `jump in wait ${at}`).toBe(1);
    }
  });
});

/** The same world seen by a clock that is right. */
class JumpyClockAt extends ModelWorld {
  readonly #inner: ModelWorld;

  constructor(inner: ModelWorld) {
    super(names, new Map());
    this.#inner = inner;
    this.now = inner.now;
  }

  override advance(ms: number): void {
    this.#inner.advance(ms);
    this.now = this.#inner.now;
  }

  override facts(attemptId?: string, nodeName?: string): TurnFacts {
    return this.#inner.facts(attemptId, nodeName);
  }

  override perform(effect: Effect): ReturnType<ModelWorld['perform']> {
    return this.#inner.perform(effect);
  }
}
