/** An operation is what its journal says: this folds the entries into the state that decisions and records read. */
import type { JournalEntry } from '../model/journal.ts';
import type { NodeProgress } from '../model/operation.ts';
import type { Plan } from '../model/plan.ts';
import { applyControl } from './operation-state/apply-control.ts';
import { applyIntent, applyOutcome } from './operation-state/apply-effect.ts';
import { applyStep, applyStepIntent, applyStepOutcome, pendingSteps } from './operation-state/apply-step.ts';
import { nodeKey, notStarted, type OperationState, settledStates, withNode } from './operation-state/state.ts';

export { isInDoubt, isOver, pendingStep, UNDO } from './operation-state/apply-step.ts';
export { intentOf, isSameIntent } from './operation-state/same-intent.ts';
export { type Authorized, isTouched, nodeKey, type OperationState, settledStates } from './operation-state/state.ts';

function emptyState(plan: Plan): OperationState {
  const nodes = new Map<string, NodeProgress>();
  for (const cluster of plan.clusters) {
    for (const node of [...cluster.nodes, ...(cluster.targets ?? [])]) {
      nodes.set(nodeKey(cluster.name, node.name), {
        cluster: cluster.name,
        node: node.name,
        state: 'pending',
        evicted: [],
        evicted_controllers: [],
        evictions_refused: 0,
        attempts: [],
      });
    }
  }
  return {
    sequence: 0,
    status: 'queued',
    phase: 'queued',
    requestedBy: 'unknown',
    startedAt: undefined,
    updatedAt: plan.created_at,
    finishedAt: undefined,
    nodes,
    steps: pendingSteps(plan.steps ?? []),
    plannedSteps: new Map((plan.steps ?? []).map(step => [step.id, step])),
    waitingFor: undefined,
    stopped: undefined,
    snapshots: [],
    forfeited: [],
    leases: new Set(),
    goneHolders: new Map(),
    resumedAt: undefined,
    isPauseAsked: false,
    isCancelAsked: false,
    summary: '',
    evictions: 0,
    evictionsRefused: 0,
    progressedAt: plan.created_at,
    intended: undefined,
    authorized: new Map(),
    takenRequests: new Set(),
  };
}

export function foldOperation(plan: Plan, entries: readonly JournalEntry[]): OperationState {
  return entries.reduce(applyEntry, emptyState(plan));
}

/** The next state; entries of a node the plan does not name change nothing but the sequence. */
export function applyEntry(state: OperationState, entry: JournalEntry): OperationState {
  const next: OperationState = {
    ...state,
    sequence: entry.sequence,
    updatedAt: entry.at,
    ...(isProgress(entry) && { progressedAt: entry.at }),
    ...(answersIntent.includes(entry.kind) && { intended: undefined }),
  };
  switch (entry.kind) {
    case 'queued':
      return { ...next, status: 'queued', requestedBy: entry.requested_by };
    case 'authorized':
      return { ...next, authorized: new Map(state.authorized).set(entry.cluster ?? '', entry) };
    case 'started':
      return { ...next, status: 'running', startedAt: state.startedAt ?? entry.at };
    case 'phase':
      return { ...next, phase: entry.name, status: 'running', waitingFor: undefined };
    case 'intent':
      return {
        ...applyStepIntent(applyIntent(next, entry.effect, entry.at), entry),
        intended: entry.effect,
      };
    case 'outcome':
      return applyStepOutcome(applyOutcome(next, entry), entry);
    case 'step':
      return applyStep(next, entry);
    case 'observed':
      return {
        ...withNode(next, entry.cluster, entry.node, ({ evidence: _past, not_started: _other, ...node }) => ({
          ...node,
          state: entry.state,
          state_since: node.state === entry.state ? (node.state_since ?? entry.at) : entry.at,
          reason: entry.reason,
          started_at: node.started_at ?? entry.at,
          ...(entry.evidence.length > 0 && { evidence: entry.evidence }),
          ...(settledStates.includes(entry.state) && { finished_at: entry.at }),
          // Who abandons a node has accepted its loss.
          ...(entry.state === 'failed' && node.resolved?.as === 'abandon' && { failure_accepted: true }),
          ...(entry.not_started !== undefined && {
            not_started: entry.not_started,
            attempts: notStarted(node.attempts, entry.not_started),
          }),
        })),
        waitingFor: undefined,
        status: state.status === 'waiting' ? 'running' : state.status,
      };
    case 'waiting':
      return {
        ...next,
        status: 'waiting',
        waitingFor: { reason: entry.reason, what_ends_it: entry.what_ends_it, since: entry.at },
      };
    case 'control':
      return applyControl(next, entry);
    case 'stopped':
      return {
        ...next,
        status: entry.status,
        finishedAt: entry.at,
        waitingFor: undefined,
        stopped: { code: entry.code, reason: entry.reason, remedy: entry.remedy, evidence: entry.evidence },
        goneHolders: new Map(),
        summary: entry.reason,
      };
    case 'finished':
      return {
        ...next,
        status: entry.status,
        finishedAt: entry.at,
        waitingFor: undefined,
        stopped: undefined,
        summary: entry.summary,
      };
  }
}

/** After these an effect that is decided again is another one, with an intent of its own. */
const answersIntent: readonly JournalEntry['kind'][] = ['outcome', 'observed', 'stopped', 'finished'];

function isProgress(entry: JournalEntry): boolean {
  return entry.kind === 'outcome' ? entry.result === 'ok' : entry.kind !== 'waiting' && entry.kind !== 'intent';
}
