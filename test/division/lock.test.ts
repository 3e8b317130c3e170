import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { executorOf } from '../../src/division/directory.ts';
import { diskFileSystem } from '../../src/division/file-system.ts';
import { acquireLock, assertGoing, lockHolder } from '../../src/division/lock.ts';
import { ownIdentity } from '../../src/host/process-identity.ts';
import { ForgetfulDisk } from './fixtures/forgetful-disk.ts';
import { type Started, startFixture } from './fixtures/processes.ts';
import { AT, temporaryFolder } from './fixtures/records.ts';

let directory: string;
let operations: string;

beforeEach(async () => {
  directory = await temporaryFolder();
  operations = join(directory, 'operations');
  await mkdir(operations);
});

const acquire = () => acquireLock(diskFileSystem, operations, AT);
const startHolder = () => startFixture('hold-lock.ts', [directory]);
const locks = async () => (await readdir(operations)).filter(name => name.includes('lock'));

async function plantLock(generation: number, fields: Record<string, unknown>): Promise<void> {
  const own = await ownIdentity();
  const lock = {
    pid: own.pid,
    process_start_time: own.startTime,
    host_boot_id: own.hostBootId,
    acquired_at: AT,
    ...fields,
  };
  await writeFile(join(operations, `executor.lock.${generation}`), JSON.stringify(lock));
}

describe('SAFETY 6: the executor lock between processes', () => {
  test('of processes that start at once exactly one gets it, and the others name its pid', async () => {
    const started = [startHolder(), startHolder(), startHolder()];
    const said = await Promise.all(started.map(holder => holder.said));
    const holders = started.filter((_, index) => said[index] === 'held');
    expect(holders).toHaveLength(1);
    const pid = holders[0]?.pid;
    for (const words of said) {
      if (words !== 'held') expect(words).toMatch(new RegExp(`^refused DIRECTORY_LOCKED .*(${pid}|same moment)`));
    }
    expect(await executorOf(directory)).toMatchObject({ pid });
    expect(await locks()).toHaveLength(1);
  });

  test('is taken from a killed process, and not before', async () => {
    const first = startHolder();
    expect(await first.said).toBe('held');
    expect(await startHolder().said).toContain(`process ${first.pid} is this directory's executor`);
    await first.end('SIGKILL');
    expect(await executorOf(directory)).toBeUndefined();

    const second = startHolder();
    expect(await second.said).toBe('held');
    expect(await executorOf(directory)).toMatchObject({ pid: second.pid, generation: 2 });
    expect(await locks()).toEqual(['executor.lock.2']);
  });

  test('is not taken from a process that stands still', async () => {
    const holder = startHolder();
    expect(await holder.said).toBe('held');
    process.kill(holder.pid, 'SIGSTOP');
    const refused = new RegExp(`DIRECTORY_LOCKED .*process ${holder.pid}, .*was stopped by a signal`);
    expect(await startHolder().said).toMatch(refused);
    await expect(acquire()).rejects.toMatchObject({
      code: 'DIRECTORY_LOCKED',
      remedy: expect.stringContaining(`kill -CONT ${holder.pid}`),
    });
    const found = await executorOf(directory);
    expect(found).toMatchObject({ pid: holder.pid });
    if (found) await expect(assertGoing(found)).rejects.toMatchObject({ code: 'DIRECTORY_LOCKED' });
    process.kill(holder.pid, 'SIGCONT');
    if (found) await expect.poll(() => assertGoing(found), { timeout: 5000 }).toBeUndefined();
    expect(await startHolder().said).toContain(`process ${holder.pid} is this directory's executor`);
  });

  test('is free after the holder ended in peace', async () => {
    const holder: Started = startHolder();
    expect(await holder.said).toBe('held');
    await holder.end('SIGTERM');
    expect(await locks()).toEqual([]);
    expect(await startHolder().said).toBe('held');
  });
});

