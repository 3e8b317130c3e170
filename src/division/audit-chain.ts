import { createHash } from 'node:crypto';

const NEWLINE = 0x0a;
const HASH = /^[0-9a-f]{64}$/;
/** How each line of ours begins: it finds our line behind the remains of somebody else's. */
const OPENING = Buffer.from('{"prev":"', 'utf8');

/** What the first line of a log names as its predecessor. */
export const GENESIS = '0'.repeat(64);

/** One line of ours in logs/operations.log. */
export interface ChainedLine {
  /** Line in the file, from 1. */
  line: number;
  /** sha256 of our line before it, without its newline. */
  prev: string;
  /** Our lines counted from 1; tells lines that were changed from lines that are missing. */
  number: number;
  /** This line's own sha256: what the next one has to name. */
  hash: string;
  value: Readonly<Record<string, unknown>>;
}

export interface LogReading {
  own: ChainedLine[];
  /** Lines, or remains of them, that are not ours: other writers' and what a crash cut off. */
  foreign: { line: number; reason: string }[];
  /** Length of what a crash, or a writer at work, left unfinished after the last newline. */
  tornBytes: number;
}

export const hashOfLine = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function ownLine(bytes: Buffer, line: number): ChainedLine | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value !== 'object' || value === null || !('prev' in value) || !('number' in value)) return undefined;
    const { prev, number } = value;
    if (typeof prev !== 'string' || !HASH.test(prev) || typeof number !== 'number') return undefined;
    return { line, prev, number, hash: hashOfLine(bytes), value: { ...value } };
  } catch {
    return undefined;
  }
}

/** Reads a log that others may write to as well. Never throws: what is not ours is named. */
export function readLog(bytes: Buffer): LogReading {
  const own: ChainedLine[] = [];
  const foreign: LogReading['foreign'] = [];
  let start = 0;
  let line = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    line += 1;
    const text = bytes.subarray(start, end);
    start = end + 1;
    const begin = Math.max(0, text.lastIndexOf(OPENING));
    const found = ownLine(text.subarray(begin), line);
    if (found) own.push(found);
    if (!found) foreign.push({ line, reason: 'not written by containers-gm, or changed beyond recognition' });
    else if (begin > 0) foreign.push({ line, reason: 'the remains of another line stand before ours' });
  }
  // A line of ours that lacks nothing but its newline is whole: no longer line begins like it.
  const last = bytes.subarray(start);
  const whole = ownLine(last, line + 1);
  if (whole) own.push(whole);
  return { own, foreign, tornBytes: whole ? 0 : last.length };
}

export interface ChainBreak {
  line: number;
  /** What differs. */
  problem: string;
}

function problemOf(line: ChainedLine, before: ChainedLine, earlier: readonly ChainedLine[]): string {
  const continued = earlier.find(candidate => candidate.hash === line.prev);
  if (continued) {
    return `it continues line ${continued.line}, not line ${before.line}: what stands between was inserted or moved`;
  }
  const missing = line.number - before.number - 1;
  if (missing > 0)
    return `${missing} of our lines before it are missing (number ${before.number} is followed by ${line.number})`;
  return `the sha256 of line ${before.line} is not the one it names: line ${before.line} was changed after it was written`;
}

/** The first line at which the chain does not hold; undefined when it holds from beginning to end. */
export function firstBreak(own: readonly ChainedLine[]): ChainBreak | undefined {
  for (const [index, line] of own.entries()) {
    const before = own[index - 1];
    if (before === undefined) {
      if (line.prev === GENESIS ? line.number !== 1 : line.number <= 1) {
        return {
          line: line.line,
          problem: `it is number ${line.number}, and names ${line.prev.slice(0, 8)}… as predecessor`,
        };
      }
    } else if (line.prev !== before.hash) {
      return { line: line.line, problem: problemOf(line, before, own.slice(0, index)) };
    } else if (line.number !== before.number + 1) {
      return { line: line.line, problem: `it is number ${line.number} after number ${before.number}` };
    }
  }
  return undefined;
}
