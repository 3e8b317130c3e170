/** SAFETY 3: of a contractor without receipts nothing is believed and nothing is asked again: the node alone says what became of a dispatch. */
import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TurnFacts } from '../../src/decisions/upgrade-turn.ts';
import type { Effect } from '../../src/model/effect.ts';
import type { JournalBody } from '../../src/model/journal.ts';
import { type Fate, ModelWorld, TO } from '../decisions/upgrade-turn/model-world.ts';
import { type RunOptions, runTurns } from '../decisions/upgrade-turn/run-turns.ts';

const names = ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'];
const NODE = 'production/worker-1';
type Answer = 'known' | 'lost';

/** The model world behind such a contractor: every call is carried out, also one that was made before. */
class Reticent extends ModelWorld {
  /** Calls to install, by machine and boot: each would be an install of its own. */
  readonly calls = new Map<string, number>();
  readonly #answer: Answer;

  constructor(fates: ReadonlyMap<string, Fate>, answer: Answer = 'known') {
    super(names, fates);
    this.#answer = answer;
  }

  override facts(attemptId?: string, nodeName?: string): TurnFacts {
    const facts = super.facts(attemptId, nodeName);
    return attemptId === undefined ? facts : { ...facts, receipt: { state: 'unknown' } };
  }

  override perform(effect: Effect): ReturnType<ModelWorld['perform']> {
    const outcome = super.perform(effect);
    if (effect.kind !== 'install') return outcome;
    const key = `${effect.system_uuid} ${effect.boot_id}`;
    this.calls.set(key, (this.calls.get(key) ?? 0) + 1);
    return this.#answer === 'known' ? outcome : { result: 'unknown', detail: 'OUTCOME_UNKNOWN: its answer was lost' };
  }
}

function run(fates: ReadonlyMap<string, Fate>, answer: Answer, options: RunOptions = {}) {
  const world = new Reticent(fates, answer);
  const plan = world.plan();
  return { world, plan, ...runTurns(plan, world, options) };
}

const most = (counts: Iterable<number>): number => Math.max(0, ...counts);

describe('a contractor without receipts', () => {
  it.each<Answer>(['known', 'lost'])(
    'whose answer is %s: another boot and the version are what ends a dispatch',
    answer => {
      const { world, state } = run(new Map(), answer);
      expect(state.status).toBe('succeeded');
      expect(new Set(world.versions())).toEqual(new Set([TO]));
      expect([...world.calls.values()]).toEqual(names.map(() => 1));
    },
  );

  it.each<[Fate, Answer]>([
    ['rolls back', 'known'],
    ['rolls back', 'lost'],
  ])('%s, its answer %s: rolled back, as the version says', (fate, answer) => {
    const { state } = run(new Map([['worker-1', fate]]), answer);
    expect(state.nodes.get(NODE)?.state).toBe('rolled_back');
  });

  it.each<[Fate, Answer]>([
    ['refused', 'known'],
    ['refused', 'lost'],
    ['lies', 'known'],
    ['lies', 'lost'],
    ['dies', 'lost'],
    ['exits 1', 'known'],
    ['never returns', 'lost'],
  ])('%s, its answer %s: in doubt, never sent again, and OUTCOME_UNKNOWN with what resolves it', (fate, answer) => {
    const { world, state } = run(new Map([['worker-1', fate]]), answer);
    expect(state).toMatchObject({ status: 'halted', stopped: { code: 'OUTCOME_UNKNOWN' } });
    expect(state.nodes.get(NODE)?.state).toBe('in_doubt');
    expect(state.stopped?.remedy).toContain(`control_operation resolve with node ${NODE}`);
    expect(most(world.calls.values())).toBe(1);
    expect(world.cordonsLeft()).toContain('worker-1');
  });

  it('a person’s word that nothing was started is the only thing that sends another', () => {
    const fates = new Map<string, Fate>([['worker-1', 'refused']]);
    const { world, plan, entries } = run(fates, 'known');
    fates.clear();
    const said = { by: 'operator', reason: 'looked at it' };
    const controls: JournalBody[] = [
      { kind: 'control', action: 'resolve', node: NODE, as: 'not_started', ...said },
      { kind: 'control', action: 'resume', ...said },
    ];
    const at = new Date(world.now).toISOString();
    const history = [
      ...entries,
      ...controls.map((body, index) => ({ ...body, at, sequence: entries.length + index + 1 })),
    ];
    const { state } = runTurns(plan, world, { history });
    expect(state.status).toBe('succeeded');
    expect(most(world.calls.values())).toBe(2);
  });

  const fates = fc.constantFrom<Fate>(
    'well',
    'refused',
    'exits 1',
    'dies',
    'lies',
    'rolls back',
    'never returns',
    'returns late',
  );
  const crashes = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom('before' as const, 'after' as const)), {
      maxLength: 6,
    })
    .map(pairs => new Map(pairs));

  test.prop([fc.tuple(fates, fates, fates), crashes, fc.constantFrom<Answer>('known', 'lost')], { numRuns: 40 })(
    'whatever becomes of each node and however often the executor dies: one call to install a boot, and an end',
    ([one, two, three], crash, answer) => {
      const byName = new Map<string, Fate>([
        ['cp-2', one],
        ['worker-1', two],
        ['worker-2', three],
      ]);
      const { world, state } = run(byName, answer, { crashes: crash });
      expect(most(world.calls.values())).toBeLessThanOrEqual(1);
      expect(world.counts.planesAwayAtMost).toBeLessThanOrEqual(1);
      expect(['succeeded', 'halted', 'failed']).toContain(state.status);
    },
  );
});
