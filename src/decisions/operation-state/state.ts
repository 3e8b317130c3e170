import type { Effect } from '../../model/effect.ts';
import type { JournalEntry } from '../../model/journal.ts';
import type { Attempt, NodeProgress, NodeState, Operation, OperationStatus } from '../../model/operation.ts';
import type { PlannedStep, StepProgress } from '../../model/step.ts';

export type Authorized = Extract<JournalEntry, { kind: 'authorized' }>;

export interface OperationState {
  sequence: number;
  status: OperationStatus;
  phase: string;
  requestedBy: string;
  startedAt: string | undefined;
  updatedAt: string;
  finishedAt: string | undefined;
  nodes: ReadonlyMap<string, NodeProgress>;
  /** Of a procedure, by id. */
  steps: ReadonlyMap<string, StepProgress>;
  /** The same steps as planned: what each waits for, and whether it is done in any case. */
  plannedSteps: ReadonlyMap<string, Pick<PlannedStep, 'depends_on' | 'in_any_case'>>;
  waitingFor: { reason: string; what_ends_it: string; since: string } | undefined;
  stopped: Operation['stopped'];
  snapshots: Operation['snapshots'];
  /** Clusters whose etcd leadership was forfeited, with the node it was taken from. */
  forfeited: readonly { cluster: string; node: string; at: string }[];
  leases: ReadonlySet<string>;
  /** By cluster: the Lease's holder that a human resolved to be gone for good; until it is taken over, or the operation stops again. */
  goneHolders: ReadonlyMap<string, string>;
  /** When somebody last asked to resume. */
  resumedAt: string | undefined;
  isPauseAsked: boolean;
  isCancelAsked: boolean;
  summary: string;
  evictions: number;
  evictionsRefused: number;
  /** When something other than waiting last happened: every wait is bounded from here. */
  progressedAt: string;
  /** On disk and not yet answered: performing it needs no second record (SAFETY 3). */
  intended: Effect | undefined;
  /** What each cluster's authority was last derived from. */
  authorized: ReadonlyMap<string, Authorized>;
  /** Control requests that are in the journal already: one left over by a crash is dropped. */
  takenRequests: ReadonlySet<string>;
}

export const nodeKey = (cluster: string, node: string): string => `${cluster}/${node}`;

/** States in which a node needs nothing more from this operation. */
export const settledStates: readonly NodeState[] = ['done', 'skipped', 'failed', 'rolled_back'];

/** The state with one node changed; as it is for a node the plan does not name. */
export function withNode(
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

export const notStarted = (attempts: readonly Attempt[], attemptId: string | undefined): Attempt[] =>
  attempts.map(attempt => (attempt.attempt_id === attemptId ? { ...attempt, not_started: true } : attempt));

/** True when something may have been installed or rebooted on the node by this operation. */
export const isTouched = (node: NodeProgress): boolean => node.attempts.some(attempt => !attempt.not_started);
