import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { executorOf, openDivision, openDivisionWriter } from '../../src/division/directory.ts';
import type { JournalBody } from '../../src/model/journal.ts';
import { FailingDisk } from './fixtures/failing-disk.ts';
import { AT, clock, collectingLog, operationOf, temporaryFolder } from './fixtures/records.ts';

const log = collectingLog();
const open = async () => {
  const directory = await temporaryFolder();
  return { directory, executor: await openDivisionWriter(directory, { clock, log }) };
};
const phase = (name: string): JournalBody => ({ kind: 'phase', name });

describe('the executor’s hold on a directory', () => {
  test('is one: a second one is refused with the holder’s pid until the first lets go', async () => {
    const { directory, executor } = await open();
    expect(await executorOf(directory)).toMatchObject({ pid: process.pid });
    await expect(openDivisionWriter(directory, { clock, log })).rejects.toMatchObject({
      code: 'DIRECTORY_LOCKED',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await executor.release();
    expect(await executorOf(directory)).toBeUndefined();
    await (await openDivisionWriter(directory, { clock, log })).release();
  });

  test('lets front ends read what it writes: record, events after a cursor', async () => {
    const { directory, executor } = await open();
    for (const name of ['one', 'two', 'three']) await executor.append('op-1', phase(name), AT);
    await executor.writeOperation(operationOf('op-1'));
    const frontEnd = await openDivision(directory, { clock, log });
    expect(await frontEnd.operation('op-1')).toEqual(operationOf('op-1'));
    expect((await frontEnd.events('op-1', 1)).map(event => [event.cursor, event.message])).toEqual([
      [2, 'phase two'],
      [3, 'phase three'],
    ]);
    expect(await frontEnd.events('op-1', 3)).toEqual([]);
    await executor.release();
  });

  test('opens a journal again with all entries, says torn bytes, and goes on', async () => {
    const { directory, executor } = await open();
    await executor.append('op-1', phase('one'), AT);
    await executor.release();
    await writeFile(join(directory, 'operations', 'op-1', 'journal.jsonl'), '{"seq', { flag: 'a' });

    const next = await openDivisionWriter(directory, { clock, log });
    expect(await next.operationIds()).toEqual(['op-1']);
    expect(await next.openJournal('op-1')).toEqual({
      entries: [{ sequence: 1, at: AT, ...phase('one') }],
      tornBytes: 5,
    });
    expect(log.events).toContain('division.journal_tail_truncated');
    expect((await next.append('op-1', phase('two'), AT)).sequence).toBe(2);
    expect((await next.openJournal('op-1')).entries).toHaveLength(2);
    await next.release();
  });

  test('serves appends to journals that nobody opened, also many at once', async () => {
    const { executor } = await open();
    const names = ['a', 'b', 'c', 'd'];
    const entries = await Promise.all(names.map(name => executor.append('op-1', phase(name), AT)));
    expect(entries.map(entry => entry.sequence)).toEqual([1, 2, 3, 4]);
    await executor.release();
  });

  test('writes nothing once another executor has the directory', async () => {
    const { directory, executor } = await open();
    await executor.append('op-1', phase('one'), AT);
    await writeFile(join(directory, 'operations', 'executor.lock.2'), '{}');
    const refused = { code: 'DIRECTORY_LOCKED' };
    await expect(executor.append('op-1', phase('two'), AT)).rejects.toMatchObject(refused);
    await expect(executor.writeOperation(operationOf('op-1'))).rejects.toMatchObject(refused);
    await expect(executor.writeContext('division-state', {})).rejects.toMatchObject(refused);
    await expect(executor.openJournal('op-1')).rejects.toMatchObject(refused);
    const journal = await readFile(join(directory, 'operations', 'op-1', 'journal.jsonl'), 'utf8');
    expect(journal.trimEnd().split('\n')).toHaveLength(1);
    await executor.release();
  });

  test('refuses ids that would lead out of the directory', async () => {
    const { executor } = await open();
    await expect(executor.append('../op', phase('one'), AT)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(executor.openJournal('requests')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await executor.release();
  });

  test('a damaged journal is told each time and hurts no other operation', async () => {
    const { directory, executor } = await open();
    await mkdir(join(directory, 'operations', 'op-bad'));
    await writeFile(join(directory, 'operations', 'op-bad', 'journal.jsonl'), 'x\ny\n');
    for (let time = 0; time < 2; time += 1) {
      await expect(executor.append('op-bad', phase('one'), AT)).rejects.toMatchObject({
        code: 'RECORD_CORRUPT',
        message: expect.stringMatching(/op-bad\/journal\.jsonl line 1/),
      });
    }
    expect((await executor.append('op-good', phase('one'), AT)).sequence).toBe(1);
    await executor.release();
  });

  test('sweeps what crashed writers left', async () => {
    const { directory, executor } = await open();
    await executor.release();
    const gone = '.x.json.999999999-0123456789ab.tmp';
    for (const folder of ['plans', 'operations/requests']) await writeFile(join(directory, folder, gone), '{');
    await (await openDivisionWriter(directory, { clock, log })).release();
    expect(await readdir(join(directory, 'plans'))).toEqual([]);
    expect(await readdir(join(directory, 'operations', 'requests'))).toEqual([]);
  });
});

describe('a disk that refuses', () => {
  test.each([
    ['makeDirectory', 'EROFS', 'read-only'],
    ['create', 'ENOSPC', 'full'],
    ['link', 'EPERM', 'not permitted'],
  ] as const)('at %s with %s is one error that names the path', async (call, code, words) => {
    const directory = await temporaryFolder();
    const disk = new FailingDisk();
    disk.failNext(call, code);
    const opened = openDivisionWriter(directory, { clock, log, fileSystem: disk });
    await expect(opened).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining(words),
      remedy: expect.stringContaining(directory),
    });
  });

  test('for one append loses nothing: the next one is kept', async () => {
    const disk = new FailingDisk();
    const directory = await temporaryFolder();
    const executor = await openDivisionWriter(directory, { clock, log, fileSystem: disk });
    await executor.append('op-1', phase('one'), AT);
    disk.failNext('sync', 'EIO');
    await expect(executor.append('op-1', phase('lost'), AT)).rejects.toMatchObject({ code: 'INTERNAL' });
    expect((await executor.append('op-1', phase('two'), AT)).sequence).toBe(2);
    expect((await executor.events('op-1', 0)).map(event => event.message)).toEqual(['phase one', 'phase two']);
    await executor.release();
  });
});
