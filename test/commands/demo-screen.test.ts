import { describe, expect, it } from 'vitest';
import { pictureOf } from '../../src/commands/demo/screen.ts';
import { verdictOf } from '../../src/commands/demo/verdict.ts';
import { foldOperation } from '../../src/decisions/operation-state.ts';
import { noObservations, projectOperation } from '../../src/operations/project.ts';
import { ModelWorld } from '../decisions/upgrade-turn/model-world.ts';
import { runTurns } from '../decisions/upgrade-turn/run-turns.ts';

const world = new ModelWorld(['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'], new Map());
const plan = world.plan();
const { entries } = runTurns(plan, world);
const seen = (upTo: number) => {
  const known = entries.slice(0, upTo);
  return projectOperation(
    plan,
    'op-1',
    foldOperation(plan, known),
    noObservations,
    known.at(-1)?.at ?? plan.created_at,
  );
};

const clean = {
  max_installs_per_boot: 1,
  max_reboots_per_boot: 1,
  evictions_accepted: 2,
  evictions_refused: 0,
  pdb_violations: 0,
  control_plane_overlaps: 0,
  etcd_quorum_lost: 0,
};

describe('what the demo shows', () => {
  it('a line a node with its state, what the active one waits for, progress, and that it is simulated', () => {
    const waiting = entries.findIndex(entry => entry.kind === 'waiting' && entry.reason.includes('rebooting'));
    const picture = pictureOf(seen(waiting + 1));
    expect(picture[0]).toMatch(/production.*simulated/);
    expect(picture.filter(line => /(cp|worker)-\d/.test(line))).toHaveLength(5);
    expect(picture.find(line => line.includes('rebooting'))).toContain('is rebooting');
    expect(picture.at(-1)).toMatch(/0\/5 nodes.*cluster time left/);
  });

  it('the verdict is passed only when the simulation counts no violation', () => {
    const operation = seen(entries.length);
    expect(verdictOf(operation, { production: clean }, 0).passed).toBe(true);
    for (const field of ['pdb_violations', 'control_plane_overlaps', 'etcd_quorum_lost'] as const) {
      expect(verdictOf(operation, { production: { ...clean, [field]: 1 } }, 0).passed).toBe(false);
    }
    expect(verdictOf(operation, { production: { ...clean, max_installs_per_boot: 2 } }, 0).passed).toBe(false);
    expect(verdictOf(seen(entries.length - 1), { production: clean }, 0).passed).toBe(false);
  });
});
