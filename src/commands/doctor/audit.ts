import { applyEntry, foldOperation } from '../../decisions/operation-state.ts';
import { type ChainedLine, firstBreak, GENESIS, type LogReading } from '../../division/audit-chain.ts';
import { readOperationsLog } from '../../division/audit-log.ts';
import { diskFileSystem } from '../../division/file-system.ts';
import { readJournal } from '../../division/journal.ts';
import { layoutOf } from '../../division/layout.ts';
import { DivisionError } from '../../errors.ts';
import type { Operation } from '../../model/operation.ts';
import { auditLine } from '../../operations/audit-line.ts';
import type { Division } from '../../ports.ts';

export interface AuditFinding {
  subject: string;
  problem?: string;
  remedy?: string;
}

const LINES_NAMED = 5;

const remedyFor = (path: string): string =>
  `Keep a copy of ${path} as evidence and compare it with operations/*/journal.jsonl, which is the truth. The chain goes on from its last line; to begin a new one move the file away.`;

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** "2 lines of others (3, 7)" */
function foreignNote({ foreign }: LogReading): string {
  if (foreign.length === 0) return '';
  const lines = foreign.slice(0, LINES_NAMED).map(({ line }) => line);
  const more = foreign.length > lines.length ? ', …' : '';
  return `; ${counted(foreign.length, 'line')} of others (${lines.join(', ')}${more})`;
}

/** Every line an operation's journal gives, by sequence; undefined for an operation whose plan or journal can't be read. */
async function expectedLines(
  division: Division,
  operation: Operation,
): Promise<Map<number, Record<string, unknown>> | undefined> {
  const { operation_id: operationId, plan_hash: planHash, simulated } = operation;
  const plan = await division.plan(planHash).catch(unreadable);
  const path = layoutOf(division.directory).journal(operationId);
  const journal = await readJournal(diskFileSystem, path).catch(unreadable);
  if (!plan || !journal) return undefined;
  const lines = new Map<number, Record<string, unknown>>();
  let state = foldOperation(plan, []);
  for (const entry of journal.entries) {
    state = applyEntry(state, entry);
    const line = auditLine(entry, { operationId, planHash, simulated }, state);
    if (line) lines.set(entry.sequence, line);
  }
  return lines;
}

/** What can't be read is named by the checks of records and journals. */
function unreadable(error: unknown): undefined {
  if (!(error instanceof DivisionError)) throw error;
}

/** The first field in which a line says something else than the journal; fields it does not have say nothing. */
function differingField(line: ChainedLine, expected: Record<string, unknown>): string | undefined {
  const plain: Record<string, unknown> = JSON.parse(JSON.stringify(expected));
  return Object.keys(plain).find(
    name => name in line.value && JSON.stringify(line.value[name]) !== JSON.stringify(plain[name]),
  );
}

interface Comparison {
  /** The first line that says something else than its journal. */
  problem: { line: number; text: string } | undefined;
  /** Entries the log does not have: a crash kept them from it. */
  missing: number;
}

function compare(
  own: readonly ChainedLine[],
  expected: ReadonlyMap<string, ReadonlyMap<number, Record<string, unknown>>>,
) {
  const comparison: Comparison = { problem: undefined, missing: 0 };
  const seen = new Map<string, Set<number>>();
  for (const line of own) {
    const { operation_id: id, sequence } = line.value;
    if (typeof id !== 'string' || typeof sequence !== 'number') continue;
    const journal = expected.get(id);
    if (!journal) continue;
    seen.set(id, (seen.get(id) ?? new Set()).add(sequence));
    const entry = journal.get(sequence);
    const field = entry && differingField(line, entry);
    if (entry && field === undefined) continue;
    comparison.problem ??= {
      line: line.line,
      text: entry
        ? `its ${field ?? ''} is not what entry ${sequence} of the journal of ${id} says`
        : `the journal of ${id} has no such entry ${sequence}`,
    };
  }
  // Of an operation that the log does not name at all, all may have been rotated away.
  const isWhole = own[0] === undefined || own[0].prev === GENESIS;
  for (const [id, journal] of expected) {
    if (!isWhole && !seen.has(id)) continue;
    const first = isWhole ? 0 : Math.min(...(seen.get(id) ?? []));
    comparison.missing += [...journal.keys()].filter(
      sequence => sequence > first && !seen.get(id)?.has(sequence),
    ).length;
  }
  return comparison;
}

/** Verifies logs/operations.log: its chain, then what it says against the journals. */
export async function checkAuditTrail(division: Division): Promise<AuditFinding> {
  const path = layoutOf(division.directory).operationsLog;
  const reading = await readOperationsLog(diskFileSystem, path);
  const { own } = reading;
  const broken = firstBreak(own);
  if (broken) {
    return { subject: 'audit trail', problem: `${path}:${broken.line}: ${broken.problem}`, remedy: remedyFor(path) };
  }
  const { operations } = await division.operations();
  const expected = new Map<string, Map<number, Record<string, unknown>>>();
  for (const operation of operations) {
    const lines = await expectedLines(division, operation);
    if (lines) expected.set(operation.operation_id, lines);
  }
  const { problem, missing } = compare(own, expected);
  if (problem) {
    return { subject: 'audit trail', problem: `${path}:${problem.line}: ${problem.text}`, remedy: remedyFor(path) };
  }
  const [first] = own;
  const rotated =
    first && first.prev !== GENESIS ? `, from number ${first.number} on (the others were rotated away)` : '';
  const lacking = missing > 0 ? `; ${missing} entries to be appended by the executor` : '';
  const chain = `${counted(own.length, 'line')} in one chain${rotated}`;
  return { subject: `audit trail ${path}: ${chain}${foreignNote(reading)}${lacking}` };
}
