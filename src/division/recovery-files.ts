import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DivisionError } from '../errors.ts';
import { readSeal } from '../host/snapshot-seal.ts';
import type { RecoveryFiles } from '../ports/recovery-files.ts';
import { diskError } from './disk-error.ts';
import { errorCode } from './file-system.ts';

/** Names of the regular files in a directory; none when it is not there. */
async function filesIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter(entry => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw diskError(error, 'read', directory);
  }
}

/** Snapshots and secrets, each in its own directory outside the division's (SAFETY 10). */
export function openRecoveryFiles(directories: { snapshots: string; secrets: string }): RecoveryFiles {
  return {
    async snapshots() {
      const names = await filesIn(directories.snapshots);
      const found = names.map(async name => {
        const path = join(directories.snapshots, name);
        try {
          const { size, mtimeMs } = await stat(path);
          return [{ name, bytes: size, takenAt: mtimeMs }];
        } catch (error) {
          // It went away in between.
          if (errorCode(error) === 'ENOENT') return [];
          throw diskError(error, 'read', path);
        }
      });
      return (await Promise.all(found)).flat();
    },
    async verify(name) {
      const path = join(directories.snapshots, name);
      try {
        return await readSeal(path);
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw diskError(error, 'read', path);
        throw new DivisionError('NOT_FOUND', `there is no snapshot ${name}`, 'look into snapshot_dir');
      }
    },
    secretNames: () => filesIn(directories.secrets),
  };
}
