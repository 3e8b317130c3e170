import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDivisionWriter } from '../../src/division/directory.ts';
import { Journal, readJournal } from '../../src/division/journal.ts';
import { layoutOf } from '../../src/division/layout.ts';
import { probeDirectory } from '../../src/division/probe.ts';
import { wantExecutor, wantedAgoMs } from '../../src/division/wanted.ts';
import { DivisionError } from '../../src/errors.ts';
import { FailingDisk } from './fixtures/failing-disk.ts';
import { AT, clock, collectingLog, startRequest, temporaryFolder } from './fixtures/records.ts';
import { type Write, writes } from './fixtures/writes.ts';

const refusals = [
  ['ENOSPC', 'the disk is full', 'Free space'],
  ['EROFS', 'the file system is read-only', 'Mount the file system'],
  ['EIO', 'input/output error', 'Check the disk'],
  ['EMFILE', 'too many files are open', 'Raise the limit of open files'],
] as const;

/** The division in a folder of its own, as it stands before the write. */
async function prepared(write: Write) {
  const layout = layoutOf(join(await temporaryFolder(), 'division'));
  const disk = new FailingDisk();
  await write.before(disk, layout);
  disk.calls.length = 0;
  return { disk, layout };
}

describe.each(refusals)('a disk that refuses with %s', (code, words, remedy) => {
  test.each(writes)(
    'from any call of $name on: one error that names path and remedy; back, it goes on',
    async write => {
      const untouched = await prepared(write);
      const old = await write.read(untouched.disk, untouched.layout);
      untouched.disk.calls.length = 0;
      await write.write(untouched.disk, untouched.layout);
      const calls = untouched.disk.calls.length;
      const fresh = await write.read(untouched.disk, untouched.layout);
      expect(calls).toBeGreaterThan(1);

      for (let from = 1; from <= calls; from += 1) {
        const { disk, layout } = await prepared(write);
        disk.refusing = { from, code };
        const refused: unknown = await write.write(disk, layout).catch((error: unknown) => error);
        disk.refusing = undefined;
        if (refused === undefined) {
          // Only clearing up may fail unheard.
          expect(await write.read(disk, layout)).toEqual(fresh);
          continue;
        }
        expect(refused).toBeInstanceOf(DivisionError);
        expect(refused).toHaveProperty('message', expect.stringContaining(code));
        expect(refused).toHaveProperty('remedy', expect.stringContaining(remedy));
        expect(refused).toHaveProperty('remedy', expect.stringContaining(dirname(layout.directory)));
        const found = await write.read(disk, layout);
        expect([old, fresh]).toContainEqual(found);
        if (JSON.stringify(found) === JSON.stringify(old)) await write.write(disk, layout);
        expect(await write.read(disk, layout)).toEqual(fresh);
      }
    },
  );

  test('never acknowledges an entry: the journal on disk has exactly those that were, also after it is back', async () => {
    const path = join(await temporaryFolder(), 'journal.jsonl');
    const disk = new FailingDisk();
    const { journal } = await Journal.open(disk, path);
    const acknowledged: string[] = [];
    for (let turn = 0; turn < 40; turn += 1) {
      disk.calls.length = 0;
      disk.refusing = turn % 4 === 3 ? undefined : { from: 1 + (turn % 4), code };
      const name = `phase ${turn}`;
      const isKept = await journal.append({ kind: 'phase', name }, AT).then(
        () => true,
        () => false,
      );
      if (isKept) acknowledged.push(name);
    }
    disk.refusing = undefined;
    await journal.append({ kind: 'phase', name: 'last' }, AT);
    await journal.close();
    const { entries, tornBytes } = await readJournal(disk, path);
    expect(entries.map(entry => (entry.kind === 'phase' ? entry.name : ''))).toEqual([...acknowledged, 'last']);
    expect(acknowledged.length).toBeGreaterThanOrEqual(10);
    expect(acknowledged.length).toBeLessThan(40);
    expect(tornBytes).toBe(0);
  });

  test('is said by the doctor’s probe, which leaves nothing, and by a front end that wants an executor', async () => {
    const directory = await temporaryFolder();
    for (let from = 1; from <= 3; from += 1) {
      for (const ask of [probeDirectory, wantExecutor]) {
        const disk = new FailingDisk();
        disk.refusing = { from, code };
        await expect(ask(join(directory, 'division'), disk)).rejects.toMatchObject({
          code: 'INTERNAL',
          message: expect.stringContaining(words),
          remedy: expect.stringContaining(remedy),
        });
      }
    }
  });
});

describe('what the disk does not give', () => {
  test.each(['EIO', 'EMFILE', 'EACCES'])(
    'a request (%s) stays, is told once, and is read when it does again',
    async code => {
      const disk = new FailingDisk();
      const log = collectingLog();
      const executor = await openDivisionWriter(await temporaryFolder(), { clock, log, fileSystem: disk });
      await executor.leaveRequest(startRequest('r-1'));
      for (let look = 0; look < 3; look += 1) {
        disk.failReads = { name: 'r-1.json', code };
        expect(await executor.requests()).toEqual([]);
      }
      expect(log.events).toEqual(['division.request_unreadable']);
      disk.failReads = undefined;
      expect(await executor.requests()).toEqual([startRequest('r-1')]);
      await executor.release();
    },
  );

  test('a context file stays where it is: it is not taken for damaged', async () => {
    const disk = new FailingDisk();
    const log = collectingLog();
    const directory = await temporaryFolder();
    const executor = await openDivisionWriter(directory, { clock, log, fileSystem: disk });
    await executor.writeContext('division-state', { theirs: 1 });
    disk.failReads = { name: 'division-state.json', code: 'EIO' };
    await expect(executor.writeContext('division-state', { ours: 2 })).rejects.toMatchObject({
      code: 'RECORD_CORRUPT',
      message: expect.stringContaining('EIO'),
      remedy: expect.stringContaining('Check the disk'),
    });
    disk.failReads = undefined;
    const path = layoutOf(directory).contextFile('division-state');
    expect(JSON.parse((await disk.read(path)).toString('utf8'))).toEqual({ theirs: 1 });
    expect(log.events).toEqual([]);
    await executor.release();
  });
});

describe('a front end’s wish for an executor', () => {
  test('makes what is missing, and is known for as long as nobody wishes again', async () => {
    const directory = join(await temporaryFolder(), 'not', 'there');
    expect(await wantedAgoMs(directory)).toBe(Number.POSITIVE_INFINITY);
    await wantExecutor(directory);
    expect(await wantedAgoMs(directory)).toBeLessThan(5000);
  });

  test.runIf(process.platform === 'linux')('is refused at once where nothing can be made', async () => {
    await expect(wantExecutor('/proc/nobody/division')).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('/proc/nobody'),
    });
    await expect(probeDirectory('/proc/nobody/division')).rejects.toMatchObject({
      remedy: expect.stringContaining('Name a directory with --home'),
    });
  });
});
