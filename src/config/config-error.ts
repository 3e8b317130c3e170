import { readFile } from 'node:fs/promises';
import { DivisionError } from '../errors.ts';

/** A mistake in what the user configured: INPUT_INVALID, exit code 2. */
export function configError(message: string, remedy: string, cause?: unknown): DivisionError {
  return new DivisionError('INPUT_INVALID', message, remedy, {
    exitCode: 2,
    ...(cause === undefined ? {} : { cause }),
  });
}

const READ_TROUBLE: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
};

/** The text of a file the user named, without a byte order mark. `namedBy` is the option or variable that names it. */
export async function readNamedFile(path: string, namedBy: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = READ_TROUBLE[code] ?? (code || 'unknown reason');
    throw configError(`can't read ${path}, named by ${namedBy}: ${why}`, `Correct ${namedBy}, or leave it out.`, error);
  }
}
