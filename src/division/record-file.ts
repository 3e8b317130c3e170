import type * as z from 'zod';
import { DivisionError } from '../errors.ts';
import { writeAtomically } from './atomic-file.ts';
import { diskError } from './disk-error.ts';
import { errorCode, type FileSystem } from './file-system.ts';

/**
 * The newest record_version this version of the product reads and writes. Version 1 is the only one there is: the version that
 * brings another one makes the older ones its own in `readRecord`, and in `readJournalBytes`, before they meet their schema.
 */
export const KNOWN_RECORD_VERSION = 1;

/**
 * Why a record can't be used. `damaged`: what stands in it is wrong, so it may be put aside. `unreadable`: the disk did not give
 * it now, which says nothing of what stands in it. `newer`: only a newer version understands it.
 */
type RecordProblem = 'damaged' | 'unreadable' | 'newer';

/** RECORD_CORRUPT naming the file, what is wrong with it, and what to do. */
export class RecordError extends DivisionError {
  readonly problem: RecordProblem;

  constructor(path: string, what: string, problem: RecordProblem = 'damaged', cause?: unknown) {
    super('RECORD_CORRUPT', `${path}: ${what}`, remedyFor(problem, path, cause), cause === undefined ? {} : { cause });
    this.problem = problem;
  }
}

function remedyFor(problem: RecordProblem, path: string, cause: unknown): string {
  switch (problem) {
    case 'damaged':
      return `Restore ${path} from a backup or move it away; the other records keep working.`;
    case 'unreadable':
      return `${diskError(cause, 'read', path).remedy} Nothing was changed; the other records keep working.`;
    case 'newer':
      return 'Upgrade this containers-gm to the version that wrote it, and restart what still runs the old one.';
  }
}

/** RECORD_CORRUPT, problem `newer`, when `value` says a record_version above ours; one that says none is of version 1. */
export function assertKnownVersion(value: unknown, path: string): void {
  const version = recordVersionOf(value);
  if (version === undefined || version <= KNOWN_RECORD_VERSION) return;
  const what = `is of record_version ${version}; this containers-gm knows versions up to ${KNOWN_RECORD_VERSION}`;
  throw new RecordError(path, what, 'newer');
}

function recordVersionOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('record_version' in value)) return undefined;
  return typeof value.record_version === 'number' ? value.record_version : undefined;
}

function fieldsOf(error: z.ZodError): string {
  const fields = error.issues.map(issue => issue.path.join('.') || '(all of it)');
  return [...new Set(fields)].slice(0, 5).join(', ');
}

/** The parsed text of a file, without following a symbolic link; undefined when there is none. @throws RecordError */
export async function readJson(fs: FileSystem, path: string): Promise<unknown> {
  let text: string;
  try {
    text = (await fs.read(path)).toString('utf8');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP') throw new RecordError(path, 'is a symbolic link, which is not followed', 'damaged', error);
    throw new RecordError(path, `can't be read (${code ?? 'no reason given'})`, 'unreadable', error);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new RecordError(path, 'is not JSON');
  }
}

/**
 * Reads one JSON record; undefined when there is none.
 * @throws RecordError (RECORD_CORRUPT) naming the file and why; other records are not affected.
 */
export async function readRecord<Schema extends z.ZodType>(
  fs: FileSystem,
  path: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const value = await readJson(fs, path);
  if (value === undefined) return undefined;
  assertKnownVersion(value, path);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RecordError(path, `fields are missing or of another kind: ${fieldsOf(parsed.error)}`);
}

/** Writes one record atomically. Strict: what does not fit its own schema is never written. @throws DivisionError INTERNAL */
export async function writeRecord<Schema extends z.ZodType>(
  fs: FileSystem,
  path: string,
  schema: Schema,
  value: z.input<Schema>,
): Promise<void> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw new DivisionError(
      'INTERNAL',
      `refused to write ${path}: fields are missing or of another kind: ${fieldsOf(parsed.error)}`,
      'Nothing was written. Report this as a fault of containers-gm.',
      { retry: 'never' },
    );
  }
  await writeAtomically(fs, path, `${JSON.stringify(parsed.data, null, 2)}\n`);
}
