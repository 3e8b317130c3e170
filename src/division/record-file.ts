import type * as z from 'zod';
import { DivisionError } from '../errors.ts';
import { writeAtomically } from './atomic-file.ts';
import { errorCode, type FileSystem } from './file-system.ts';

/** The newest record_version this version of the product reads and writes. */
const KNOWN_RECORD_VERSION = 1;

/** RECORD_CORRUPT, telling damage from a record that only a newer version understands (which is not ours to move). */
export class RecordError extends DivisionError {
  readonly isFromNewerVersion: boolean;

  constructor(path: string, what: string, options: { isFromNewerVersion?: boolean; cause?: unknown } = {}) {
    const isFromNewerVersion = options.isFromNewerVersion ?? false;
    const remedy = isFromNewerVersion
      ? 'Upgrade this containers-gm to the version that wrote it, and restart what still runs the old one.'
      : `Restore ${path} from a backup or move it away; the other records keep working.`;
    super('RECORD_CORRUPT', `${path}: ${what}`, remedy, options.cause === undefined ? {} : { cause: options.cause });
    this.isFromNewerVersion = isFromNewerVersion;
  }
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
    const what =
      code === 'ELOOP' ? 'is a symbolic link, which is not followed' : `can't be read (${code ?? 'no reason given'})`;
    throw new RecordError(path, what, { cause: error });
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
  const version = recordVersionOf(value);
  if (version !== undefined && version > KNOWN_RECORD_VERSION) {
    const what = `record_version ${version} is a newer version's; this one knows ${KNOWN_RECORD_VERSION}`;
    throw new RecordError(path, what, { isFromNewerVersion: true });
  }
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
