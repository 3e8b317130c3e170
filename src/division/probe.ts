import { dirname, join } from 'node:path';
import { temporaryPath, writeSynced } from './atomic-file.ts';
import { diskError } from './disk-error.ts';
import { diskFileSystem, type FileSystem } from './file-system.ts';

/** More than one block, so that a disk with a few bytes left in a block doesn't pass. */
const PROBE_TEXT = `${'containers-gm '.repeat(600)}\n`;

async function nearestExisting(fs: FileSystem, path: string): Promise<string> {
  if ((await fs.kind(path)) !== undefined || dirname(path) === path) return path;
  return nearestExisting(fs, dirname(path));
}

/**
 * Shows that a division can be kept in `directory`: in the nearest folder that is there, a file can be made, written, synced and
 * removed. Leaves nothing behind.
 * @throws DivisionError INTERNAL with a remedy that names the directory.
 */
export async function probeDirectory(directory: string, fs: FileSystem = diskFileSystem): Promise<void> {
  let file: string | undefined;
  try {
    file = temporaryPath(join(await nearestExisting(fs, directory), 'probe'));
    await writeSynced(fs, file, PROBE_TEXT);
  } catch (error) {
    throw diskError(error, 'keep a division in', directory);
  } finally {
    if (file !== undefined) await fs.remove(file).catch(() => undefined);
  }
}
