import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../src/model/journal.ts';
import type { Operation } from '../../../src/model/operation.ts';
import { type Fate, ModelWorld, TO } from './model-world.ts';
import { runTurns } from './run-turns.ts';

const names = ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2', 'worker-3'];

function runWithFate(node: string, fate: Fate) {
  const world = new ModelWorld(names, new Map([[node, fate]]));
  return { world, ...runTurns(world.plan(), world) };
}

describe('a whole upgrade', () => {
  it('R216, R217: ends succeeded: every node at the target, none cordoned, one install a boot', () => {
    const world = new ModelWorld(names, new Map());
    const { state } = runTurns(world.plan(), world);
    expect(state.status).toBe('succeeded');
    expect(new Set(world.versions())).toEqual(new Set([TO]));
    expect(world.cordonsLeft()).toEqual([]);
    expect([...world.counts.installs.values()]).toEqual(names.map(() => 1));
    expect(world.counts.planesAwayAtMost).toBe(1);
    expect(world.counts.uncordonedDisruptions).toEqual([]);
  });

  it('R300, R303, SAFETY 10: a snapshot first, takes the control plane first and the etcd leader last of it, forfeited before', () => {
    const world = new ModelWorld(names, new Map());
    const { entries } = runTurns(world.plan(), world);
    const steps = entries.flatMap(entry =>
      entry.kind === 'intent' && ['install', 'forfeit', 'snapshot'].includes(entry.effect.kind)
        ? [`${entry.effect.kind} ${'node' in entry.effect ? entry.effect.node : ''}`]
        : [],
    );
    expect(steps).toEqual([
      'snapshot cp-2',
      'install cp-2',
      'install cp-3',
      'forfeit cp-1',
      'install cp-1',
      'install worker-1',
      'install worker-2',
      'install worker-3',
    ]);
  });

  it('SAFETY 8: leaves a cordon of somebody else as it was', () => {
    const world = new ModelWorld(names, new Map(), ['worker-2']);
    const { entries } = runTurns(world.plan(), world);
    const cordon = entries.find(
      entry => entry.kind === 'intent' && entry.effect.kind === 'cordon' && entry.effect.node === 'worker-2',
    );
    expect(cordon).toMatchObject({ effect: { prior_unschedulable: true } });
  });
});

describe('what an install may come to', () => {
  const table: { fate: Fate; status: Operation['status']; code: string; node: string; cordoned: string[] }[] = [
    { fate: 'refused', status: 'halted', code: 'CONTRACTOR_FAILED', node: 'failed', cordoned: [] },
    { fate: 'exits 1', status: 'halted', code: 'CONTRACTOR_FAILED', node: 'failed', cordoned: [] },
    { fate: 'dies', status: 'halted', code: 'CONTRACTOR_FAILED', node: 'failed', cordoned: [] },
    { fate: 'lies', status: 'halted', code: 'CONTRACTOR_SUSPECT', node: 'in_doubt', cordoned: ['worker-1'] },
    { fate: 'rolls back', status: 'halted', code: 'NODE_NOT_READY', node: 'rolled_back', cordoned: ['worker-1'] },
    { fate: 'never returns', status: 'halted', code: 'OUTCOME_UNKNOWN', node: 'in_doubt', cordoned: ['worker-1'] },
  ];

  it.each(table)('SAFETY 3, 4, 8: $fate → $status with $code, the node $node', row => {
    const { state, world } = runWithFate('worker-1', row.fate);
    expect(state.status).toBe(row.status);
    expect(state.stopped?.code).toBe(row.code);
    expect(state.stopped?.remedy).toBeTruthy();
    expect(state.nodes.get('production/worker-1')?.state).toBe(row.node);
    expect(world.cordonsLeft()).toEqual(row.cordoned);
    expect(Math.max(0, ...world.counts.installs.values())).toBeLessThanOrEqual(1);
    expect(state.nodes.get('production/worker-2')?.state).toBe('pending');
  });

  it('a slow node is waited for', () => {
    expect(runWithFate('worker-1', 'returns late').state.status).toBe('succeeded');
  });

  it('D15, SAFETY 4: a lying contractor is halted with the evidence from both sides', () => {
    const { state } = runWithFate('cp-2', 'lies');
    expect(state.stopped?.code).toBe('CONTRACTOR_SUSPECT');
    expect(state.stopped?.evidence.join('\n')).toMatch(/exited 0[\s\S]*stage running[\s\S]*Talos \(v1\.12\.11\)/);
  });
});

