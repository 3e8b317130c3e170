import { basename, dirname, join } from 'node:path';
import type { Log } from '../ports.ts';
import { ensureDirectory } from './atomic-file.ts';
import { type ChainedLine, GENESIS, hashOfLine, type LogReading, readLog } from './audit-chain.ts';
import { diskError } from './disk-error.ts';
import { errorCode, type FileSystem } from './file-system.ts';

const NEWLINE = 0x0a;

/** The log and what somebody's rotation made of it, oldest first; compressed ones are not read. */
async function readable(fs: FileSystem, path: string): Promise<{ name: string; bytes: Buffer }[]> {
  const folder = dirname(path);
  const own = basename(path);
  const rank = (name: string): number => (name === own ? -1 : Number(/\.(\d+)$/.exec(name)?.[1] ?? 0));
  const names = (await fs.names(folder))
    .filter(name => name === own || (name.startsWith(own) && !/\.(?:gz|xz|zst|bz2)$/.test(name)))
    .sort()
    .sort((one, other) => rank(other) - rank(one));
  const files: { name: string; bytes: Buffer }[] = [];
  for (const name of names) {
    try {
      files.push({ name, bytes: await fs.read(join(folder, name)) });
    } catch (error) {
      const isNoFile = ['ENOENT', 'ELOOP', 'EISDIR'].includes(errorCode(error) ?? '');
      if (!isNoFile || (name === own && errorCode(error) !== 'ENOENT')) throw error;
    }
  }
  return files;
}

/** The log as it stands, for who verifies it; empty where there is none. */
export async function readOperationsLog(fs: FileSystem, path: string): Promise<LogReading> {
  try {
    return readLog(await fs.read(path));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return readLog(Buffer.alloc(0));
    throw diskError(error, 'read', path);
  }
}

const keyOf = (line: Readonly<Record<string, unknown>>): string | undefined =>
  typeof line.operation_id === 'string' && typeof line.sequence === 'number'
    ? `${line.operation_id} ${line.sequence}`
    : undefined;

const timeOf = (line: Readonly<Record<string, unknown>> | undefined): number =>
  typeof line?.timestamp === 'string' ? Date.parse(line.timestamp) : Number.NaN;

interface Known {
  /** Lines that stand there, by operation and sequence. */
  keys: Set<string>;
  last: { hash: string; number: number };
  /** Entries before this time were rotated away; undefined: the log is here from its beginning. */
  begins: number | undefined;
  mustEndLine: boolean;
}

/**
 * logs/operations.log: one JSON object a line, each naming the sha256 of ours before it, so that none can be changed, left out or
 * put in without the next one telling. Only the holder of the executor lock writes it, one write a line; what others write into
 * the file stays where it is and is not part of the chain. The journal is the truth and the log is not synced: what a crash kept
 * from it is appended again from the journals, and a line that stands there already is not written twice.
 */
export class AuditLog {
  readonly #fs: FileSystem;
  readonly #path: string;
  readonly #log: Log;
  readonly #assertHeld: () => Promise<void>;
  #last: Promise<unknown> = Promise.resolve();
  #known: Known | undefined;

  /** `assertHeld`: throws when the executor lock is not ours; asked right before each line. */
  constructor(fs: FileSystem, path: string, { log, assertHeld }: { log: Log; assertHeld: () => Promise<void> }) {
    this.#fs = fs;
    this.#path = path;
    this.#log = log;
    this.#assertHeld = assertHeld;
  }

  /** Appends a line, in the order of the calls; one of an operation's entry that stands there already is left out. [INTERNAL, DIRECTORY_LOCKED] */
  append(line: Readonly<Record<string, unknown>>): Promise<void> {
    const appended = this.#last.then(() => this.#append(line));
    this.#last = appended.catch(() => undefined);
    return appended;
  }

  async #append(line: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#assertHeld();
    try {
      const known = this.#known ?? (await this.#read(line));
      const key = keyOf(line);
      if (key !== undefined && known.keys.has(key)) return;
      if (known.begins !== undefined && timeOf(line) < known.begins) return;
      await this.#write(known, line);
      if (key !== undefined) known.keys.add(key);
    } catch (error) {
      // How much of the line is there is not known: the file is read again before the next.
      this.#known = undefined;
      throw diskError(error, 'append to', this.#path);
    }
  }

  async #write(known: Known, line: Readonly<Record<string, unknown>>): Promise<void> {
    const number = known.last.number + 1;
    // `prev` comes first: it is how a line of ours is found.
    const bytes = Buffer.from(JSON.stringify({ prev: known.last.hash, number, ...line }), 'utf8');
    const file = await this.#fs.append(this.#path);
    try {
      const opening = known.mustEndLine ? '\n' : '';
      await file.write(Buffer.concat([Buffer.from(opening), bytes, Buffer.from('\n')]));
    } finally {
      await file.close();
    }
    known.mustEndLine = false;
    known.last = { hash: hashOfLine(bytes), number };
  }

  /** A line that a crash cut off is ended and stays, as it may be somebody else's; a line of ours says so. */
  async #read(next: Readonly<Record<string, unknown>>): Promise<Known> {
    await ensureDirectory(this.#fs, dirname(this.#path));
    const files = await readable(this.#fs, this.#path);
    const readings = files.map(({ name, bytes }) => ({ name, bytes, reading: readLog(bytes) }));
    const own = readings.flatMap(({ reading }) => reading.own);
    const current = readings.find(({ name }) => name === basename(this.#path));
    const known: Known = {
      keys: new Set(own.flatMap(({ value }) => keyOf(value) ?? [])),
      last: lastOf(own),
      begins: beginningOf(own),
      mustEndLine: current !== undefined && current.bytes.length > 0 && current.bytes.at(-1) !== NEWLINE,
    };
    const tornBytes = current?.reading.tornBytes ?? 0;
    if (current && tornBytes > 0) {
      const remains = current.bytes.subarray(current.bytes.length - tornBytes);
      this.#log.warn('division.log_tail_torn', { path: this.#path, torn_bytes: tornBytes });
      const said = { torn_bytes: tornBytes, torn_sha256: hashOfLine(remains) };
      await this.#write(known, { at: next.at, kind: 'log_tail_torn', ...said });
    }
    this.#known = known;
    return known;
  }
}

function lastOf(own: readonly ChainedLine[]): Known['last'] {
  const last = own.toSorted((one, other) => other.number - one.number)[0];
  return last === undefined ? { hash: GENESIS, number: 0 } : { hash: last.hash, number: last.number };
}

/** A log that does not begin with its first line was rotated; what is older than the oldest line left stands elsewhere. */
function beginningOf(own: readonly ChainedLine[]): number | undefined {
  const first = own[0];
  if (first === undefined || first.prev === GENESIS) return undefined;
  const times = own.map(({ value }) => timeOf(value)).filter(time => !Number.isNaN(time));
  return times.length === 0 ? undefined : Math.min(...times);
}
