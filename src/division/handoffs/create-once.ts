import { dirname } from 'node:path';
import { ensureDirectory, temporaryPath, writeSynced } from '../atomic-file.ts';
import { diskError } from '../disk-error.ts';
import { errorCode, type FileSystem } from '../file-system.ts';

async function removeIfThere(fs: FileSystem, path: string): Promise<void> {
  try {
    await fs.remove(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/**
 * Makes `path` with this text, whole and synced, unless something is there: link(2) decides between two writers, and a reader, or
 * a disk after a power cut, has the whole file or none. True when it was made. @throws DivisionError INTERNAL
 */
export async function createOnce(fs: FileSystem, path: string, text: string): Promise<boolean> {
  await ensureDirectory(fs, dirname(path));
  const temporary = temporaryPath(path);
  try {
    await writeSynced(fs, temporary, text);
    try {
      await fs.link(temporary, path);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      throw error;
    } finally {
      await removeIfThere(fs, temporary);
    }
    await fs.syncDirectory(dirname(path));
    return true;
  } catch (error) {
    throw diskError(error, 'write', path);
  }
}

/** Removes a file of ours; one that is gone already is fine. @throws DivisionError INTERNAL */
export async function removeSynced(fs: FileSystem, path: string): Promise<void> {
  try {
    await removeIfThere(fs, path);
    await fs.syncDirectory(dirname(path));
  } catch (error) {
    throw diskError(error, 'remove', path);
  }
}
