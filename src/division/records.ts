import { DivisionError } from '../errors.ts';
import { Operation } from '../model/operation.ts';
import { Plan } from '../model/plan.ts';
import type { Log } from '../ports.ts';
import { ensureDirectory } from './atomic-file.ts';
import { diskError } from './disk-error.ts';
import { errorCode, type FileSystem } from './file-system.ts';
import { isRecordId, type Layout } from './layout.ts';
import { RecordError, readRecord, writeRecord } from './record-file.ts';

const HASH = /^[0-9a-f]{64}$/;
const HASH_PREFIX = /^[0-9a-f]{16,64}$/;
const PLAN_FILE = /^([0-9a-f]{64})\.json$/;

/** Names in a folder of records, sorted; none when the folder is not there. */
export async function namesIn(fs: FileSystem, directory: string): Promise<string[]> {
  try {
    return (await fs.names(directory)).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw diskError(error, 'list', directory);
  }
}

/** INPUT_INVALID for an id that would not be a plain name in its folder. */
export function invalidId(field: string): DivisionError {
  return new DivisionError(
    'INPUT_INVALID',
    `${field} can't name a record`,
    `Use letters, digits, dots, dashes and underscores for ${field}, beginning with a letter or digit.`,
  );
}

/** True when the operation has a folder that is really a folder: a symbolic link in its place is not followed. */
export async function hasOperationFolder(fs: FileSystem, layout: Layout, id: string): Promise<boolean> {
  if (!isRecordId(id)) return false;
  try {
    return (await fs.kind(layout.operation(id))) === 'directory';
  } catch (error) {
    throw diskError(error, 'read', layout.operation(id));
  }
}

function newestFirst<Item>(items: Item[], at: (item: Item) => string): Item[] {
  return items.sort((one, other) => (Date.parse(at(other)) || 0) - (Date.parse(at(one)) || 0));
}

function problemOf(error: unknown, layout: Layout): string {
  if (!(error instanceof DivisionError)) throw error;
  return error.message.replaceAll(`${layout.directory}/`, '');
}

/** Ids of all that has a folder among the operations, with or without a record. */
export async function operationIds(fs: FileSystem, layout: Layout): Promise<string[]> {
  const ids: string[] = [];
  for (const name of await namesIn(fs, layout.operations)) {
    if (await hasOperationFolder(fs, layout, name)) ids.push(name);
  }
  return ids;
}

/** One operation's record; undefined for an id that has none or can't have one. @throws DivisionError RECORD_CORRUPT */
export async function readOperation(fs: FileSystem, layout: Layout, id: string): Promise<Operation | undefined> {
  if (!(await hasOperationFolder(fs, layout, id))) return undefined;
  const path = layout.record(id);
  const operation = await readRecord(fs, path, Operation);
  if (operation === undefined || operation.operation_id === id) return operation;
  throw new RecordError(path, `is the record of another operation, ${operation.operation_id}`);
}

/** All operations, newest first; `corrupt` names each unreadable record, relative to the directory, and why. */
export async function readOperations(
  fs: FileSystem,
  layout: Layout,
): Promise<{ operations: Operation[]; corrupt: string[] }> {
  const operations: Operation[] = [];
  const corrupt: string[] = [];
  for (const id of await operationIds(fs, layout)) {
    try {
      const operation = await readOperation(fs, layout, id);
      if (operation !== undefined) operations.push(operation);
    } catch (error) {
      corrupt.push(problemOf(error, layout));
    }
  }
  return { operations: newestFirst(operations, operation => operation.started_at), corrupt };
}

export async function writeOperation(fs: FileSystem, layout: Layout, operation: Operation): Promise<void> {
  const id = operation.operation_id;
  if (!isRecordId(id)) throw invalidId('operation_id');
  await ensureDirectory(fs, layout.operation(id));
  await writeRecord(fs, layout.record(id), Operation, operation);
}

async function readPlanFile(fs: FileSystem, layout: Layout, hash: string): Promise<Plan | undefined> {
  const path = layout.plan(hash);
  const plan = await readRecord(fs, path, Plan);
  if (plan === undefined || plan.plan_hash === hash) return plan;
  throw new RecordError(path, 'holds another plan than its name says');
}

async function planHashes(fs: FileSystem, layout: Layout): Promise<string[]> {
  const names = await namesIn(fs, layout.plans);
  return names.flatMap(name => PLAN_FILE.exec(name)?.[1] ?? []);
}

/** All readable plans, newest first; an unreadable one is logged and left out. */
export async function readPlans(fs: FileSystem, layout: Layout, log: Log): Promise<Plan[]> {
  const plans: Plan[] = [];
  for (const hash of await planHashes(fs, layout)) {
    try {
      const plan = await readPlanFile(fs, layout, hash);
      if (plan !== undefined) plans.push(plan);
    } catch (error) {
      log.warn('division.plan_unreadable', { problem: problemOf(error, layout) });
    }
  }
  return newestFirst(plans, plan => plan.created_at);
}

/**
 * A plan by its whole hash or by its first 16 or more characters; undefined when there is none.
 * @throws DivisionError INPUT_INVALID when the characters fit several plans, RECORD_CORRUPT
 */
export async function readPlan(fs: FileSystem, layout: Layout, hash: string): Promise<Plan | undefined> {
  if (!HASH_PREFIX.test(hash)) return undefined;
  if (HASH.test(hash)) return readPlanFile(fs, layout, hash);
  const [first, ...others] = (await planHashes(fs, layout)).filter(candidate => candidate.startsWith(hash));
  if (first === undefined) return undefined;
  if (others.length === 0) return readPlanFile(fs, layout, first);
  throw new DivisionError(
    'INPUT_INVALID',
    `plan_hash ${hash} is the beginning of ${others.length + 1} plans`,
    'Give all 64 characters of the plan hash.',
  );
}

/** Idempotent: a plan's name is its hash. */
export async function writePlan(fs: FileSystem, layout: Layout, plan: Plan): Promise<void> {
  await ensureDirectory(fs, layout.plans);
  await writeRecord(fs, layout.plan(plan.plan_hash), Plan, plan);
}
