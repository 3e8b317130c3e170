/** Tells the rest of the division what operations do: lines in logs/operations.log and the files under context/. */
import { dayOf } from '../decisions/budget.ts';
import { divisionMetrics, endedToday } from '../decisions/division-metrics.ts';
import type { OperationState } from '../decisions/operation-state.ts';
import type { JournalEntry } from '../model/journal.ts';
import { endedStatuses, type Operation } from '../model/operation.ts';
import type { Clock, DivisionWriter, Log } from '../ports.ts';
import { type AuditedOperation, auditLine } from './audit-line.ts';
import type { Outlook } from './outlook.ts';

export interface Told {
  division: DivisionWriter;
  clock: Clock;
  log: Log;
  /** Absent: tokens and contractors are not told of. */
  outlook?: Outlook;
}

type Fields = Record<string, unknown>;

const activeTasks = (operations: readonly Operation[]): Fields[] =>
  operations
    .filter(operation => !endedStatuses.includes(operation.status))
    .map(({ operation_id, playbook, clusters, status, phase, progress, simulated }) => ({
      task_id: operation_id,
      playbook,
      clusters,
      status,
      phase,
      progress,
      simulated,
    }));

/** Items of `ours` put over those of the same name that are there; all others stay. */
export function mergedByName(kept: unknown, ours: readonly (Fields & { name: string })[]): Fields[] {
  const before = Array.isArray(kept)
    ? kept.filter((item): item is Fields => typeof item === 'object' && item !== null)
    : [];
  const others = before.filter(item => !ours.some(({ name }) => name === item.name));
  return [...ours.map(item => ({ ...before.find(({ name }) => name === item.name), ...item })), ...others];
}

/** Metrics are of what ended; others' first look is at the start. */
const changesMetrics: readonly JournalEntry['kind'][] = ['queued', 'stopped', 'finished'];

/** Minimum of the seed's division-state (ledger D7), and the clusters' clock beside it. */
async function writeState(
  { division, clock, outlook }: Told,
  operations: readonly Operation[],
  kind: JournalEntry['kind'],
) {
  const own = { division: 'containers', active_tasks: activeTasks(operations) };
  if (outlook === undefined) return division.writeContext('division-state', own);
  const { budget: ledger, timezone, startedAt } = outlook;
  const now = clock.now();
  const budget = await ledger.today();
  const metrics = {
    tasks_completed_today: endedToday({ operations, now, timezone }).filter(({ status }) => status === 'succeeded')
      .length,
    tokens_used_today: budget.used_tokens,
    budget_allocated: budget.daily_tokens,
  };
  await division.writeContext('division-state', kept => ({
    gm_session_id: kept.gm_session_id ?? `gm-containers-${startedAt}`,
    ...own,
    as_of: new Date(now).toISOString(),
    day: dayOf(now, timezone),
    contractors: mergedByName(
      kept.contractors,
      outlook.contractors().map(state => ({ ...state })),
    ),
    metrics: { ...(isFields(kept.metrics) && kept.metrics), ...metrics },
  }));
  if (!changesMetrics.includes(kind)) return;
  const calls = outlook.calls();
  await division.writeContext('metrics', divisionMetrics({ operations, now, timezone, budget, calls }));
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Written after the journal and the record, and never in their way: a failure is logged, the journal still has it all, and what the
 * log lacks is written by `tellAgain` (SAFETY 11).
 */
export async function tell(
  told: Told,
  entry: JournalEntry,
  operation: AuditedOperation,
  state: OperationState,
): Promise<void> {
  const line = auditLine(entry, operation, state);
  if (line === undefined) return;
  try {
    await told.division.logOperation(line);
    if (entry.kind === 'outcome') return;
    const { operations } = await told.division.operations();
    await writeState(told, operations, entry.kind);
  } catch (error) {
    told.log.warn('chronicle.unwritten', {
      operation_id: operation.operationId,
      kind: entry.kind,
      error: String(error),
    });
  }
}

/** Lines that a crash or a full disk kept from the log, out of the journal; those that stand there stay as they are. */
export async function tellAgain(told: Told, lines: readonly (Fields | undefined)[]): Promise<void> {
  try {
    for (const line of lines) if (line) await told.division.logOperation(line);
  } catch (error) {
    told.log.warn('chronicle.unwritten', { error: String(error) });
  }
}
