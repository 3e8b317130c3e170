import type { Log } from '../ports.ts';
import { ensureDirectory, writeAtomically } from './atomic-file.ts';
import { diskError } from './disk-error.ts';
import type { FileSystem } from './file-system.ts';
import type { Layout } from './layout.ts';
import { RecordError, readJson } from './record-file.ts';

/** Fields to set, or what makes them of the fields that are there. */
export type ContextValue = Record<string, unknown> | ((kept: Record<string, unknown>) => Record<string, unknown>);

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
    if (!(error instanceof RecordError) || error.problem !== 'damaged') throw error;
    reason = error.message;
  }
  await moveAway(fs, path, at, reason, log);
  return {};
}

/**
 * Sets fields of a context file the seed's other tools read (and may write): top-level fields not in `value` stay as they are.
 * A file that is no JSON object is moved aside with the reason, never overwritten; one that the disk does not give now stays.
 * `at` is epoch milliseconds.
 */
export async function writeContext(
  fs: FileSystem,
  layout: Layout,
  context: { name: string; value: ContextValue; at: number; log: Log },
): Promise<void> {
  const path = layout.contextFile(context.name);
  await ensureDirectory(fs, layout.context);
  const kept = await readFields(fs, path, context.at, context.log);
  const value = typeof context.value === 'function' ? context.value(kept) : context.value;
  await writeAtomically(fs, path, `${JSON.stringify({ ...kept, ...value }, null, 2)}\n`);
}
