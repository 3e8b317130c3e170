import type { OperationState } from '../decisions/operation-state.ts';
import type { JournalEntry } from '../model/journal.ts';

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

export interface AuditedOperation {
  operationId: string;
  planHash: string;
  simulated: boolean;
}

interface Approved {
  approved_by: string;
  rule: string;
}

/** Whose authority an entry stands on: its cluster's; for one about all clusters, theirs where it is one and the same. */
function authorityOf(entry: JournalEntry, { authorized }: OperationState): Approved | undefined {
  const cluster = clusterOf(entry);
  const grounds = cluster === undefined ? [...authorized.values()] : [authorized.get(cluster), authorized.get('')];
  const approved = grounds.flatMap(known => (known ? [{ approved_by: known.approved_by, rule: known.rule }] : []));
  const [first] = approved;
  const isOne = approved.every(({ approved_by: by, rule }) => by === first?.approved_by && rule === first.rule);
  return cluster !== undefined || isOne ? first : undefined;
}

function clusterOf(entry: JournalEntry): string | undefined {
  if (entry.kind === 'outcome') return entry.effect.cluster;
  return 'cluster' in entry ? entry.cluster : undefined;
}

function whatHappened(entry: JournalEntry): Record<string, unknown> {
  if (entry.kind !== 'outcome') {
    const { sequence: _sequence, at: _at, kind: _kind, ...rest } = entry;
    return rest;
  }
  const { effect, result, detail } = entry;
  return {
    action: effect.kind,
    cluster: effect.cluster,
    ...('node' in effect && { node: effect.node }),
    result,
    detail,
  };
}

/**
 * A journal entry as a line of logs/operations.log: who asked, who approved by which rule, the plan's hash, what was done or
 * observed. `state` is the operation's just after the entry. Undefined for entries that are the operation's own.
 */
export function auditLine(
  entry: JournalEntry,
  { operationId, planHash, simulated }: AuditedOperation,
  state: OperationState,
): Record<string, unknown> | undefined {
  if (!told.includes(entry.kind)) return undefined;
  return {
    timestamp: entry.at,
    operation_id: operationId,
    plan_hash: planHash,
    sequence: entry.sequence,
    kind: entry.kind,
    simulated,
    requested_by: state.requestedBy,
    ...authorityOf(entry, state),
    ...whatHappened(entry),
  };
}
