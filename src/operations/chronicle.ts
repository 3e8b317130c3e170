/** Tells the rest of the division what an operation does: lines in logs/operations.log and context/division-state.json. */

import type { JournalEntry } from '../model/journal.ts';
import { endedStatuses, type Operation } from '../model/operation.ts';
import type { DivisionWriter, Log } from '../ports.ts';

/** Entries that others need to know of; intents and waits are the operation's own. */
const told: readonly JournalEntry['kind'][] = [
  'queued',
  'authorized',
  'phase',
  'outcome',
  'observed',
  'control',
  'stopped',
  'finished',
];

/** One JSON object a line: what was done to what, under whose authority, and what was observed. */
function lineOf(entry: JournalEntry, operation: Operation): Record<string, unknown> {
  const { sequence, at, kind } = entry;
  const line = {
    timestamp: at,
    operation_id: operation.operation_id,
    plan_hash: operation.plan_hash,
    sequence,
    kind,
    simulated: operation.simulated,
  };
  if (kind === 'outcome') {
    const { effect, result, detail } = entry;
    const node = 'node' in effect ? effect.node : undefined;
    return {
      ...line,
      action: effect.kind,
      cluster: effect.cluster,
      ...(node !== undefined && { node }),
      result,
      detail,
    };
  }
  const { sequence: _sequence, at: _at, kind: _kind, ...rest } = entry;
  return { ...line, ...rest };
}

function stateOf(operations: readonly Operation[]): Record<string, unknown> {
  return {
    division: 'containers',
    active_tasks: operations
      .filter(operation => !endedStatuses.includes(operation.status))
      .map(({ operation_id, playbook, clusters, status, phase, progress, simulated }) => ({
        task_id: operation_id,
        playbook,
        clusters,
        status,
        phase,
        progress,
        simulated,
      })),
  };
}

/**
 * Written after the journal and the record, and never in their way: a failure is logged, the journal still has it all
 * (SAFETY 11).
 */
export async function tell(
  division: DivisionWriter,
  log: Log,
  entry: JournalEntry,
  operation: Operation,
): Promise<void> {
  if (!told.includes(entry.kind)) return;
  try {
    await division.logOperation(lineOf(entry, operation));
    if (entry.kind === 'outcome') return;
    const { operations } = await division.operations();
    await division.writeContext('division-state', stateOf(operations));
  } catch (error) {
    log.warn('chronicle.unwritten', { operation_id: operation.operation_id, kind: entry.kind, error: String(error) });
  }
}
