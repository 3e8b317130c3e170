import { join } from 'node:path';
import { LedgerDay, LedgerEntry } from '../../model/budget.ts';
import { diskError } from '../disk-error.ts';
import { errorCode, type FileSystem } from '../file-system.ts';

const NEWLINE = 0x0a;
const LEDGER_FILE = /^[\w-]+\.jsonl$/;

export interface LedgerReading {
  entries: LedgerEntry[];
  /** Whole lines that are none this version knows; a torn end is not among them. */
  unreadable: number;
}

async function namesIn(fs: FileSystem, folder: string): Promise<string[]> {
  try {
    return await fs.names(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw diskError(error, 'read', folder);
  }
}

function entryOf(line: string): LedgerEntry | undefined {
  try {
    return LedgerEntry.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

interface KnownFile extends LedgerReading {
  wholeBytes: number;
}

/** Reads days again and again: of a file that only grows, only the new lines are parsed. */
export class LedgerReader {
  readonly #fs: FileSystem;
  readonly #folder: string;
  readonly #known = new Map<string, KnownFile>();

  /** `folder`: the ledger's, with a folder for each day. */
  constructor(fs: FileSystem, folder: string) {
    this.#fs = fs;
    this.#folder = folder;
  }

  /** Every line of a day, of every process; a day without a folder has none. @throws DivisionError INTERNAL */
  async day(day: string): Promise<LedgerReading> {
    const folder = join(this.#folder, day);
    const names = (await namesIn(this.#fs, folder)).filter(name => LEDGER_FILE.test(name)).sort();
    const readings = await Promise.all(names.map(name => this.#file(join(folder, name))));
    return {
      entries: readings.flatMap(({ entries }) => entries),
      unreadable: readings.reduce((total, { unreadable }) => total + unreadable, 0),
    };
  }

  /** Days that have lines, newest first. */
  async days(): Promise<string[]> {
    const names = await namesIn(this.#fs, this.#folder);
    return names
      .filter(name => LedgerDay.safeParse(name).success)
      .sort()
      .reverse();
  }

  async #file(path: string): Promise<LedgerReading> {
    try {
      const bytes = await this.#fs.read(path);
      const known = this.#known.get(path);
      const isGrown = known !== undefined && bytes.length >= known.wholeBytes;
      const reading = readOn(isGrown ? known : { entries: [], unreadable: 0, wholeBytes: 0 }, bytes);
      this.#known.set(path, reading);
      return reading;
    } catch (error) {
      // A link in place of a ledger file is nothing a writer of ours made.
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ELOOP') return { entries: [], unreadable: 0 };
      throw diskError(error, 'read', path);
    }
  }
}

/** What follows the last newline was never acknowledged: a writer died, or is still writing. */
function readOn(known: KnownFile, bytes: Buffer): KnownFile {
  const wholeBytes = bytes.lastIndexOf(NEWLINE) + 1;
  if (wholeBytes <= known.wholeBytes) return known;
  const lines = bytes.subarray(known.wholeBytes, wholeBytes).toString('utf8').split('\n').slice(0, -1);
  const entries = lines.flatMap(line => entryOf(line) ?? []);
  return {
    entries: [...known.entries, ...entries],
    unreadable: known.unreadable + lines.length - entries.length,
    wholeBytes,
  };
}
