/** An operation is what its journal says: this folds the entries into the state that decisions and records read. */
import type { Effect } from '../model/effect.ts';
import type { JournalEntry } from '../model/journal.ts';
import type { Attempt, NodeProgress, NodeState, Operation, OperationStatus } from '../model/operation.ts';
import type { Plan } from '../model/plan.ts';

export interface OperationState {
  sequence: number;
  status: OperationStatus;
  phase: string;
  requestedBy: string;
  startedAt: string | undefined;
  updatedAt: string;
  finishedAt: string | undefined;
  nodes: ReadonlyMap<string, NodeProgress>;
  waitingFor: { reason: string; what_ends_it: string; since: string } | undefined;
  stopped: Operation['stopped'];
  snapshots: Operation['snapshots'];
  /** Clusters whose etcd leadership was forfeited, with the node it was taken from. */
  forfeited: readonly { cluster: string; node: string; at: string }[];
  leases: ReadonlySet<string>;
  isPauseAsked: boolean;
  isCancelAsked: boolean;
  summary: string;
  evictions: number;
  evictionsRefused: number;
  /** When something other than waiting last happened: every wait is bounded from here. */
  progressedAt: string;
}

export const nodeKey = (cluster: string, node: string): string => `${cluster}/${node}`;

/** States in which a node needs nothing more from this operation. */
export const settledStates: readonly NodeState[] = ['done', 'skipped', 'failed', 'rolled_back'];

function emptyState(plan: Plan): OperationState {
  const nodes = new Map<string, NodeProgress>();
  for (const cluster of plan.clusters) {
    for (const node of cluster.nodes) {
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
    waitingFor: undefined,
    stopped: undefined,
    snapshots: [],
    forfeited: [],
    leases: new Set(),
    isPauseAsked: false,
    isCancelAsked: false,
    summary: '',
    evictions: 0,
    evictionsRefused: 0,
    progressedAt: plan.created_at,
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
  };
  switch (entry.kind) {
    case 'queued':
      return { ...next, status: 'queued', requestedBy: entry.requested_by };
    case 'authorized':
      return next;
    case 'started':
      return { ...next, status: 'running', startedAt: state.startedAt ?? entry.at };
    case 'phase':
      return { ...next, phase: entry.name, status: 'running', waitingFor: undefined };
    case 'intent':
      return applyIntent(next, entry.effect, entry.at);
    case 'outcome':
      return applyOutcome(next, entry);
    case 'observed':
      return {
        ...withNode(next, entry.cluster, entry.node, node => ({
          ...node,
          state: entry.state,
          state_since: node.state === entry.state ? (node.state_since ?? entry.at) : entry.at,
          reason: entry.reason,
          started_at: node.started_at ?? entry.at,
          ...(settledStates.includes(entry.state) && { finished_at: entry.at }),
          ...(entry.not_started !== undefined && { attempts: notStarted(node.attempts, entry.not_started) }),
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

function isProgress(entry: JournalEntry): boolean {
  return entry.kind === 'outcome' ? entry.result === 'ok' : entry.kind !== 'waiting' && entry.kind !== 'intent';
}

function withNode(
  state: OperationState,
  cluster: string,
  name: string,
  change: (node: NodeProgress) => NodeProgress,
): OperationState {
  const key = nodeKey(cluster, name);
  const node = state.nodes.get(key);
  if (!node) return state;
  return { ...state, nodes: new Map(state.nodes).set(key, change(node)) };
}

function applyIntent(state: OperationState, effect: Effect, at: string): OperationState {
  // A Lease is given up after an operation has stopped: that does not set it running again.
  const running: OperationState = state.stopped ? state : { ...state, status: 'running', waitingFor: undefined };
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

function applyOutcome(state: OperationState, entry: Extract<JournalEntry, { kind: 'outcome' }>): OperationState {
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
        ...withNode(state, effect.cluster, effect.node, node => ({
          ...node,
          evicted: [...node.evicted, ...evicted],
          evicted_controllers: [...new Set([...node.evicted_controllers, ...controllersOf(effect, evicted)])],
          evictions_refused: node.evictions_refused + refused,
          ...(result === 'failed' && { problem: entry.detail }),
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
      return result === 'ok'
        ? withNode(state, effect.cluster, effect.node, ({ cordon: _lifted, ...node }) => node)
        : state;
    case 'hold_lease':
      return result === 'ok' ? { ...state, leases: new Set(state.leases).add(effect.cluster) } : state;
    case 'release_lease': {
      const leases = new Set(state.leases);
      leases.delete(effect.cluster);
      return { ...state, leases };
    }
    case 'cordon':
      return state;
  }
}

function controllersOf(effect: Extract<Effect, { kind: 'evict' }>, evicted: readonly string[]): string[] {
  return effect.pods.flatMap(({ uid, controller_uid: controller }) =>
    controller !== undefined && evicted.includes(uid) ? [controller] : [],
  );
}

const notStarted = (attempts: readonly Attempt[], attemptId: string | undefined): Attempt[] =>
  attempts.map(attempt => (attempt.attempt_id === attemptId ? { ...attempt, not_started: true } : attempt));

function answered(attempt: Attempt, entry: Extract<JournalEntry, { kind: 'outcome' }>): Attempt {
  if (entry.result === 'ok') return { ...attempt, dispatched_at: entry.at };
  // Not known whether it was dispatched: the receipt, or observation, tells.
  if (entry.result === 'unknown') return attempt;
  return { ...attempt, failures: attempt.failures + 1, last_failure: entry.detail };
}

function applyControl(state: OperationState, entry: Extract<JournalEntry, { kind: 'control' }>): OperationState {
  switch (entry.action) {
    case 'pause':
      return { ...state, isPauseAsked: true };
    case 'cancel':
      return { ...state, isCancelAsked: true, isPauseAsked: false };
    case 'resume':
      return { ...reopened(state), isPauseAsked: false, isCancelAsked: false };
    case 'resolve': {
      if (entry.node === undefined || entry.as === undefined) return state;
      const { as, reason, at } = { as: entry.as, reason: entry.reason, at: entry.at };
      const [cluster = '', name = ''] = entry.node.split('/');
      return withNode(state, cluster, name, node => ({
        ...node,
        resolved: { as, reason, at },
        ...(as === 'not_started' && { attempts: notStarted(node.attempts, node.attempts.at(-1)?.attempt_id) }),
      }));
    }
  }
}

/** True when something may have been installed or rebooted on the node by this operation. */
export const isTouched = (node: NodeProgress): boolean => node.attempts.some(attempt => !attempt.not_started);

/**
 * Resuming looks again: an untouched node that was given up is considered anew, a touched one stays as it is and no longer stops
 * the others; one in doubt stays in doubt (only observation or resolve ends that).
 */
function reopened(state: OperationState): OperationState {
  const nodes = new Map<string, NodeProgress>();
  for (const [key, node] of state.nodes) {
    const { problem: _forgiven, ...kept } = node;
    if (node.state === 'failed' && !isTouched(node)) nodes.set(key, { ...kept, state: 'pending' });
    else if (node.state === 'failed' || node.state === 'rolled_back')
      nodes.set(key, { ...kept, failure_accepted: true });
    else nodes.set(key, kept);
  }
  return { ...state, status: 'running', finishedAt: undefined, stopped: undefined, nodes };
}
