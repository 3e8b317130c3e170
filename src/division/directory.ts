import { pidExists } from '../host/process-identity.ts';
import type { Clock, Division, DivisionWriter, Log } from '../ports.ts';
import { ensureDirectory, sweepTemporaries } from './atomic-file.ts';
import { ChangeFeed } from './changes.ts';
import { eventOf } from './events.ts';
import { ExecutorWriter } from './executor-writer.ts';
import { diskFileSystem, type FileSystem } from './file-system.ts';
import { readJournal } from './journal.ts';
import { type Layout, layoutOf } from './layout.ts';
import { acquireLock, type LockHolder, lockHolder } from './lock.ts';
import {
  hasOperationFolder,
  operationIds,
  readOperation,
  readOperations,
  readPlan,
  readPlans,
  writePlan,
} from './records.ts';
import { hasTakeableRequest, leaveRequest } from './requests.ts';

interface Options {
  clock: Clock;
  log: Log;
  /** The disk; the real one when absent. */
  fileSystem?: FileSystem;
}

/** The executor's hold, with what only the composition root needs. */
export interface HeldDivision extends DivisionWriter {
  /** Ids of all that has a folder among the operations, also where a crash came before the first record. */
  operationIds(): Promise<string[]>;
  /** Waits for appends under way, closes the journals and gives the lock up. */
  release(): Promise<void>;
}

/** Who is the executor of this directory now; undefined when nobody alive is. */
export function executorOf(directory: string): Promise<LockHolder | undefined> {
  return lockHolder(diskFileSystem, layoutOf(directory).operations);
}

/**
 * True when a request lies there that this version's executor would act on. One that has given its lock up asks once more and takes
 * the directory up again: a front end leaves its request first and looks for an executor then, so one of the two always sees the
 * other.
 */
export function hasRequests(directory: string): Promise<boolean> {
  return hasTakeableRequest(diskFileSystem, layoutOf(directory));
}

function openReader(layout: Layout, fs: FileSystem, log: Log): Division {
  const changes = new ChangeFeed(layout, log);
  return {
    directory: layout.directory,
    operations: () => readOperations(fs, layout),
    operation: id => readOperation(fs, layout, id),
    async events(id, after) {
      if (!(await hasOperationFolder(fs, layout, id))) return [];
      const { entries } = await readJournal(fs, layout.journal(id));
      return entries.slice(Math.max(0, Math.floor(after))).map(eventOf);
    },
    plans: () => readPlans(fs, layout, log),
    plan: hash => readPlan(fs, layout, hash),
    savePlan: plan => writePlan(fs, layout, plan),
    leaveRequest: request => leaveRequest(fs, layout, request),
    onChange: listener => changes.listen(listener),
  };
}

/**
 * Opens the directory for a front end: reads, saved plans and requests. Makes nothing until there is a plan or a request to
 * write; a directory that is not there yet reads as empty.
 */
export async function openDivision(directory: string, options: Options): Promise<Division> {
  return openReader(layoutOf(directory), options.fileSystem ?? diskFileSystem, options.log);
}

/**
 * Becomes the directory's executor: makes the tree, takes the lock, sweeps what crashed writers left.
 * @throws DivisionError DIRECTORY_LOCKED naming the pid that holds it; INTERNAL with a remedy when the disk refuses.
 */
export async function openDivisionWriter(directory: string, options: Options): Promise<HeldDivision> {
  const fs = options.fileSystem ?? diskFileSystem;
  const layout = layoutOf(directory);
  for (const folder of layout.folders) await ensureDirectory(fs, folder);
  const lock = await acquireLock(fs, layout.operations, new Date().toISOString());
  for (const folder of [layout.operations, layout.requests, layout.plans, layout.context]) {
    await sweepTemporaries(fs, folder, pid => !pidExists(pid));
  }
  const writer = new ExecutorWriter(layout, fs, { ...options, lock });
  return {
    ...openReader(layout, fs, options.log),
    requests: () => writer.requests(),
    dropRequest: id => writer.dropRequest(id),
    openJournal: id => writer.openJournal(id),
    append: (id, body, at) => writer.append(id, body, at),
    writeOperation: operation => writer.writeOperation(operation),
    writeContext: (name, value) => writer.writeContext(name, value),
    logOperation: line => writer.logOperation(line),
    operationIds: () => operationIds(fs, layout),
    release: () => writer.release(),
  };
}
