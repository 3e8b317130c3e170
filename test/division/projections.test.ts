import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { foldOperation } from '../../src/decisions/operation-state.ts';
import { operationId } from '../../src/decisions/plan-hash.ts';
import { openApprovals } from '../../src/division/approvals.ts';
import { type HeldDivision, openDivisionWriter } from '../../src/division/directory.ts';
import { LocalEngine } from '../../src/operations/engines/local.ts';
import { noObservations, projectOperation } from '../../src/operations/project.ts';
import { ModelWorld } from '../decisions/upgrade-turn/model-world.ts';
import { runTurns } from '../decisions/upgrade-turn/run-turns.ts';
import { clock, collectingLog, temporaryFolder } from './fixtures/records.ts';

const world = new ModelWorld(['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'], new Map());
const plan = world.plan();
const { entries } = runTurns(plan, world);
const ID = operationId(plan.plan_hash);

let directory: string;
let record: string;
let executor: HeldDivision;

/** The journal of an upgrade that ended; the record is made by the test. */
beforeEach(async () => {
  directory = await temporaryFolder();
  record = join(directory, 'operations', ID, 'record.json');
  executor = await openDivisionWriter(directory, { clock, log: collectingLog() });
  await executor.savePlan(plan);
  for (const { sequence: _sequence, at, ...body } of entries) await executor.append(ID, body, at);
});

/** As an executor does when it starts. */
async function resume(): Promise<void> {
  const log = collectingLog();
  const approvals = openApprovals(directory, { approvers: [], log });
  const options = { division: executor, clock, log, approvals, snapshotDirectory: '/snapshots' };
  await new LocalEngine({ ...options, cluster: () => undefined }).resume();
  await executor.release();
}

const recordAfter = (count: number) =>
  projectOperation(
    plan,
    ID,
    foldOperation(plan, entries.slice(0, count)),
    noObservations,
    new Date(clock.now()).toISOString(),
  );

const older: [string, () => Promise<void>][] = [
  ['missing', () => rm(record, { force: true })],
  ['as it was in mid-upgrade', () => executor.writeOperation(recordAfter(Math.floor(entries.length / 2)))],
  ['one entry behind', () => executor.writeOperation(recordAfter(entries.length - 1))],
  ['cut off', () => writeFile(record, '{"record_version": 1, "seque')],
  ['empty', () => writeFile(record, '')],
  ['another operation’s', () => writeFile(record, JSON.stringify({ ...recordAfter(3), operation_id: 'op-other' }))],
];

describe('SAFETY 11: a record that lags behind its journal when an executor starts', () => {
  test.each(older)('because it is %s is written anew from the journal', async (_title, make) => {
    await mkdir(join(record, '..'), { recursive: true });
    await make();
    await resume();
    const found = JSON.parse(await readFile(record, 'utf8'));
    expect(found).toEqual(JSON.parse(JSON.stringify(recordAfter(entries.length))));
    expect(found).toMatchObject({ status: 'succeeded', sequence: entries.length });
  });

  test('is left alone when a newer version wrote it', async () => {
    const newer = JSON.stringify({ ...recordAfter(3), record_version: 2 });
    await writeFile(record, newer);
    await executor.release();
    executor = await openDivisionWriter(directory, { clock, log: collectingLog() });
    await resume();
    expect(await readFile(record, 'utf8')).toBe(newer);
  });
});
