/** What lies in the folder of a receipt, and how it is read: a part that is missing or torn is an error, never a receipt of less. */
import { readFile } from 'node:fs/promises';
import type * as z from 'zod';
import { TalosctlError } from './errors.ts';

/** Files of a receipt's folder, in the order in which they appear; stdout and stderr are talosctl's own. `superseded` stands alone. */
export const receiptFiles = {
  starting: 'starting.json',
  process: 'process.json',
  stdout: 'stdout',
  stderr: 'stderr',
  exited: 'exited',
  superseded: 'superseded.json',
} as const;

/** Undefined for a file or folder that is not there. */
export async function unlessMissing<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined for a file that is not there. */
export const textOf = (path: string): Promise<string | undefined> => unlessMissing(readFile(path, 'utf8'));

/** For a receipt that says less than was once on disk. */
export function unreadable(path: string, cause?: unknown): TalosctlError {
  return new TalosctlError('failed', `the receipt ${path} can't be read, so its attempt stays in doubt`, { cause });
}

/** Throws `unreadable` for what has not the shape. */
export function parsedAs<Shape extends z.ZodType>(shape: Shape, text: string, path: string): z.infer<Shape> {
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
