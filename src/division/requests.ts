import { basename, join } from 'node:path';
import { DivisionError } from '../errors.ts';
import { Request } from '../model/journal.ts';
import type { Log } from '../ports.ts';
import { redact } from '../redaction/redact.ts';
import { ensureDirectory, writeAtomically } from './atomic-file.ts';
import { diskError } from './disk-error.ts';
import { errorCode, type FileSystem } from './file-system.ts';
import { isRecordId, type Layout } from './layout.ts';
import { type LockHolder, lockHolder } from './lock.ts';
import { RecordError, readRecord, writeRecord } from './record-file.ts';
import { invalidId, namesIn } from './records.ts';

/**
 * Leaves a wish for the executor: atomic and synced, so that it is there whole or not at all.
 * @throws DivisionError DIRECTORY_LOCKED when the executor at work is of an older version that would not understand it.
 */
export async function leaveRequest(fs: FileSystem, layout: Layout, request: Request): Promise<void> {
  if (!isRecordId(request.request_id)) throw invalidId('request_id');
  await ensureDirectory(fs, layout.requests);
  assertUnderstood(await lockHolder(fs, layout.operations), request);
  const kept = request.kind === 'control' ? { ...request, reason: redact(request.reason) } : request;
  await writeRecord(fs, layout.request(request.request_id), Request, kept);
}

function assertUnderstood(executor: LockHolder | undefined, { record_version: version }: Request): void {
  if (executor === undefined || executor.recordVersion >= version) return;
  throw new DivisionError(
    'DIRECTORY_LOCKED',
    `the executor, process ${executor.pid}, is of an older containers-gm: it knows records up to version ${executor.recordVersion}, this asks in version ${version}`,
    `Stop process ${executor.pid} with SIGTERM (it finishes its node), then call again: an executor of this version goes on.`,
  );
}

async function readRequest(fs: FileSystem, layout: Layout, id: string): Promise<Request | undefined> {
  const path = layout.request(id);
  const request = await readRecord(fs, path, Request);
  if (request === undefined || request.request_id === id) return request;
  throw new RecordError(path, 'carries another request_id than its name says');
}

/** Puts a bad request out of the way, the reason beside it, so that it is looked at by a person and not again by us. */
async function quarantine(fs: FileSystem, layout: Layout, id: string, problem: RecordError, log: Log): Promise<void> {
  const place = join(layout.quarantine, `${id}.json`);
  await ensureDirectory(fs, layout.quarantine);
  await writeAtomically(fs, join(layout.quarantine, `${id}.reason.txt`), `${problem.message}\n`);
  try {
    await fs.rename(layout.request(id), place);
    await fs.syncDirectory(layout.quarantine);
    await fs.syncDirectory(layout.requests);
  } catch (error) {
    throw diskError(error, 'move away', layout.request(id));
  }
  log.warn('division.request_quarantined', { request: id, place, problem: problem.message });
}

/**
 * What front ends wish for, oldest first (by `at`, then by id). A damaged request is moved to requests/quarantine; one that only
 * a newer version understands, or that the disk does not give now, stays where it is. `told` remembers which of those were logged.
 */
export async function readRequests(fs: FileSystem, layout: Layout, log: Log, told: Set<string>): Promise<Request[]> {
  const requests: Request[] = [];
  for (const id of await requestIds(fs, layout)) {
    try {
      const request = await readRequest(fs, layout, id);
      if (request !== undefined) requests.push(request);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      if (error.problem === 'damaged') await quarantine(fs, layout, id, error, log);
      else tellOnce(id, error, log, told);
    }
  }
  return requests.sort((one, other) => (Date.parse(one.at) || 0) - (Date.parse(other.at) || 0));
}

/** Ids of all that lies there to be read; none when nothing was ever asked. */
async function requestIds(fs: FileSystem, layout: Layout): Promise<string[]> {
  const names = await namesIn(fs, layout.requests);
  return names
    .filter(name => name.endsWith('.json'))
    .map(name => basename(name, '.json'))
    .filter(isRecordId);
}

/** Changes nothing: it may be asked by who holds no lock. A damaged one counts, since the next executor puts it aside. */
export async function hasTakeableRequest(fs: FileSystem, layout: Layout): Promise<boolean> {
  for (const id of await requestIds(fs, layout)) {
    try {
      if ((await readRequest(fs, layout, id)) !== undefined) return true;
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      if (error.problem === 'damaged') return true;
    }
  }
  return false;
}

/** Requests are looked for many times a second. */
function tellOnce(id: string, error: RecordError, log: Log, told: Set<string>): void {
  const key = `${id} ${error.problem}`;
  if (told.has(key)) return;
  told.add(key);
  const event = error.problem === 'newer' ? 'division.request_from_newer_version' : 'division.request_unreadable';
  log.warn(event, { request: id, problem: error.message, remedy: error.remedy });
}

/** Removes a request whose effect is in a journal; one that is gone already is fine. */
export async function dropRequest(fs: FileSystem, layout: Layout, id: string): Promise<void> {
  if (!isRecordId(id)) throw invalidId('request_id');
  try {
    await fs.remove(layout.request(id));
    await fs.syncDirectory(layout.requests);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw diskError(error, 'remove', layout.request(id));
  }
}
