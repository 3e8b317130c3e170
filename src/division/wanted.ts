import { stat } from 'node:fs/promises';
import { ensureDirectory, writeAtomically } from './atomic-file.ts';
import { diskError } from './disk-error.ts';
import { diskFileSystem, errorCode, type FileSystem } from './file-system.ts';
import { layoutOf } from './layout.ts';

/**
 * Says that a front end wants an executor to be there, which keeps an idle one from ending. It is written anew each time, so that
 * it also shows whether this disk takes writes at all: an executor could record nothing on one that doesn't.
 * @throws DivisionError INTERNAL with a remedy when the disk refuses (full, read-only, broken).
 */
export async function wantExecutor(directory: string, fs: FileSystem = diskFileSystem): Promise<void> {
  const { operations, wanted } = layoutOf(directory);
  await ensureDirectory(fs, operations);
  await writeAtomically(fs, wanted, `${JSON.stringify({ by_pid: process.pid, at: new Date().toISOString() })}\n`);
}

/** Wall milliseconds since a front end last wanted an executor; Infinity when none ever did. */
export async function wantedAgoMs(directory: string): Promise<number> {
  const { wanted } = layoutOf(directory);
  try {
    return Math.max(0, Date.now() - (await stat(wanted)).mtimeMs);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return Number.POSITIVE_INFINITY;
    throw diskError(error, 'read', wanted);
  }
}
