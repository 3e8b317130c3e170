import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DivisionError } from '../errors.ts';
import type { PrivateFiles } from '../ports/private-files.ts';
import { ensureDirectory, writeAtomically } from './atomic-file.ts';
import { diskError } from './disk-error.ts';
import { diskFileSystem, errorCode } from './file-system.ts';

const sha256Of = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

/** Beside the etcd snapshots, which are outside the division directory for the same reason: no secret is written there (CONTRACT). */
export function openPrivateFiles(snapshotDirectory: string): PrivateFiles {
  const directory = join(snapshotDirectory, 'private');
  const pathOf = (sha256: string): string => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new TypeError('a private file is named by a sha256');
    return join(directory, sha256);
  };
  return {
    pathOf,
    async keep(text) {
      const sha256 = sha256Of(text);
      await ensureDirectory(diskFileSystem, directory);
      await writeAtomically(diskFileSystem, pathOf(sha256), text);
      return sha256;
    },
    async read(sha256) {
      const path = pathOf(sha256);
      try {
        const bytes = await diskFileSystem.read(path);
        if (sha256Of(bytes) === sha256) return bytes.toString('utf8');
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw diskError(error, 'read', path);
        throw new DivisionError('NOT_FOUND', `${path} is gone`, 'plan again with the same manifests');
      }
      throw new DivisionError(
        'RECORD_CORRUPT',
        `${path} is not what its name says`,
        'plan again with the same manifests',
      );
    },
  };
}
