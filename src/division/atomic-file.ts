import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { diskError } from './disk-error.ts';
import { errorCode, type FileSystem } from './file-system.ts';

const TEMPORARY = /^\..+\.(\d+)-[0-9a-f]{12}\.tmp$/;

/** A name beside `path` that no reader takes for a record; it carries our pid so that leavings can be told apart. */
export function temporaryPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}-${randomUUID().slice(-12)}.tmp`);
}

/** The pid in a name made by `temporaryPath`; undefined for any other name. */
function temporaryOwner(name: string): number | undefined {
  const pid = TEMPORARY.exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

async function removeQuietly(fs: FileSystem, path: string): Promise<void> {
  try {
    await fs.remove(path);
  } catch {
    // What stays is a leaving that the next writer sweeps; the error that led here is the one to tell.
  }
}

/** Writes a new file whole and synced. A crash leaves it partial, so only temporary names may be given. */
export async function writeSynced(fs: FileSystem, path: string, text: string): Promise<void> {
  const file = await fs.create(path);
  try {
    await file.write(Buffer.from(text, 'utf8'));
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Replaces `path` so that a reader, and a disk after a power cut, has the old text or the new one, never a mixture: temporary
 * file in the same folder, fsync, rename, fsync of the folder; 0600.
 * @throws DivisionError INTERNAL naming the path when the disk refuses: the old text is then still there, or the new one not yet sure to stay.
 */
export async function writeAtomically(fs: FileSystem, path: string, text: string): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    await writeSynced(fs, temporary, text);
    await fs.rename(temporary, path);
    await fs.syncDirectory(dirname(path));
  } catch (error) {
    await removeQuietly(fs, temporary);
    throw diskError(error, 'write', path);
  }
}

/** Makes `path` and its missing parents, 0700 each, and syncs each parent it changed. */
export async function ensureDirectory(fs: FileSystem, path: string): Promise<void> {
  try {
    if ((await fs.kind(path)) !== undefined) return;
    await ensureDirectory(fs, dirname(path));
    try {
      await fs.makeDirectory(path);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    await fs.syncDirectory(dirname(path));
  } catch (error) {
    throw diskError(error, 'make the directory', path);
  }
}

/** Removes temporary files in `directory` whose writer is gone (`isGone` by pid). Never throws: leavings harm nobody. */
export async function sweepTemporaries(
  fs: FileSystem,
  directory: string,
  isGone: (pid: number) => boolean,
): Promise<void> {
  let names: string[];
  try {
    names = await fs.names(directory);
  } catch {
    return;
  }
  for (const name of names) {
    const pid = temporaryOwner(name);
    if (pid !== undefined && isGone(pid)) await removeQuietly(fs, join(directory, name));
  }
}
