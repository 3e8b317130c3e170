import { join } from 'node:path';
import * as z from 'zod';
import { DivisionError } from '../errors.ts';
import {
  isProvedDead,
  isStopped,
  KeptProcess,
  keptProcess,
  ownIdentity,
  type ProcessIdentity,
  processOf,
} from '../host/process-identity.ts';
import { temporaryPath, writeSynced } from './atomic-file.ts';
import { diskError } from './disk-error.ts';
import { errorCode, type FileSystem } from './file-system.ts';
import { KNOWN_RECORD_VERSION } from './record-file.ts';

const LOCK_NAME = /^executor\.lock\.(\d{1,15})$/;
const ATTEMPTS = 8;

const LockFile = z.looseObject({
  ...KeptProcess.shape,
  acquired_at: z.string(),
  /** The newest record_version the executor knows; files without it are of version 1. */
  record_version: z.number().default(1),
});

/** Who holds the executor lock. */
export interface LockHolder extends ProcessIdentity {
  generation: number;
  acquiredAt: string;
  /** The newest record_version it knows. */
  recordVersion: number;
}

export interface ExecutorLock {
  readonly generation: number;
  /**
   * Our file is there and no later generation is. Asked before each write, so that an executor somebody proved dead (another
   * host's boot id on a shared disk) stops writing. @throws DivisionError DIRECTORY_LOCKED
   */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

interface FoundLock {
  path: string;
  generation: number;
  /** undefined: the file can't be read as a lock, so nothing proves its owner dead. */
  holder: LockHolder | undefined;
}

function parseLock(text: string, generation: number): LockHolder | undefined {
  try {
    const lock = LockFile.parse(JSON.parse(text));
    const { acquired_at: acquiredAt, record_version: recordVersion } = lock;
    return { ...processOf(lock), generation, acquiredAt, recordVersion };
  } catch {
    return undefined;
  }
}

async function findLocks(fs: FileSystem, operations: string): Promise<FoundLock[]> {
  const found: FoundLock[] = [];
  for (const name of await fs.names(operations)) {
    const generation = LOCK_NAME.exec(name)?.[1];
    if (generation === undefined) continue;
    const path = join(operations, name);
    try {
      const text = (await fs.read(path)).toString('utf8');
      found.push({ path, generation: Number(generation), holder: parseLock(text, Number(generation)) });
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  return found.sort((one, other) => other.generation - one.generation);
}

async function isLive(lock: FoundLock): Promise<boolean> {
  return lock.holder === undefined || !(await isProvedDead(lock.holder));
}

async function firstLive(locks: readonly FoundLock[]): Promise<FoundLock | undefined> {
  for (const lock of locks) if (await isLive(lock)) return lock;
  return undefined;
}

async function lockedBy(lock: FoundLock): Promise<DivisionError> {
  if (lock.holder === undefined) {
    return new DivisionError(
      'DIRECTORY_LOCKED',
      `the lock ${lock.path} can't be read, so nothing shows that its owner is gone`,
      `Make sure that no executor works on this directory, then remove ${lock.path}.`,
    );
  }
  const { pid, acquiredAt } = lock.holder;
  if (await isStopped(lock.holder)) return standsStill(lock.holder);
  return new DivisionError(
    'DIRECTORY_LOCKED',
    `process ${pid} is this directory's executor since ${acquiredAt}`,
    `Leave the work to process ${pid}, or stop it (SIGTERM lets it finish its node) and try again.`,
  );
}

/** An executor that was stopped keeps its lock: it may go on at any instant, in the middle of an effect. */
function standsStill({ pid, acquiredAt }: LockHolder): DivisionError {
  return new DivisionError(
    'DIRECTORY_LOCKED',
    `process ${pid}, this directory's executor since ${acquiredAt}, was stopped by a signal and does nothing`,
    `Let it go on (kill -CONT ${pid}), or end it (kill -KILL ${pid}); then the next executor goes on from where it was. Its lock is never taken by time alone.`,
  );
}

/**
 * For who waits for the executor's work: one that stands still is said, not waited for.
 * @throws DivisionError DIRECTORY_LOCKED with its pid and the remedy.
 */
export async function assertGoing(holder: LockHolder): Promise<void> {
  if (await isStopped(holder)) throw standsStill(holder);
}

/** Who is the executor now; undefined when nobody alive is. Changes nothing. */
export async function lockHolder(fs: FileSystem, operations: string): Promise<LockHolder | undefined> {
  try {
    return (await firstLive(await findLocks(fs, operations)))?.holder;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw diskError(error, 'read the executor lock in', operations);
  }
}

/** True when link(2) made the file, false when the generation was taken meanwhile. */
async function linkLock(fs: FileSystem, operations: string, path: string, text: string): Promise<boolean> {
  const temporary = temporaryPath(path);
  try {
    await writeSynced(fs, temporary, text);
    await fs.link(temporary, path);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await fs.remove(temporary).catch(() => undefined);
  }
  await fs.syncDirectory(operations);
  return true;
}

async function removeLock(fs: FileSystem, path: string): Promise<void> {
  try {
    await fs.remove(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

function heldLock(fs: FileSystem, operations: string, path: string, generation: number): ExecutorLock {
  let isReleased = false;
  const next = join(operations, `executor.lock.${generation + 1}`);
  return {
    generation,
    async assertHeld() {
      const isOurs = !isReleased && (await fs.kind(path)) === 'file' && (await fs.kind(next)) === undefined;
      if (isOurs) return;
      throw new DivisionError(
        'DIRECTORY_LOCKED',
        `this process no longer holds the executor lock ${path}`,
        'Nothing was written. Stop this process; the executor that took the lock goes on.',
        { retry: 'never' },
      );
    },
    async release() {
      if (isReleased) return;
      isReleased = true;
      try {
        await removeLock(fs, path);
        await fs.syncDirectory(operations);
      } catch (error) {
        throw diskError(error, 'remove', path);
      }
    },
  };
}

async function backOff(attempt: number): Promise<void> {
  const waitMs = 5 + Math.random() * 20 * 2 ** Math.min(attempt, 5);
  await new Promise(resolve => setTimeout(resolve, waitMs));
}

async function tryAcquire(fs: FileSystem, operations: string, text: string): Promise<ExecutorLock | undefined> {
  const before = await findLocks(fs, operations);
  const live = await firstLive(before);
  if (live !== undefined) throw await lockedBy(live);

  const generation = (before[0]?.generation ?? 0) + 1;
  const path = join(operations, `executor.lock.${generation}`);
  if (!(await linkLock(fs, operations, path, text))) return undefined;

  // Each contender puts its file there and only then looks: of two, at least one sees the other and gives way. Lower
  // generations count too, because a contender may have numbered itself before an earlier owner left and tidied up.
  const others = (await findLocks(fs, operations)).filter(lock => lock.path !== path);
  if ((await firstLive(others)) !== undefined) {
    await removeLock(fs, path);
    return undefined;
  }
  for (const dead of others) await removeLock(fs, dead.path);
  await fs.syncDirectory(operations);
  return heldLock(fs, operations, path, generation);
}

/**
 * Becomes the directory's one executor (SAFETY 6). Lock files are `operations/executor.lock.<n>`; one whose owner is proved dead
 * gives way to n+1. The folder must be there.
 * @throws DivisionError DIRECTORY_LOCKED naming the pid that holds it.
 */
export async function acquireLock(fs: FileSystem, operations: string, acquiredAt: string): Promise<ExecutorLock> {
  const kept = keptProcess(await ownIdentity());
  const text = `${JSON.stringify({ record_version: KNOWN_RECORD_VERSION, ...kept, acquired_at: acquiredAt })}\n`;
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const lock = await tryAcquire(fs, operations, text);
      if (lock !== undefined) return lock;
      await backOff(attempt);
    }
  } catch (error) {
    throw diskError(error, 'lock', operations);
  }
  throw new DivisionError(
    'DIRECTORY_LOCKED',
    'other processes keep trying for the executor lock at the same moment',
    'Try again; if it goes on, see which containers-gm processes run on this directory.',
  );
}
