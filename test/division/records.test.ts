import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openDivision } from '../../src/division/directory.ts';
import { diskFileSystem } from '../../src/division/file-system.ts';
import { layoutOf } from '../../src/division/layout.ts';
import { writeOperation } from '../../src/division/records.ts';
import type { Division } from '../../src/ports.ts';
import {
  type CollectingLog,
  clock,
  collectingLog,
  hashOf,
  operationOf,
  planOf,
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

async function plantRecord(id: string, text: string): Promise<void> {
  await mkdir(join(directory, 'operations', id), { recursive: true });
  await writeFile(join(directory, 'operations', id, 'record.json'), text);
}

const save = (id: string, startedAt?: string) =>
  writeOperation(diskFileSystem, layoutOf(directory), operationOf(id, startedAt));

describe('operations', () => {
  test('are listed newest first and read back as they were written', async () => {
    await save('op-old', '2026-01-01T00:00:00Z');
    await save('op-new', '2026-02-01T00:00:00Z');
    const { operations, corrupt } = await division.operations();
    expect(operations.map(operation => operation.operation_id)).toEqual(['op-new', 'op-old']);
    expect(corrupt).toEqual([]);
    expect(await division.operation('op-new')).toEqual(operationOf('op-new', '2026-02-01T00:00:00Z'));
  });

  test('of a directory that is not there are none, and asking makes nothing', async () => {
    const missing = join(directory, 'not', 'there');
    const empty = await openDivision(missing, { clock, log });
    expect(await empty.operations()).toEqual({ operations: [], corrupt: [] });
    expect(await empty.plans()).toEqual([]);
    expect(await empty.events('op-1', 0)).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });

  test('keep fields that a later version added', async () => {
    await plantRecord('op-1', JSON.stringify({ ...operationOf('op-1'), later_field: { deep: 1 } }));
    expect(await division.operation('op-1')).toMatchObject({ later_field: { deep: 1 } });
  });

  test.each([
    ['not JSON', '{"record_version": 1', /is not JSON/],
    ['half a record', '{"record_version": 1, "operation_id": "op-bad"}', /fields are missing.*plan_hash/],
    [
      'a newer version',
      JSON.stringify({ ...operationOf('op-bad'), record_version: 2 }),
      /is of record_version 2; this .* up to 1/,
    ],
    ['another operation', JSON.stringify(operationOf('op-other')), /record of another operation/],
    ['an empty file', '', /is not JSON/],
  ])('whose record is %s are named, and the rest keeps working', async (_title, text, message) => {
    await save('op-good');
    await plantRecord('op-bad', text);
    const { operations, corrupt } = await division.operations();
    expect(operations.map(operation => operation.operation_id)).toEqual(['op-good']);
    expect(corrupt).toEqual([expect.stringMatching(message)]);
    expect(corrupt[0]).toMatch(/^operations\/op-bad\/record\.json: /);
    await expect(division.operation('op-bad')).rejects.toMatchObject({ code: 'RECORD_CORRUPT' });
  });

  test('of a newer version say to upgrade', async () => {
    await plantRecord('op-1', JSON.stringify({ ...operationOf('op-1'), record_version: 9 }));
    await expect(division.operation('op-1')).rejects.toMatchObject({
      code: 'RECORD_CORRUPT',
      remedy: expect.stringContaining('Upgrade this containers-gm'),
    });
  });

  test('that are symbolic links lead nowhere', async () => {
    const outside = await temporaryFolder();
    await writeFile(join(outside, 'record.json'), JSON.stringify(operationOf('op-link')));
    await mkdir(join(directory, 'operations', 'op-file'), { recursive: true });
    await symlink(outside, join(directory, 'operations', 'op-link'));
    await symlink(join(outside, 'record.json'), join(directory, 'operations', 'op-file', 'record.json'));
    expect(await division.operation('op-link')).toBeUndefined();
    expect(await division.operations()).toEqual({
      operations: [],
      corrupt: [expect.stringContaining('op-file/record.json: is a symbolic link')],
    });
  });

  test.each(['../op-1', '..', '.', '', 'a/b', 'requests', 'x'.repeat(129), 'op\0', '.hidden'])(
    'with the id %j do not exist and are not written',
    async id => {
      expect(await division.operation(id)).toBeUndefined();
      expect(await division.events(id, 0)).toEqual([]);
      await expect(save(id)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      expect(await readdir(directory)).toEqual([]);
    },
  );

  test('that do not fit their own schema are never written', async () => {
    const bad = { ...operationOf('op-1'), progress: { done: 'none', total: 3 } };
    const written = writeOperation(diskFileSystem, layoutOf(directory), JSON.parse(JSON.stringify(bad)));
    await expect(written).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('progress.done'),
    });
    expect(await readdir(join(directory, 'operations', 'op-1'))).toEqual([]);
  });
});

describe('plans', () => {
  const hash = hashOf('ab12');

  test('are found by their whole hash or by its unambiguous beginning', async () => {
    const twin = `${hash.slice(0, 20)}${'f'.repeat(44)}`;
    await division.savePlan(planOf(hash));
    await division.savePlan(planOf(twin));
    expect(await division.plan(hash)).toEqual(planOf(hash));
    expect(await division.plan(twin.slice(0, 21))).toEqual(planOf(twin));
    await expect(division.plan(hash.slice(0, 16))).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('2 plans'),
    });
  });

  test.each([
    hash.slice(0, 15),
    'g'.repeat(16),
    '../../../etc/passwd',
    '',
    hash.toUpperCase(),
    `${hash}0`,
    hashOf('cd'),
  ])('are not found by %j', async asked => {
    await division.savePlan(planOf(hash));
    expect(await division.plan(asked)).toBeUndefined();
  });

  test('are listed newest first; an unreadable one is left out and logged', async () => {
    await division.savePlan(planOf(hashOf('01'), '2026-01-01T00:00:00Z'));
    await division.savePlan(planOf(hashOf('02'), '2026-02-01T00:00:00Z'));
    await writeFile(join(directory, 'plans', `${hashOf('03')}.json`), JSON.stringify(planOf(hashOf('04'))));
    await writeFile(join(directory, 'plans', 'notes.json'), '{}');
    expect((await division.plans()).map(plan => plan.plan_hash)).toEqual([hashOf('02'), hashOf('01')]);
    expect(log.events).toEqual(['division.plan_unreadable']);
    await expect(division.plan(hashOf('03'))).rejects.toMatchObject({ code: 'RECORD_CORRUPT' });
  });

  test('saved twice stay one', async () => {
    await division.savePlan(planOf(hash));
    await division.savePlan(planOf(hash));
    expect(await readdir(join(directory, 'plans'))).toEqual([`${hash}.json`]);
    expect(JSON.parse(await readFile(join(directory, 'plans', `${hash}.json`), 'utf8'))).toEqual(planOf(hash));
  });
});

test('a file in place of the directory is one clear error', async () => {
  const file = join(directory, 'file');
  await writeFile(file, '');
  const inTheWay = await openDivision(file, { clock, log });
  await expect(inTheWay.operations()).rejects.toMatchObject({ message: expect.stringContaining('ENOTDIR') });
  await expect(inTheWay.savePlan(planOf(hashOf('01')))).rejects.toMatchObject({
    remedy: expect.stringContaining(file),
  });
});
