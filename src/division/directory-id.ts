import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { DivisionError } from '../errors.ts';
import { writeAtomically } from './atomic-file.ts';
import { diskError } from './disk-error.ts';
import { diskFileSystem, errorCode, type FileSystem } from './file-system.ts';
import { layoutOf } from './layout.ts';

const Id = z.uuid();

async function kept(fs: FileSystem, path: string): Promise<string | undefined> {
  try {
    return (await fs.read(path)).toString('utf8').trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw diskError(error, 'read', path);
  }
}

/**
 * The division directory's own id, made by its first executor and the same ever after: it tells two directories apart in which one
 * plan, and so one operation id, was started (SAFETY 6). Only for who holds the executor lock. A copy of the directory has the
 * original's id. [RECORD_CORRUPT naming the file; INTERNAL when the disk refuses]
 */
export async function directoryId(directory: string, fs: FileSystem = diskFileSystem): Promise<string> {
  const path = join(layoutOf(directory).operations, 'directory-id');
  const found = await kept(fs, path);
  if (found === undefined) {
    const id = randomUUID();
    await writeAtomically(fs, path, `${id}\n`);
    return id;
  }
  if (Id.safeParse(found).success) return found;
  throw new DivisionError(
    'RECORD_CORRUPT',
    `${path} holds no id`,
    `Remove ${path}. A Lease that an operation of this directory holds is then somebody else's: control_operation resolve takes it back.`,
  );
}
