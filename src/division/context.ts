import { dirname } from 'node:path';
import type { Log } from '../ports.ts';
import { ensureDirectory, writeAtomically } from './atomic-file.ts';
import { diskError } from './disk-error.ts';
import { errorCode, type FileSystem } from './file-system.ts';
import type { Layout } from './layout.ts';
import { RecordError, readJson } from './record-file.ts';

const NEWLINE = 0x0a;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function moveAway(fs: FileSystem, path: string, at: number, reason: string, log: Log): Promise<void> {
  const place = `${path}.corrupt-${at}`;
  try {
    await fs.rename(path, place);
  } catch (error) {
    throw diskError(error, 'move away', path);
  }
  await writeAtomically(fs, `${place}.reason.txt`, `${reason}\n`);
  log.warn('division.context_quarantined', { place, problem: reason });
}

async function readFields(fs: FileSystem, path: string, at: number, log: Log): Promise<Record<string, unknown>> {
  let reason = `${path}: is not a JSON object`;
  try {
    const value = await readJson(fs, path);
    if (value === undefined) return {};
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    reason = error.message;
  }
  await moveAway(fs, path, at, reason, log);
  return {};
}

/**
 * Sets fields of a context file the seed's other tools read (and may write): top-level fields not in `value` stay as they are.
 * A file that is no JSON object is moved aside with the reason, never overwritten. `at` is epoch milliseconds.
 */
export async function writeContext(
  fs: FileSystem,
  layout: Layout,
  context: { name: string; value: Record<string, unknown>; at: number; log: Log },
): Promise<void> {
  const path = layout.contextFile(context.name);
  await ensureDirectory(fs, layout.context);
  const kept = await readFields(fs, path, context.at, context.log);
  await writeAtomically(fs, path, `${JSON.stringify({ ...kept, ...context.value }, null, 2)}\n`);
}

async function endsInsideLine(fs: FileSystem, path: string): Promise<boolean> {
  try {
    const bytes = await fs.read(path);
    return bytes.length > 0 && bytes.at(-1) !== NEWLINE;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Appends to logs/operations.log, one JSON object a line, one write a line, so that lines of several writers never mix. The
 * remains of a line that a crash cut off are ended first. The journal is the truth: the log is not synced.
 */
export class LineLog {
  readonly #fs: FileSystem;
  readonly #path: string;
  #last: Promise<void> = Promise.resolve();
  #isTailKnown = false;

  constructor(fs: FileSystem, path: string) {
    this.#fs = fs;
    this.#path = path;
  }

  append(line: Record<string, unknown>): Promise<void> {
    const appended = this.#last.then(() => this.#append(line));
    this.#last = appended.catch(() => undefined);
    return appended;
  }

  async #append(line: Record<string, unknown>): Promise<void> {
    try {
      await ensureDirectory(this.#fs, dirname(this.#path));
      const isTorn = !this.#isTailKnown && (await endsInsideLine(this.#fs, this.#path));
      const file = await this.#fs.append(this.#path);
      try {
        this.#isTailKnown = false;
        await file.write(Buffer.from(`${isTorn ? '\n' : ''}${JSON.stringify(line)}\n`, 'utf8'));
        this.#isTailKnown = true;
      } finally {
        await file.close();
      }
    } catch (error) {
      throw diskError(error, 'append to', this.#path);
    }
  }
}
