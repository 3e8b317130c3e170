import type { JournalEntry } from '../../model/journal.ts';
import type { NodeProgress } from '../../model/operation.ts';
import { withResolvedStep } from './apply-step.ts';
import { reopenedSteps } from './reopened-steps.ts';
import { isTouched, notStarted, type OperationState, withNode } from './state.ts';

/** What a human asked for. */
export function applyControl(
  before: OperationState,
  entry: Extract<JournalEntry, { kind: 'control' }>,
): OperationState {
  const state: OperationState =
    entry.request_id === undefined
      ? before
      : { ...before, takenRequests: new Set(before.takenRequests).add(entry.request_id) };
  switch (entry.action) {
    case 'pause':
      return { ...state, isPauseAsked: true };
    case 'cancel':
      return { ...state, isCancelAsked: true, isPauseAsked: false };
    case 'resume':
      return { ...reopened(state), resumedAt: entry.at, isPauseAsked: false, isCancelAsked: false };
    case 'resolve': {
      if (entry.node === undefined || entry.as === undefined) return state;
      if (entry.holder !== undefined) {
        return { ...state, goneHolders: new Map(state.goneHolders).set(entry.node, entry.holder) };
      }
      const { as, reason, at } = { as: entry.as, reason: entry.reason, at: entry.at };
      if (state.plannedSteps.has(entry.node)) return withResolvedStep(state, entry.node, { as, reason, at });
      const [cluster = '', name = ''] = entry.node.split('/');
      return withNode(state, cluster, name, node => ({
        ...node,
        resolved: { as, reason, at },
        ...(as === 'not_started' && { attempts: notStarted(node.attempts, node.attempts.at(-1)?.attempt_id) }),
      }));
    }
  }
}

/**
 * Resuming looks again: an untouched node that was given up is considered anew, a touched one stays as it is and no longer stops
 * the others; one in doubt stays in doubt (only observation or resolve ends that).
 */
function reopened(state: OperationState): OperationState {
  const nodes = new Map<string, NodeProgress>();
  for (const [key, node] of state.nodes) {
    const { problem: _forgiven, last_refusal: _past, ...kept } = node;
    if (node.state === 'failed' && !isTouched(node)) nodes.set(key, { ...kept, state: 'pending' });
    else if (node.state === 'failed' || node.state === 'rolled_back')
      nodes.set(key, { ...kept, failure_accepted: true });
    else nodes.set(key, kept);
  }
  // An operation that had ended is taken up anew: under an approval that holds now.
  const authorized = state.finishedAt === undefined ? state.authorized : new Map();
  return {
    ...state,
    // The steps that wait go on waiting, and say nothing anew.
    status: state.status === 'waiting' && state.plannedSteps.size > 0 ? 'waiting' : 'running',
    finishedAt: undefined,
    stopped: undefined,
    nodes,
    steps: reopenedSteps(state),
    authorized,
  };
}
