import { join } from 'node:path';
import { DivisionError } from '../../errors.ts';
import { ensureDirectory } from '../atomic-file.ts';
import type { FileSystem } from '../file-system.ts';
import { acquireLock, type ExecutorLock } from '../lock.ts';

/** Wall time that another process's writing is waited for; it takes milliseconds. */
const WAIT_MS = 15_000;
const LOOK_EVERY_MS = 20;

const pause = (): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS / 2 + Math.random() * LOOK_EVERY_MS));

async function lockWithin(fs: FileSystem, folder: string): Promise<ExecutorLock> {
  const until = performance.now() + WAIT_MS;
  for (;;) {
    try {
      return await acquireLock(fs, folder, new Date().toISOString());
    } catch (error) {
      if (!(error instanceof DivisionError) || error.code !== 'DIRECTORY_LOCKED') throw error;
      if (performance.now() >= until) throw stillLocked(folder, error);
    }
    await pause();
  }
}

const stillLocked = (folder: string, cause: DivisionError): DivisionError =>
  new DivisionError(
    'DIRECTORY_LOCKED',
    `the knowledge base was not free to write for ${WAIT_MS / 1000} s`,
    `Try again; if it stays, see which process holds the newest file in ${folder}, and let it go on or end it.`,
    { retry: 'later', cause },
  );

/**
 * One process at a time reads, changes and writes the knowledge base: by a lock of the executor's kind in a folder of its own, so a
 * writer that died holds up nobody. `work` is given the check to make right before it writes.
 */
export async function inTurn<Value>(
  fs: FileSystem,
  folder: string,
  work: (assertHeld: () => Promise<void>) => Promise<Value>,
): Promise<Value> {
  const locks = join(folder, 'writing');
  await ensureDirectory(fs, locks);
  const lock = await lockWithin(fs, locks);
  try {
    return await work(() => lock.assertHeld());
  } finally {
    await lock.release();
  }
}
