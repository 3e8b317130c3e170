import { dirname } from 'node:path';
import { DivisionError } from '../errors.ts';
import { JournalBody, type JournalEntry, JournalStamp } from '../model/journal.ts';
import { diskError } from './disk-error.ts';
import { errorCode, type FileSystem, type OpenFile } from './file-system.ts';
import { keptBody } from './kept-text.ts';
import { assertKnownVersion } from './record-file.ts';

const NEWLINE = 0x0a;

export interface JournalReading {
  entries: JournalEntry[];
  /** Length of the whole entries; what follows is the torn tail. */
  wholeBytes: number;
  tornBytes: number;
}

function corrupt(path: string, line: number, what: string): DivisionError {
  return new DivisionError(
    'RECORD_CORRUPT',
    `${path} line ${line}: ${what}`,
    `Nothing was changed. Look at line ${line} of ${path}; restore the file from a backup, or move its folder away to give the operation up.`,
  );
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function parseLine(bytes: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch {
    return undefined;
  }
}

function checkEntry(value: unknown, path: string, line: number): JournalEntry {
  assertKnownVersion(value, `${path} line ${line}`);
  const stamp = JournalStamp.safeParse(value);
  const body = JournalBody.safeParse(value);
  if (!stamp.success || !body.success) {
    throw corrupt(path, line, 'not an entry this version knows (damaged, or written by a newer version)');
  }
  const { sequence } = stamp.data;
  if (sequence < line) throw corrupt(path, line, `sequence ${sequence} stands there twice`);
  if (sequence > line)
    throw corrupt(path, line, `sequence ${sequence} where ${line} was expected: entries are missing`);
  return { ...stamp.data, ...body.data };
}

/**
 * Reads a journal's bytes. A last line without its newline, or that is no JSON, was never acknowledged: it is the torn tail
 * (SAFETY 11). Anything else that is wrong was not made by a crash. A version that writes entries which this one would misread says
 * so by their `record_version`; without one they are of version 1.
 * @throws DivisionError RECORD_CORRUPT naming file and line.
 */
export function readJournalBytes(bytes: Buffer, path: string): JournalReading {
  const entries: JournalEntry[] = [];
  let wholeBytes = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, wholeBytes)) {
    const line = entries.length + 1;
    const value = parseLine(bytes.subarray(wholeBytes, end));
    if (value === undefined) {
      if (end === bytes.length - 1) break;
      throw corrupt(path, line, 'not JSON');
    }
    entries.push(checkEntry(value, path, line));
    wholeBytes = end + 1;
  }
  return { entries, wholeBytes, tornBytes: bytes.length - wholeBytes };
}

/** Reads without changing anything; a journal that is not there has no entries. */
export async function readJournal(fs: FileSystem, path: string): Promise<JournalReading> {
  let bytes: Buffer;
  try {
    bytes = await fs.read(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { entries: [], wholeBytes: 0, tornBytes: 0 };
    throw diskError(error, 'read', path);
  }
  return readJournalBytes(bytes, path);
}

/**
 * The one writer of one journal. An entry is acknowledged when its line and newline went out in one write and were synced;
 * appends run one after the other. After a failed append the file is cut back before the next, so no line is ever glued to the
 * remains of another, and no entry whose sync failed is counted as kept.
 */
export class Journal {
  readonly #fs: FileSystem;
  readonly #path: string;
  readonly #file: OpenFile;
  readonly #mayWrite: () => Promise<void>;
  #sequence: number;
  #wholeBytes: number;
  #mustCutBack = false;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    disk: { fs: FileSystem; path: string; file: OpenFile },
    mayWrite: () => Promise<void>,
    reading: JournalReading,
  ) {
    this.#fs = disk.fs;
    this.#path = disk.path;
    this.#file = disk.file;
    this.#mayWrite = mayWrite;
    this.#sequence = reading.entries.length;
    this.#wholeBytes = reading.wholeBytes;
  }

  /**
   * Truncates a torn tail, makes the file when there is none (its folder must be there) and syncs the folder: after a crash
   * between making the file and that sync, the file may be gone, and then holds nothing that was acknowledged. `mayWrite` is
   * asked before each append and refuses by throwing.
   */
  static async open(
    fs: FileSystem,
    path: string,
    mayWrite: () => Promise<void> = async () => undefined,
  ): Promise<{ journal: Journal; reading: JournalReading }> {
    const reading = await readJournal(fs, path);
    try {
      if (reading.tornBytes > 0) await fs.truncate(path, reading.wholeBytes);
      const file = await fs.append(path);
      await file.sync();
      await fs.syncDirectory(dirname(path));
      return { journal: new Journal({ fs, path, file }, mayWrite, reading), reading };
    } catch (error) {
      throw diskError(error, 'open', path);
    }
  }

  /** Entries stand in the order in which they were asked for. */
  append(body: JournalBody, at: string): Promise<JournalEntry> {
    const appended = this.#last.then(() => this.#append(body, at));
    this.#last = appended.catch(() => undefined);
    return appended;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file.close();
  }

  async #append(body: JournalBody, at: string): Promise<JournalEntry> {
    await this.#mayWrite();
    const entry = { sequence: this.#sequence + 1, at, ...keptBody(body) };
    const line = Buffer.from(`${JSON.stringify(entry)}\n`, 'utf8');
    try {
      if (this.#mustCutBack) await this.#cutBack();
      this.#mustCutBack = true;
      await this.#file.write(line);
      await this.#file.sync();
    } catch (error) {
      await this.#cutBack().catch(() => undefined);
      throw diskError(error, 'append to', this.#path);
    }
    this.#mustCutBack = false;
    this.#sequence = entry.sequence;
    this.#wholeBytes += line.length;
    return entry;
  }

  async #cutBack(): Promise<void> {
    await this.#fs.truncate(this.#path, this.#wholeBytes);
    this.#mustCutBack = false;
  }
}
