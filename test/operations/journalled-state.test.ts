import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HeldDivision, openDivisionWriter } from '../../src/division/directory.ts';
import { JournalledState } from '../../src/operations/journalled-state.ts';
import type { Clock, Log } from '../../src/ports.ts';
import { ModelWorld } from '../decisions/upgrade-turn/model-world.ts';
import { FailingDisk } from '../division/fixtures/failing-disk.ts';

const ID = 'op-0123456789abcdef';
const plan = new ModelWorld(['cp-1', 'cp-2', 'cp-3', 'worker-1'], new Map()).plan();
const clock: Clock = { now: () => Date.parse('2026-01-01T00:00:00Z'), sleep: async () => undefined };
const warnings: string[] = [];
const log: Log = { debug() {}, info() {}, warn: event => warnings.push(event), error() {} };

describe('an operation in its directory', () => {
  let directory: string;
  let division: HeldDivision;
  let disk: FailingDisk;
  beforeEach(async () => {
    warnings.length = 0;
    directory = await mkdtemp(join(tmpdir(), 'containers-gm-journalled-'));
    disk = new FailingDisk();
    division = await openDivisionWriter(directory, { clock, log, fileSystem: disk });
  });
  afterEach(async () => {
    await division.release();
    await rm(directory, { recursive: true, force: true });
  });
  const open = () => JournalledState.open(plan, ID, { division, clock, log });
  const reopen = async () => {
    await division.release();
    division = await openDivisionWriter(directory, { clock, log });
    return open();
  };

  it('SAFETY 11: is what its journal says, also when it is opened again', async () => {
    const first = await open();
    await first.record({ kind: 'queued', plan_hash: plan.plan_hash, requested_by: 'operator' });
    await first.record({ kind: 'started' });
    await first.record({ kind: 'control', action: 'pause', reason: 'lunch', by: 'operator' });
    const again = await reopen();
    expect(again.state).toEqual(first.state);
    expect(again.state).toMatchObject({ sequence: 3, status: 'running', isPauseAsked: true });
  });

  it('SAFETY 11: a torn tail is truncated before the first append, and said', async () => {
    const first = await open();
    await first.record({ kind: 'queued', plan_hash: plan.plan_hash, requested_by: 'operator' });
    await division.release();
    await appendFile(join(directory, 'operations', ID, 'journal.jsonl'), '{"sequence":2,"at":"2026');
    division = await openDivisionWriter(directory, { clock, log });
    const again = await open();
    expect(warnings).toContain('journal.torn-tail');
    await again.record({ kind: 'started' });
    expect((await reopen()).state.sequence).toBe(2);
  });

  it('SAFETY 11: the record never leads: what the journal refused is in no record and no state', async () => {
    const state = await open();
    await state.record({ kind: 'queued', plan_hash: plan.plan_hash, requested_by: 'operator' });
    disk.failNext('write', 'EIO');
    await expect(state.record({ kind: 'started' })).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await division.operation(ID)).toMatchObject({ sequence: 1, status: 'queued' });
    expect(state.state).toMatchObject({ sequence: 1, status: 'queued' });
  });

  it('records asked for at once are appended one after another', async () => {
    const state = await open();
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => state.record({ kind: 'phase', name: `phase ${index}` })),
    );
    expect(state.state).toMatchObject({ sequence: 20, phase: 'phase 19' });
    expect(await division.operation(ID)).toMatchObject({ sequence: 20, phase: 'phase 19' });
  });

  it('R295, R298: tells the division in operations.log and division-state.json, without intents and waits', async () => {
    const state = await open();
    await state.record({ kind: 'queued', plan_hash: plan.plan_hash, requested_by: 'operator' });
    await state.record({ kind: 'intent', effect: { kind: 'hold_lease', cluster: 'production' }, reason: '' });
    await state.record({
      kind: 'outcome',
      effect: { kind: 'hold_lease', cluster: 'production' },
      result: 'ok',
      detail: 'held',
    });
    const lines = (await readFile(join(directory, 'logs', 'operations.log'), 'utf8')).trim().split('\n');
    expect(lines.map(line => JSON.parse(line))).toMatchObject([
      { kind: 'queued', requested_by: 'operator', operation_id: ID, simulated: true },
      { kind: 'outcome', action: 'hold_lease', cluster: 'production', result: 'ok' },
    ]);
    const known = JSON.parse(await readFile(join(directory, 'context', 'division-state.json'), 'utf8'));
    expect(known).toMatchObject({ division: 'containers', active_tasks: [{ task_id: ID, status: 'queued' }] });
    await state.record({ kind: 'finished', status: 'succeeded', summary: 'done' });
    const after = JSON.parse(await readFile(join(directory, 'context', 'division-state.json'), 'utf8'));
    expect(after.active_tasks).toEqual([]);
  });
});
