import { basename, join } from 'node:path';
import { Request } from '../model/journal.ts';
import type { Log } from '../ports.ts';
import { ensureDirectory, writeAtomically } from './atomic-file.ts';
import { diskError } from './disk-error.ts';
import { errorCode, type FileSystem } from './file-system.ts';
import { isRecordId, type Layout } from './layout.ts';
import { RecordError, readRecord, writeRecord } from './record-file.ts';
import { invalidId, namesIn } from './records.ts';

/** Leaves a wish for the executor: atomic and synced, so that it is there whole or not at all. */
export async function leaveRequest(fs: FileSystem, layout: Layout, request: Request): Promise<void> {
  if (!isRecordId(request.request_id)) throw invalidId('request_id');
  await ensureDirectory(fs, layout.requests);
  await writeRecord(fs, layout.request(request.request_id), Request, request);
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
 * a newer version understands stays where it is, for that version's executor.
 */
export async function readRequests(fs: FileSystem, layout: Layout, log: Log): Promise<Request[]> {
  const requests: Request[] = [];
  for (const name of await namesIn(fs, layout.requests)) {
    const id = basename(name, '.json');
    if (id === name || !isRecordId(id)) continue;
    try {
      const request = await readRequest(fs, layout, id);
      if (request !== undefined) requests.push(request);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      if (error.isFromNewerVersion) log.warn('division.request_from_newer_version', { request: id });
      else await quarantine(fs, layout, id, error, log);
    }
  }
  return requests.sort((one, other) => (Date.parse(one.at) || 0) - (Date.parse(other.at) || 0));
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
