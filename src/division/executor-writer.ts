import type { JournalBody, JournalEntry, Request } from '../model/journal.ts';
import type { Operation } from '../model/operation.ts';
import type { Clock, Log } from '../ports.ts';
import { ensureDirectory, sweepTemporaries } from './atomic-file.ts';
import { AuditLog } from './audit-log.ts';
import { type ContextValue, writeContext } from './context.ts';
import type { FileSystem } from './file-system.ts';
import { Journal, type JournalReading } from './journal.ts';
import { isRecordId, type Layout } from './layout.ts';
import type { ExecutorLock } from './lock.ts';
import { assertKnownVersion, RecordError, readJson } from './record-file.ts';
import { invalidId, writeOperation } from './records.ts';
import { dropRequest, readRequests } from './requests.ts';

interface OpenJournal {
  journal: Journal;
  reading: JournalReading;
}

/** Closes a journal after what is under way; one that never opened is closed. */
function closed(opened: Promise<OpenJournal>): Promise<void> {
  return opened.then(
    ({ journal }) => journal.close(),
    () => undefined,
  );
}

/** What a newer version's executor has recorded is not gone on with, nor written over, by this one. */
async function assertNotNewer(fs: FileSystem, path: string): Promise<void> {
  try {
    assertKnownVersion(await readJson(fs, path), path);
  } catch (error) {
    // A damaged record is written anew from its journal (SAFETY 11).
    if (!(error instanceof RecordError) || error.problem !== 'damaged') throw error;
  }
}

/** The executor's side of the directory. Each write asks first whether the lock is still ours. */
export class ExecutorWriter {
  readonly #layout: Layout;
  readonly #fs: FileSystem;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #lock: ExecutorLock;
  readonly #operationsLog: AuditLog;
  readonly #toldRequests = new Set<string>();
  readonly #journals = new Map<string, Promise<OpenJournal>>();

  constructor(layout: Layout, fs: FileSystem, options: { clock: Clock; log: Log; lock: ExecutorLock }) {
    this.#layout = layout;
    this.#fs = fs;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#lock = options.lock;
    this.#operationsLog = new AuditLog(fs, layout.operationsLog, {
      log: options.log,
      assertHeld: () => options.lock.assertHeld(),
    });
  }

  async requests(): Promise<Request[]> {
    await this.#lock.assertHeld();
    return readRequests(this.#fs, this.#layout, this.#log, this.#toldRequests);
  }

  async dropRequest(id: string): Promise<void> {
    await this.#lock.assertHeld();
    await dropRequest(this.#fs, this.#layout, id);
  }

  async openJournal(id: string): Promise<{ entries: JournalEntry[]; tornBytes: number }> {
    const { reading } = await this.#open(id);
    const { entries, tornBytes } = reading;
    if (tornBytes > 0) this.#log.warn('division.journal_tail_truncated', { operation: id, torn_bytes: tornBytes });
    return { entries, tornBytes };
  }

  async append(id: string, body: JournalBody, at: string): Promise<JournalEntry> {
    const { journal } = await (this.#journals.get(id) ?? this.#open(id));
    return journal.append(body, at);
  }

  async writeOperation(operation: Operation): Promise<void> {
    await this.#lock.assertHeld();
    await writeOperation(this.#fs, this.#layout, operation);
  }

  async writeContext(name: string, value: ContextValue): Promise<void> {
    await this.#lock.assertHeld();
    await writeContext(this.#fs, this.#layout, { name, value, at: this.#clock.now(), log: this.#log });
  }

  logOperation(line: Record<string, unknown>): Promise<void> {
    return this.#operationsLog.append({ at: new Date(this.#clock.now()).toISOString(), ...line });
  }

  /** Waits for appends under way, closes the journals and gives the lock up. */
  async release(): Promise<void> {
    const open = [...this.#journals.values()];
    this.#journals.clear();
    for (const opened of open) await closed(opened);
    await this.#lock.release();
  }

  /** Opens again, after what is under way, when it is open already. A failed opening is not remembered. */
  #open(id: string): Promise<OpenJournal> {
    const before = this.#journals.get(id);
    const opened = this.#openAfter(id, before);
    this.#journals.set(id, opened);
    opened.catch(() => {
      if (this.#journals.get(id) === opened) this.#journals.delete(id);
    });
    return opened;
  }

  async #openAfter(id: string, before: Promise<OpenJournal> | undefined): Promise<OpenJournal> {
    if (!isRecordId(id)) throw invalidId('operation_id');
    await this.#lock.assertHeld();
    if (before !== undefined) await closed(before);
    const folder = this.#layout.operation(id);
    await ensureDirectory(this.#fs, folder);
    await sweepTemporaries(this.#fs, folder, () => true);
    await assertNotNewer(this.#fs, this.#layout.record(id));
    return Journal.open(this.#fs, this.#layout.journal(id), () => this.#lock.assertHeld());
  }
}
