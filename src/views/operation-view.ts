import { endedStatuses, type Operation } from '../model/operation.ts';
import { fenced, listOf, shortHash, simulatedMark, someOf, toTheSecond } from './wording.ts';

export const isEnded = (operation: Operation): boolean => endedStatuses.includes(operation.status);

/** Statuses in which an executor has to be there for the operation to go on. */
export const needsExecutor = (operation: Operation): boolean =>
  operation.status === 'queued' || operation.status === 'running' || operation.status === 'waiting';

export const operationAddress = (operationId: string): string => `gm://operations/${operationId}`;

/** The next call, or that the turn ends here. */
export function nextAfter(operation: Operation): string {
  const inDoubt = operation.in_doubt ?? [];
  if (inDoubt.length > 0 && operation.status !== 'cancelled') {
    return `a person looks at ${someOf(inDoubt, 2)}, then control_operation with action resolve; end your turn.`;
  }
  switch (operation.status) {
    case 'awaiting_approval':
      return 'say who has to approve, and end your turn.';
    case 'queued':
    case 'running':
    case 'waiting':
      return `it runs on without you: report it and end your turn; get_operation after ${operation.poll_after_seconds} s or when asked.`;
    case 'paused':
      return 'control_operation with action resume lets it go on; end your turn.';
    case 'halted':
      return 'report the remedy; when it is done, control_operation with action resume; end your turn.';
    case 'failed':
    case 'cancelled':
      return 'report it; control_operation with action resume takes up what is left, when the user wants it; end your turn.';
    case 'succeeded':
      return 'done: report it and end your turn.';
  }
}

/** The operation as tools show it (CONTRACT, Operation); whole at its address. */
export function operationView(operation: Operation): Record<string, unknown> {
  const { stopped, waiting_for: waiting } = operation;
  return {
    operation_id: operation.operation_id,
    plan_hash: shortHash(operation.plan_hash),
    playbook: operation.playbook,
    clusters: operation.clusters,
    simulated: operation.simulated,
    status: operation.status,
    phase: operation.phase,
    progress: operation.progress,
    nodes_by_state: operation.nodes_by_state,
    active: operation.active.slice(0, 20),
    ...(waiting && { waiting_for: { ...waiting, since: toTheSecond(waiting.since) } }),
    ...(operation.in_doubt && operation.in_doubt.length > 0 && { in_doubt: operation.in_doubt.slice(0, 20) }),
    ...(stopped && { stopped: { ...stopped, evidence: stopped.evidence.slice(0, 5).map(line => fenced(line)) } }),
    started_at: toTheSecond(operation.started_at),
    updated_at: toTheSecond(operation.updated_at),
    ...(operation.finished_at !== undefined && { finished_at: toTheSecond(operation.finished_at) }),
    ...(operation.eta_at !== undefined && { eta_at: toTheSecond(operation.eta_at) }),
    poll_after_seconds: operation.poll_after_seconds,
    metrics: operation.metrics,
    result_summary: operation.result_summary,
    address: operationAddress(operation.operation_id),
  };
}

/** A line of a list of operations. */
export function operationLine(operation: Operation): Record<string, unknown> {
  return {
    operation_id: operation.operation_id,
    status: operation.status,
    clusters: operation.clusters,
    simulated: operation.simulated,
    phase: operation.phase,
    progress: operation.progress,
    updated_at: operation.updated_at,
  };
}

/** The operation in a few sentences, what has to be known first. */
export function operationFacts(operation: Operation): (string | undefined)[] {
  const { waiting_for: waiting, stopped, progress } = operation;
  const active = operation.active.length > 0 ? ` (now ${someOf(operation.active, 3)})` : '';
  return [
    simulatedMark(operation.simulated),
    `Operation ${operation.operation_id} (plan ${shortHash(operation.plan_hash)}) on ${someOf(operation.clusters, 3)}:`,
    `${operation.status}, phase ${operation.phase}, ${progress.done} of ${progress.total} ${operation.steps ? 'steps' : 'nodes'} done${active}.`,
    stopped && `Stopped, ${stopped.code}: ${stopped.reason}.`,
    waiting && `Waiting: ${waiting.reason}; ends with: ${waiting.what_ends_it}.`,
    operation.finished_at === undefined && operation.eta_at !== undefined
      ? `ETA ${toTheSecond(operation.eta_at)}.`
      : undefined,
    operation.finished_at === undefined ? undefined : operation.result_summary,
  ];
}

/** What `operations`, one after the other, are about, for a text. */
export const operationLines = (operations: readonly Operation[]): string[] =>
  activeFirst(operations)
    .slice(0, 3)
    .map(
      ({ operation_id: id, status, progress, steps }) =>
        `${id}: ${status}, ${progress.done} of ${progress.total} ${steps ? 'steps' : 'nodes'}.`,
    );

const activeFirst = (operations: readonly Operation[]): Operation[] => [
  ...operations.filter(operation => !isEnded(operation)),
  ...operations.filter(isEnded),
];

/** Operations to choose from, active ones first, each list newest first. */
export function operationList(operations: readonly Operation[], corrupt: readonly string[]): Record<string, unknown> {
  return {
    ...listOf('operations', activeFirst(operations).map(operationLine), 'gm://division/state'),
    ...(corrupt.length > 0 && listOf('unreadable', corrupt, 'gm://division/state')),
  };
}
