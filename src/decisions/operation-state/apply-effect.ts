import type { Effect } from '../../model/effect.ts';
import type { JournalEntry } from '../../model/journal.ts';
import type { Attempt } from '../../model/operation.ts';
import { type OperationState, withNode } from './state.ts';

/** An effect is about to be performed: what it is on disk for is known from here on, what became of it is not. */
export function applyIntent(state: OperationState, effect: Effect, at: string): OperationState {
  // A Lease is given up after an operation has ended: that does not set it running again.
  const running: OperationState =
    state.finishedAt !== undefined ? state : { ...state, status: 'running', waitingFor: undefined };
  switch (effect.kind) {
    case 'cordon':
      return withNode(running, effect.cluster, effect.node, node => ({
        ...node,
        started_at: node.started_at ?? at,
        // The first record of the prior state is the true one: a second cordon finds our own.
        cordon: node.cordon ?? { prior_unschedulable: effect.prior_unschedulable, at },
      }));
    case 'evict':
      return withNode(running, effect.cluster, effect.node, node => ({ ...node, state: 'draining' }));
    case 'install':
    case 'reboot':
      return withNode(running, effect.cluster, effect.node, node =>
        node.attempts.some(attempt => attempt.attempt_id === effect.attempt_id)
          ? node
          : {
              ...node,
              state: effect.kind === 'install' ? 'installing' : 'rebooting',
              attempts: [...node.attempts, attemptOf(effect, at)],
            },
      );
    default:
      return running;
  }
}

function attemptOf(effect: Extract<Effect, { kind: 'install' | 'reboot' }>, at: string): Attempt {
  return {
    attempt_id: effect.attempt_id,
    kind: effect.kind,
    system_uuid: effect.system_uuid,
    boot_id: effect.boot_id,
    reboots: effect.kind === 'reboot' || effect.reboots,
    ...(effect.kind === 'install' && { image: effect.image }),
    intended_at: at,
    failures: 0,
    not_started: false,
  };
}

/** What performing an effect answered. */
export function applyOutcome(state: OperationState, entry: Extract<JournalEntry, { kind: 'outcome' }>): OperationState {
  const { effect, at, result } = entry;
  switch (effect.kind) {
    case 'install':
    case 'reboot':
      return withNode(state, effect.cluster, effect.node, node => ({
        ...node,
        attempts: node.attempts.map(attempt =>
          attempt.attempt_id === effect.attempt_id ? answered(attempt, entry) : attempt,
        ),
      }));
    case 'evict': {
      const evicted = entry.evicted ?? [];
      const refused = entry.evictions_refused ?? 0;
      return {
        ...withNode(state, effect.cluster, effect.node, ({ last_refusal: _past, ...node }) => ({
          ...node,
          evicted: [...node.evicted, ...evicted],
          evicted_controllers: [...new Set([...node.evicted_controllers, ...controllersOf(effect, evicted)])],
          evictions_refused: node.evictions_refused + refused,
          ...(result === 'failed' && { problem: entry.detail }),
          ...(result !== 'ok' && { last_refusal: entry.detail }),
        })),
        evictions: state.evictions + evicted.length,
        evictionsRefused: state.evictionsRefused + refused,
      };
    }
    case 'snapshot':
      return entry.snapshot && result === 'ok'
        ? { ...state, snapshots: [...state.snapshots, { cluster: effect.cluster, at, ...entry.snapshot }] }
        : state;
    case 'forfeit':
      return result === 'ok'
        ? { ...state, forfeited: [...state.forfeited, { cluster: effect.cluster, node: effect.node, at }] }
        : state;
    case 'uncordon':
    // With the Node object goes what was on it.
    case 'delete_node':
      return result === 'ok'
        ? withNode(state, effect.cluster, effect.node, ({ cordon: _lifted, ...node }) => node)
        : state;
    case 'hold_lease': {
      if (result !== 'ok') return state;
      const goneHolders = new Map(state.goneHolders);
      goneHolders.delete(effect.cluster);
      return { ...state, leases: new Set(state.leases).add(effect.cluster), goneHolders };
    }
    case 'release_lease': {
      // What could not be given up is asked again; after a cancel there is nobody left to ask.
      if (result !== 'ok' && !state.isCancelAsked) return state;
      const leases = new Set(state.leases);
      leases.delete(effect.cluster);
      return { ...state, leases };
    }
    default:
      return state;
  }
}

function controllersOf(effect: Extract<Effect, { kind: 'evict' }>, evicted: readonly string[]): string[] {
  return effect.pods.flatMap(({ uid, controller_uid: controller }) =>
    controller !== undefined && evicted.includes(uid) ? [controller] : [],
  );
}

function answered(attempt: Attempt, entry: Extract<JournalEntry, { kind: 'outcome' }>): Attempt {
  if (entry.result === 'ok') return { ...attempt, dispatched_at: entry.at };
  // The Lease could not be checked, so nothing was sent: the contractor refused nothing.
  if (entry.code === 'KUBERNETES_UNAVAILABLE') return { ...attempt, last_failure: entry.detail };
  // `unknown` counts too: the receipt says whether it was dispatched, and where it says no, tries are bounded.
  return { ...attempt, failures: attempt.failures + 1, last_failure: entry.detail };
}
