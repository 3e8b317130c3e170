import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type HeldDivision, openDivision, openDivisionWriter } from '../../src/division/directory.ts';
import { keptProcess, ownIdentity } from '../../src/host/process-identity.ts';
import type { Division } from '../../src/ports.ts';
import {
  AT,
  type CollectingLog,
  clock,
  collectingLog,
  hashOf,
  operationOf,
  planOf,
  startRequest,
  temporaryFolder,
} from './fixtures/records.ts';

let directory: string;
let division: Division;
let log: CollectingLog;

beforeEach(async () => {
  directory = await temporaryFolder();
  log = collectingLog();
  division = await openDivision(directory, { clock, log });
});

async function plant(path: string, value: unknown): Promise<void> {
  const place = join(directory, path);
  await mkdir(join(place, '..'), { recursive: true });
  await writeFile(place, `${typeof value === 'string' ? value : JSON.stringify(value)}\n`);
}

async function executor(): Promise<HeldDivision> {
  const held = await openDivisionWriter(directory, { clock, log });
  onTestFinished(() => held.release());
  return held;
}

const lines = (...entries: unknown[]): string => entries.map(entry => JSON.stringify(entry)).join('\n');

const newer = {
  code: 'RECORD_CORRUPT',
  message: expect.stringMatching(/is of record_version 2; this containers-gm knows versions up to 1$/),
  remedy: expect.stringContaining('Upgrade this containers-gm'),
};

describe('what a newer version wrote is refused by an older one, with both versions and the remedy', () => {
  test('a record, by a front end; the others are listed', async () => {
    await plant('operations/op-new/record.json', { ...operationOf('op-new'), record_version: 2, later: true });
    await plant('operations/op-old/record.json', operationOf('op-old'));
    await expect(division.operation('op-new')).rejects.toMatchObject(newer);
    const { operations, corrupt } = await division.operations();
    expect(operations.map(operation => operation.operation_id)).toEqual(['op-old']);
    expect(corrupt).toEqual([
      expect.stringMatching(/^operations\/op-new\/record\.json: is of record_version 2; .* up to 1$/),
    ]);
  });

  test('a plan', async () => {
    await plant(`plans/${hashOf('ab')}.json`, { ...planOf(hashOf('ab')), record_version: 2 });
    await expect(division.plan(hashOf('ab'))).rejects.toMatchObject(newer);
    expect(await division.plans()).toEqual([]);
  });

  test('an entry of a journal, which is named by its line, by front end and executor', async () => {
    const journal = lines(
      { sequence: 1, at: AT, kind: 'started' },
      { sequence: 2, at: AT, kind: 'levitated', record_version: 2 },
    );
    await plant('operations/op-1/journal.jsonl', journal);
    const refused = { ...newer, message: expect.stringMatching(/journal\.jsonl line 2: is of record_version 2; /) };
    await expect(division.events('op-1', 0)).rejects.toMatchObject(refused);
    const held = await executor();
    await expect(held.openJournal('op-1')).rejects.toMatchObject(refused);
    await expect(held.append('op-1', { kind: 'started' }, AT)).rejects.toMatchObject(refused);
    expect(await readFile(join(directory, 'operations/op-1/journal.jsonl'), 'utf8')).toBe(`${journal}\n`);
  });

  test('an operation whose record is newer is not gone on with, also where its journal could be read', async () => {
    await plant('operations/op-1/journal.jsonl', lines({ sequence: 1, at: AT, kind: 'started' }));
    await plant('operations/op-1/record.json', { ...operationOf('op-1'), record_version: 2 });
    const held = await executor();
    await expect(held.openJournal('op-1')).rejects.toMatchObject(newer);
    await expect(held.append('op-1', { kind: 'started' }, AT)).rejects.toMatchObject(newer);
    expect((await held.append('op-2', { kind: 'started' }, AT)).sequence).toBe(1);
  });

  test('a damaged record does not keep its operation from going on', async () => {
    await plant('operations/op-1/record.json', '{"record_version": 2, "oper');
    const held = await executor();
    expect((await held.append('op-1', { kind: 'started' }, AT)).sequence).toBe(1);
  });

  test('a request stays for the executor that understands it, and is told of once', async () => {
    const held = await executor();
    await plant('operations/requests/r-new.json', { ...startRequest('r-new'), record_version: 2 });
    for (let look = 0; look < 3; look += 1) expect(await held.requests()).toEqual([]);
    expect(log.events).toEqual(['division.request_from_newer_version']);
  });
});

describe('an executor of an older version', () => {
  const lock = async (change: Record<string, unknown>): Promise<void> =>
    plant('operations/executor.lock.1', { ...keptProcess(await ownIdentity()), acquired_at: AT, ...change });

  test('is not left a request that it would not understand: the front end names it and how it ends', async () => {
    await lock({ record_version: 0 });
    await expect(division.leaveRequest(startRequest('r-1'))).rejects.toMatchObject({
      code: 'DIRECTORY_LOCKED',
      message: expect.stringMatching(/it knows records up to version 0, this asks in version 1$/),
      remedy: expect.stringContaining(`Stop process ${process.pid} with SIGTERM`),
    });
  });

  test.each([
    ['that says no version is of version 1', {}],
    ['of a newer version takes requests of an older one', { record_version: 2, later_field: [] }],
  ])('%s', async (_title, change) => {
    await lock(change);
    await division.leaveRequest(startRequest('r-1'));
    expect(JSON.parse(await readFile(join(directory, 'operations/requests/r-1.json'), 'utf8'))).toEqual(
      startRequest('r-1'),
    );
  });
});