describe('SAFETY 3: a contractor that can’t be asked after a crash', () => {
  const isInstall = (entry: JournalEntry): boolean => entry.kind === 'intent' && entry.effect.kind === 'install';
  /** Dies with the first install's intent on disk; the contractor is away for so long from then on. */
  function killedBeforeInstall(awayMs: number) {
    const plain = runTurns(new ModelWorld(names, new Map()).plan(), new ModelWorld(names, new Map()));
    const intents = plain.entries.filter(entry => entry.kind === 'intent');
    const world = new ModelWorld(names, new Map());
    const at = Date.parse(plain.entries.find(isInstall)?.at ?? '');
    world.contractorAwayUntil = at + awayMs;
    const crashes = new Map([[intents.findIndex(isInstall) + 1, 'before' as const]]);
    return { world, ...runTurns(world.plan(), world, { crashes }) };
  }

  it('is waited for; what was never dispatched is dispatched then, the same attempt', () => {
    const { state, entries } = killedBeforeInstall(3 * 60_000);
    expect(state.status).toBe('succeeded');
    expect(entries.filter(entry => entry.kind === 'observed' && entry.state === 'in_doubt')).toEqual([]);
  });

  it('leaves the attempt in doubt, never dispatched by time alone', () => {
    const { state, world } = killedBeforeInstall(100 * 60_000);
    expect(state).toMatchObject({ status: 'halted', stopped: { code: 'OUTCOME_UNKNOWN' } });
    expect([...world.counts.installs.values()]).toEqual([]);
  });

  it('that answers again while the attempt is in doubt ends the doubt', () => {
    const { state, entries } = killedBeforeInstall(25 * 60_000);
    expect(entries.some(entry => entry.kind === 'observed' && entry.state === 'in_doubt')).toBe(true);
    expect(state.status).toBe('succeeded');
  });
});

describe('SAFETY 4: a node Lease', () => {
  const HOUR_MS = 3_600_000;

  it.each([-HOUR_MS, HOUR_MS])(
    'that is renewed while it is looked at is fresh, though its clock is off by %i ms',
    offset => {
      const world = new ModelWorld(names, new Map());
      world.leaseRenewal = now => now + offset;
      expect(runTurns(world.plan(), world).state.status).toBe('succeeded');
    },
  );

  it.each([-HOUR_MS, HOUR_MS])('that stands still is not fresh, though our clock is off by %i ms', offset => {
    const world = new ModelWorld(names, new Map());
    const still = world.now + offset;
    world.leaseRenewal = () => still;
    const { state } = runTurns(world.plan(), world);
    expect(state).toMatchObject({ status: 'halted', stopped: { code: 'NODE_NOT_READY' } });
    expect(state.stopped?.reason).toContain('a fresh node Lease');
  });
});

describe('control', () => {
  it('pause admits no new node and finishes the one under way', () => {
    const world = new ModelWorld(names, new Map());
    const controls = new Map([[12, { kind: 'control', action: 'pause', reason: 'lunch', by: 'operator' } as const]]);
    const { state } = runTurns(world.plan(), world, { controls });
    const states = [...state.nodes.values()].map(node => node.state);
    expect(states.filter(node => node !== 'pending' && node !== 'done')).toEqual([]);
    expect(states).toContain('pending');
  });

  it('SAFETY 8: cancel leaves no cordon, and gives the Lease up', () => {
    const world = new ModelWorld(names, new Map());
    const controls = new Map([[30, { kind: 'control', action: 'cancel', reason: 'stop', by: 'operator' } as const]]);
    const { state } = runTurns(world.plan(), world, { controls });
    expect(state.status).toBe('cancelled');
    expect(world.cordonsLeft()).toEqual([]);
    expect(state.leases.size).toBe(0);
    expect(world.facts().cluster?.lease).toBeUndefined();
  });
});