describe('the owner of a lock file', () => {
  test.each([
    ['whose pid belongs to a process started at another time', { process_start_time: '1' }],
    ['of another boot of the host', { host_boot_id: 'another-boot', process_start_time: null }],
    ['whose pid is gone', { pid: 2 ** 22 + 1 }],
  ])('%s is dead: the next generation takes over', async (_title, fields) => {
    await plantLock(7, fields);
    expect(await lockHolder(diskFileSystem, operations)).toBeUndefined();
    const lock = await acquire();
    expect(lock.generation).toBe(8);
    expect(await locks()).toEqual(['executor.lock.8']);
    await lock.release();
  });

  test.each([
    ['that runs with the same start time', {}],
    ['that runs and whose start time was not known', { process_start_time: null }],
    ['that runs on a host whose boot was not known', { host_boot_id: null }],
  ])('%s is alive: nothing is taken', async (_title, fields) => {
    await plantLock(3, fields);
    await expect(acquire()).rejects.toMatchObject({
      code: 'DIRECTORY_LOCKED',
      retry: 'later',
      message: expect.stringContaining(`process ${process.pid}`),
      remedy: expect.stringContaining(`${process.pid}`),
    });
    expect(await locks()).toEqual(['executor.lock.3']);
  });

  test('is not known when the file is unreadable: it names the file and takes nothing', async () => {
    await writeFile(join(operations, 'executor.lock.1'), 'garbage');
    await expect(acquire()).rejects.toMatchObject({
      code: 'DIRECTORY_LOCKED',
      remedy: expect.stringContaining('executor.lock.1'),
    });
  });

  test('a lower generation that lives keeps a later comer out', async () => {
    await plantLock(1, {});
    await plantLock(2, { pid: 2 ** 22 + 1 });
    await expect(acquire()).rejects.toMatchObject({ code: 'DIRECTORY_LOCKED' });
  });
});

test('of many attempts in one process at most one succeeds, and its file alone is left', async () => {
  const attempts = await Promise.allSettled(Array.from({ length: 12 }, acquire));
  const held = attempts.flatMap(attempt => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  expect(held.length).toBeLessThanOrEqual(1);
  const lock = held[0] ?? (await acquire());
  expect(await locks()).toEqual([`executor.lock.${lock.generation}`]);
  await lock.release();
  await lock.release();
  expect(await locks()).toEqual([]);
});

test('the file says which records its executor knows, its pid, process start time, host boot id and since when', async () => {
  const lock = await acquire();
  const own = await ownIdentity();
  expect(JSON.parse(await readFile(join(operations, 'executor.lock.1'), 'utf8'))).toEqual({
    record_version: 1,
    pid: process.pid,
    process_start_time: own.startTime,
    host_boot_id: own.hostBootId,
    acquired_at: AT,
  });
  await lock.release();
});

describe('a holder whose lock is gone', () => {
  test.each([
    ['a later generation is there', () => plantLock(2, {})],
    ['its file was removed', () => diskFileSystem.remove(join(operations, 'executor.lock.1'))],
  ])('notices before it writes when %s', async (_title, lose) => {
    const lock = await acquire();
    await lock.assertHeld();
    await lose();
    await expect(lock.assertHeld()).rejects.toMatchObject({ code: 'DIRECTORY_LOCKED', retry: 'never' });
  });
});

test('a lock file is whole wherever the power is cut while it is taken', async () => {
  for (let cutAt = 1; ; cutAt += 1) {
    const disk = new ForgetfulDisk();
    await disk.makeDirectory('/operations');
    await disk.syncDirectory('/');
    disk.cutAt = disk.calls + cutAt;
    const isHeld = await acquireLock(disk, '/operations', AT).then(
      () => true,
      () => false,
    );
    disk.restart();
    for (const name of (await disk.names('/operations')).filter(found => found.startsWith('executor.lock'))) {
      const text = (await disk.read(join('/operations', name))).toString('utf8');
      expect(JSON.parse(text)).toHaveProperty('pid', process.pid);
    }
    if (isHeld) break;
  }
});
