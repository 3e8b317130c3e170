import { isInDoubt, nodeKey, type OperationState, settledStates } from '../decisions/operation-state.ts';
import { endedStatuses, type NodeProgress, type Operation, type OperationStatus } from '../model/operation.ts';
import { isProcedurePlan, type Plan } from '../model/plan.ts';

/** What only the runner has seen while it ran: figures for the record, not for decisions. */
export interface RunObservations {
  pdbViolations: number;
  controlPlaneOverlaps: number;
  contractorCalls: number;
  /** What hosts were told about the operation, and what was reported for it (ports/budget). */
  tokensEstimated: number;
}

export const noObservations: RunObservations = {
  pdbViolations: 0,
  controlPlaneOverlaps: 0,
  contractorCalls: 0,
  tokensEstimated: 0,
};

const minutesBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 60_000;
const rounded = (value: number): number => Math.round(value * 100) / 100;

const POLL_AT_MOST_SECONDS = 600;
/** Asking more often than this tells nothing new (CONTRACT: poll_after_seconds >= 60). */
const POLL_AFTER_SECONDS = 60;

/** The record of an operation: plan and journal, seen at `now` (SAFETY 11). */
export function projectOperation(
  plan: Plan,
  operationId: string,
  state: OperationState,
  observations: RunObservations,
  now: string,
): Operation {
  const nodes = [...state.nodes.values()];
  const isEnded = endedStatuses.includes(state.status);
  const progress = progressOf(plan, state);
  const active = underWay(plan, state);
  const inDoubt = [
    ...nodes.filter(node => node.state === 'in_doubt').map(node => nodeKey(node.cluster, node.node)),
    ...[...state.steps.values()].filter(isInDoubt).map(({ id }) => id),
  ];
  const minutes = state.startedAt === undefined ? 0 : minutesBetween(state.startedAt, state.finishedAt ?? now);
  const bound = plan.estimate.minutes_lower_bound;
  const status = statusOf(state, isProcedurePlan(plan) ? 0 : active.length);
  return {
    record_version: 1,
    sequence: state.sequence,
    operation_id: operationId,
    plan_hash: plan.plan_hash,
    playbook: plan.playbook,
    simulated: plan.simulated,
    clusters: plan.clusters.map(cluster => cluster.name),
    status,
    phase: state.phase,
    progress,
    nodes,
    ...(state.steps.size > 0 && { steps: [...state.steps.values()] }),
    nodes_by_state: isProcedurePlan(plan) ? {} : countByState(nodes),
    active,
    ...(state.waitingFor && !isEnded && { waiting_for: state.waitingFor }),
    ...(inDoubt.length > 0 && { in_doubt: inDoubt }),
    ...(state.stopped && { stopped: state.stopped }),
    requested_by: state.requestedBy,
    snapshots: state.snapshots,
    started_at: state.startedAt ?? plan.created_at,
    updated_at: state.updatedAt,
    ...(state.finishedAt !== undefined && { finished_at: state.finishedAt }),
    ...(!isEnded && { eta_at: etaAt(plan, progress, minutes, now) }),
    poll_after_seconds: plan.simulated ? POLL_AFTER_SECONDS : pollAfterSeconds(plan, progress, minutes, now),
    metrics: {
      minutes: rounded(minutes),
      minutes_lower_bound: bound,
      ratio_to_bound: bound > 0 && isEnded ? rounded(minutes / bound) : 0,
      evictions: state.evictions,
      evictions_refused: state.evictionsRefused,
      pdb_violations: observations.pdbViolations,
      control_plane_overlaps: observations.controlPlaneOverlaps,
      contractor_calls: observations.contractorCalls,
      tokens_estimated: observations.tokensEstimated,
    },
    result_summary: state.summary,
  };
}

/** Nodes, or the steps of a procedure. */
function progressOf(plan: Plan, state: OperationState): Operation['progress'] {
  if (isProcedurePlan(plan)) {
    const done = plan.steps.filter(({ id }) => state.steps.get(id)?.state === 'done').length;
    return { done, total: plan.steps.length };
  }
  const nodes = [...state.nodes.values()];
  return { done: nodes.filter(node => node.state === 'done' || node.state === 'skipped').length, total: nodes.length };
}

/** The nodes that are worked on, or the steps of a procedure. */
function underWay(plan: Plan, state: OperationState): string[] {
  if (isProcedurePlan(plan)) {
    const steps = [...state.steps.values()].filter(step => step.state === 'running' || step.state === 'waiting');
    return steps.map(({ id }) => id);
  }
  return [...state.nodes.values()].filter(isUnderWay).map(node => nodeKey(node.cluster, node.node));
}

const isUnderWay = (node: NodeProgress): boolean =>
  (node.state !== 'pending' && !settledStates.includes(node.state)) ||
  (node.state === 'pending' && node.cordon !== undefined);

/** Paused is seen once no node is under way; what was asked before that is still being finished. */
function statusOf(state: OperationState, underWay: number): OperationStatus {
  const isRunning = state.status === 'running' || state.status === 'waiting';
  return isRunning && state.isPauseAsked && underWay === 0 ? 'paused' : state.status;
}

function countByState(nodes: readonly NodeProgress[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const node of nodes) counts[node.state] = (counts[node.state] ?? 0) + 1;
  return counts;
}

/** A look for about each tenth of what is left: each costs whoever asks tokens. A simulation's clock runs faster than its reader's. */
function pollAfterSeconds(plan: Plan, progress: Operation['progress'], minutes: number, now: string): number {
  const leftMs = Date.parse(etaAt(plan, progress, minutes, now)) - Date.parse(now);
  return Math.round(Math.min(POLL_AT_MOST_SECONDS, Math.max(POLL_AFTER_SECONDS, leftMs / 10_000)));
}

/** The plan's estimate until nodes are done, then the pace so far. */
function etaAt(plan: Plan, { done, total }: Operation['progress'], minutes: number, now: string): string {
  const planned = plan.estimate.minutes_expected * ((total - done) / Math.max(1, total));
  const paced = done > 0 ? (minutes / done) * (total - done) : planned;
  return new Date(Date.parse(now) + paced * 60_000).toISOString();
}
