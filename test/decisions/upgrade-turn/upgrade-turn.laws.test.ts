import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { JournalBody } from '../../../src/model/journal.ts';
import { type Fate, ModelWorld, TO } from './model-world.ts';
import { runTurns } from './run-turns.ts';

const names = ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'];
const fates = fc.constantFrom<Fate[]>(
  'well',
  'well',
  'well',
  'refused',
  'exits 1',
  'dies',
  'lies',
  'rolls back',
  'never returns',
  'returns late',
);
const fleet = fc
  .record(Object.fromEntries(names.map(name => [name, fates])))
  .map(byName => new Map(Object.entries(byName)));
const crashes = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom('before', 'after')), { maxLength: 8 })
  .map(pairs => new Map(pairs as [number, 'before' | 'after'][]));
const controls = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 200 }), fc.constantFrom('cancel', 'resume')), { maxLength: 2 })
  .map(
    pairs =>
      new Map(
        pairs.map(([turn, action]): [number, JournalBody] => [
          turn,
          { kind: 'control', action: action as 'cancel' | 'resume', reason: 'law', by: 'operator' },
        ]),
      ),
  );

describe('laws of every run', () => {
  test.prop([fleet, crashes, controls], { numRuns: 150 })(
    'R210, R300: whatever happens, it ends; one control plane node away at most; one install a boot; nothing disrupted without our cordon',
    (fate, crash, control) => {
      const world = new ModelWorld(names, fate);
      const { state } = runTurns(world.plan(), world, { crashes: crash, controls: control });
      expect(['succeeded', 'halted', 'failed', 'cancelled']).toContain(state.status);
      expect(world.counts.planesAwayAtMost).toBeLessThanOrEqual(1);
      expect(Math.max(0, ...world.counts.installs.values())).toBeLessThanOrEqual(1);
      expect(Math.max(0, ...world.counts.dispatches.values())).toBeLessThanOrEqual(1);
      expect(Math.max(0, ...world.counts.evictions.values())).toBeLessThanOrEqual(1);
      expect(world.counts.uncordonedDisruptions).toEqual([]);
      const kept = [...state.nodes.values()].filter(node =>
        ['in_doubt', 'rolled_back', 'validating', 'failed'].includes(node.state),
      );
      const named = new Set(kept.map(node => node.node));
      if (state.status !== 'halted' || state.stopped?.code !== 'QUORUM_AT_RISK') {
        expect(world.cordonsLeft().filter(name => !named.has(name))).toEqual([]);
      }
    },
  );

  test.prop([crashes], { numRuns: 60 })('a fleet that is well is upgraded, however often the executor dies', crash => {
    const world = new ModelWorld(names, new Map());
    const { state } = runTurns(world.plan(), world, { crashes: crash });
    expect(state.status).toBe('succeeded');
    expect(new Set(world.versions())).toEqual(new Set([TO]));
    expect(world.cordonsLeft()).toEqual([]);
  });

  test.prop([fleet], { numRuns: 40 })(
    'an executor that dies after each entry it writes still comes to an end',
    fate => {
      const world = new ModelWorld(names, fate);
      const { state } = runTurns(world.plan(), world, { diesAtEveryEntry: true });
      expect(['succeeded', 'halted', 'failed']).toContain(state.status);
      if ([...fate.values()].every(each => each === 'well')) expect(state.status).toBe('succeeded');
      expect(Math.max(0, ...world.counts.installs.values())).toBeLessThanOrEqual(1);
      expect(Math.max(0, ...world.counts.evictions.values())).toBeLessThanOrEqual(1);
    },
  );
});
