import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { KnowledgeFile } from '../../model/knowledge.ts';
import { ensureDirectory, writeAtomically } from '../atomic-file.ts';
import { diskError } from '../disk-error.ts';
import type { FileSystem } from '../file-system.ts';

/**
 * Keeps a file that can't be read whole, as it is, with the reasons beside it, before it is written anew. It is linked, not moved: a
 * crash between this and the writing leaves it in its place. Returns the name it has there.
 */
export async function setAside(
  fs: FileSystem,
  folder: string,
  file: KnowledgeFile,
  reasons: readonly string[],
): Promise<string> {
  const quarantine = join(folder, 'quarantine');
  const name = `${file}.${randomBytes(4).toString('hex')}`;
  await ensureDirectory(fs, quarantine);
  await writeAtomically(fs, join(quarantine, `${name}.reason.txt`), `${reasons.join('\n')}\n`);
  try {
    await fs.link(join(folder, file), join(quarantine, name));
    await fs.syncDirectory(quarantine);
  } catch (error) {
    throw diskError(error, 'set aside', join(folder, file));
  }
  return name;
}
