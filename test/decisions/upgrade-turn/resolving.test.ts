import { describe, expect, it } from 'vitest';
import { foldOperation } from '../../../src/decisions/operation-state.ts';
import { stageOf } from '../../../src/decisions/upgrade-turn.ts';
import type { JournalBody } from '../../../src/model/journal.ts';
import { type Fate, ModelWorld, TO } from './model-world.ts';
import { type RunResult, runTurns } from './run-turns.ts';

const names = ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2', 'worker-3'];
const NODE = 'production/worker-1';

const by = { by: 'operator', reason: 'looked at it' };
const resolve = (as: 'done' | 'not_started' | 'abandon'): JournalBody => ({
  kind: 'control',
  action: 'resolve',
  node: NODE,
  as,
  ...by,
});
const resume: JournalBody = { kind: 'control', action: 'resume', ...by };

/** What every run writes down first. */
const authorized: JournalBody = { kind: 'authorized', level: 'coo', rule: 'test', approved_by: 'test' };
const HOURS_MS = 3_600_000;

/** Runs to the halt of worker-1 under this fate; `goOn` writes down, hours later, what people said, with the fault gone. */
function halted(fate: Fate) {
  const fates = new Map([['worker-1', fate]]);
  const world = new ModelWorld(names, fates);
  const plan = world.plan();
  const first = runTurns(plan, world);
  expect(first.state.status).toBe('halted');
  const goOn = (...said: JournalBody[]): RunResult => {
    fates.clear();
    world.advance(3 * HOURS_MS);
    const at = new Date(world.now).toISOString();
    const history = [
      ...first.entries,
      ...[...said, authorized].map((body, index) => ({ ...body, at, sequence: first.entries.length + index + 1 })),
    ];
    return runTurns(plan, world, { history });
  };
  return { world, plan, first, goOn };
}

describe('after a halt', () => {
  it('SAFETY 3: a node resolved as not started is upgraded by another attempt, which names the one it supersedes', () => {
    const { world, first, goOn } = halted('lies');
    const { state, entries } = goOn(resolve('not_started'), resume);
    expect(state.status).toBe('succeeded');
    expect(new Set(world.versions())).toEqual(new Set([TO]));
    const installs = entries
      .slice(first.entries.length)
      .flatMap(entry => (entry.kind === 'intent' && entry.effect.kind === 'install' ? [entry.effect] : []));
    const [again] = installs.filter(({ node }) => node === 'worker-1');
    expect(again?.supersedes).toEqual(first.state.nodes.get(NODE)?.attempts.map(attempt => attempt.attempt_id));
  });

  it.each<Fate>(['refused', 'exits 1', 'dies'])(
    'a node whose install was proved not started (%s) is upgraded after resume',
    fate => {
      const { world, goOn } = halted(fate);
      expect(goOn(resume).state.status).toBe('succeeded');
      expect(world.cordonsLeft()).toEqual([]);
    },
  );

  it('SAFETY 8: an abandoned node stays cordoned, and the operation goes on without it', () => {
    const { world, goOn } = halted('lies');
    const { state } = goOn(resolve('abandon'), resume);
    expect(state.status).toBe('failed');
    expect(state.stopped?.evidence).toEqual([NODE]);
    expect(state.nodes.get('production/worker-2')?.state).toBe('done');
    expect(world.cordonsLeft()).toEqual(['worker-1']);
    expect(state.leases.size).toBe(0);
  });

  it('what the machine said of a refused install is in the evidence of the halt, whose remedy names the node', () => {
    const { first } = halted('exits 1');
    expect(first.state.stopped?.code).toBe('CONTRACTOR_FAILED');
    expect(first.state.stopped?.evidence.join('\n')).toMatch(/exited 1: /);
    expect(first.state.stopped?.remedy).toContain(NODE);
  });

  const binding = {
    cluster: 'production',
    node: 'worker-1',
    system_uuid: 'uuid',
    boot_id: 'boot-1',
    address: '10.0.0.1',
    endpoints: ['10.0.0.2'],
  };
  const is = { kind: 'observed' as const, cluster: 'production', node: 'worker-1', reason: '', evidence: [] };
  const holdLease: JournalBody = { kind: 'intent', effect: { kind: 'hold_lease', cluster: 'production' }, reason: '' };

  /** State and stage after these entries. */
  function runAfter(said: readonly JournalBody[]) {
    const world = new ModelWorld(names, new Map());
    const plan = world.plan();
    const at = new Date(world.now).toISOString();
    const history = said.map((body, index) => ({ ...body, at, sequence: index + 1 }));
    return { stage: stageOf(plan, foldOperation(plan, history)), run: () => runTurns(plan, world, { history }) };
  }

  it('SAFETY 3: an install that stands is not repeated because its reboot was not started', () => {
    const install = { ...binding, kind: 'install' as const, attempt_id: 'a.install.1', image: 'image', reboots: false };
    const reboot = { ...binding, kind: 'reboot' as const, attempt_id: 'a.reboot.1' };
    const { stage } = runAfter([
      holdLease,
      { kind: 'intent', effect: install, reason: '' },
      { kind: 'outcome', effect: install, result: 'ok', detail: '' },
      { kind: 'intent', effect: reboot, reason: '' },
      { kind: 'outcome', effect: reboot, result: 'unknown', detail: '' },
      { ...is, state: 'in_doubt' },
      resolve('not_started'),
      { ...is, state: 'cordoned' },
      { ...is, state: 'installing' },
    ]);
    expect(stage).toMatchObject({ kind: 'install', attempt: { attempt_id: 'a.install.1' } });
  });

  it('a drain that fails after a refused install halts for the drain, without the refusal’s evidence', () => {
    const install = { ...binding, kind: 'install' as const, attempt_id: 'a.install.1', image: 'image', reboots: true };
    const { run } = runAfter([
      holdLease,
      { kind: 'intent', effect: install, reason: '' },
      { ...is, state: 'failed', evidence: ['exited 1'], not_started: 'a.install.1' },
      resume,
      { ...is, state: 'failed', reason: 'not drained in 20 min' },
    ]);
    const { stopped } = run().state;
    expect(stopped).toMatchObject({ code: 'DISRUPTION_BLOCKED', evidence: [] });
  });
});
