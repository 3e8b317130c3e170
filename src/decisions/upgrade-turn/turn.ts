import type { Effect } from '../../model/effect.ts';
import type {
  ClusterFacts,
  EtcdViewFacts,
  MachineFacts,
  MachinePart,
  NodeFacts,
  ReceiptFacts,
  ServerFacts,
} from '../../model/facts.ts';
import type { Attempt, NodeProgress, NodeState } from '../../model/operation.ts';
import type { Finding, PlannedCluster, PlannedNode, UpgradePlan } from '../../model/plan.ts';
import type { OperationState } from '../operation-state.ts';
import type { ControlPlaneNode } from '../quorum.ts';

/** Where a cluster's upgrade stands; a pure function of plan and journal. Each stage is decided in a file of its own name. */
export type Stage =
  | { kind: 'open'; cluster: PlannedCluster }
  | { kind: 'snapshot'; cluster: PlannedCluster }
  | { kind: 'admit'; cluster: PlannedCluster; candidates: readonly PlannedNode[] }
  | { kind: 'drain'; cluster: PlannedCluster; node: PlannedNode; progress: NodeProgress }
  | {
      kind: 'install';
      cluster: PlannedCluster;
      node: PlannedNode;
      progress: NodeProgress;
      attempt: Attempt | undefined;
    }
  | { kind: 'boot'; cluster: PlannedCluster; node: PlannedNode; progress: NodeProgress; attempt: Attempt }
  | { kind: 'doubt'; cluster: PlannedCluster; node: PlannedNode; progress: NodeProgress; attempt: Attempt }
  | { kind: 'prove'; cluster: PlannedCluster; node: PlannedNode; progress: NodeProgress; attempt: Attempt }
  | { kind: 'release'; cluster: PlannedCluster; node: PlannedNode; progress: NodeProgress }
  | { kind: 'close'; cluster: PlannedCluster }
  | { kind: 'end' };

/** What a stage needs to be decided: the least that answers it, as every Talos read is a process. */
export interface Readings {
  cluster: string;
  /** cluster: everything; node: one node. */
  kubernetes: 'cluster' | 'node';
  /** Each API server by itself (part of `cluster`). */
  servers: boolean;
  node: string | undefined;
  /** Talos addresses to read, with the node they should be. */
  machines: readonly { node: string; address: string; parts: readonly MachinePart[] }[];
  etcd: boolean;
  attemptId: string | undefined;
  /** The machines are asked once the attempt's talosctl has ended: while it runs, the receipt decides alone. */
  machinesOnceEnded: boolean;
  /** Plan drift and preflight, as when it was planned. */
  preflight: boolean;
  /** The watch cache may answer for Kubernetes, as long as what is decided on its word is to wait (ADR 8). */
  mayBeWatched: boolean;
}

/** The answers; what could not be read is absent, and `unavailable` says why. */
export interface TurnFacts {
  now: number;
  /** Kubernetes as the watch cache knows it: without API servers and Leases, and not good enough for anything but waiting. */
  isWatched?: true;
  cluster?: ClusterFacts;
  node?: NodeFacts;
  machines: ReadonlyMap<string, MachineFacts>;
  etcd: readonly EtcdViewFacts[];
  /** Control plane nodes of the cluster, planned or not: who should hold etcd's members. */
  controlPlanes: readonly ControlPlaneNode[];
  servers: readonly ServerFacts[];
  receipt?: ReceiptFacts;
  preflight?: { drift: readonly string[]; blocked: readonly Finding[] };
  unavailable?: { code: string; message: string };
}

/**
 * What a run of turns remembers between looks and may forget: losing it costs looking twice again, never an effect.
 * Keys are the deciders' own.
 */
export type TurnMemory = ReadonlyMap<string, number>;

export type TurnDecision =
  | { kind: 'effect'; effect: Effect; reason: string }
  | {
      kind: 'observe';
      node: string;
      cluster: string;
      state: NodeState;
      reason: string;
      evidence: readonly string[];
      notStarted?: string;
    }
  | { kind: 'wait'; reason: string; whatEndsIt: string; pollMs: number }
  /** Take the turn again at once: the memory now asks for more readings. */
  | { kind: 'look' }
  /** Nothing to do until somebody resumes or cancels. */
  | { kind: 'pause' }
  | {
      kind: 'halt';
      status: 'halted' | 'failed';
      code: string;
      reason: string;
      remedy: string;
      evidence: readonly string[];
    }
  | { kind: 'finish'; status: 'succeeded' | 'cancelled'; summary: string };

export interface Turn<S extends Stage = Stage> {
  plan: UpgradePlan;
  operationId: string;
  /** Folder for etcd snapshots, outside the division directory. */
  snapshotDirectory: string;
  /** talosctl's own version, as the contractor says it. */
  talosctlVersion: string | undefined;
  /** Control plane addresses of the stage's cluster, as configured. */
  endpoints: readonly string[];
  state: OperationState;
  /** When the executor took the operation up, this time: epoch milliseconds of the cluster's clock. */
  runSince: number;
  stage: S;
  facts: TurnFacts;
  memory: TurnMemory;
}

export type TurnAt<Kind extends Stage['kind']> = Turn<Extract<Stage, { kind: Kind }>>;

export interface Decided {
  decision: TurnDecision;
  /** Replaces the memory; absent: forget everything. */
  memory?: TurnMemory;
}

/** Bounds of every wait, in milliseconds of the cluster's clock (rolling-upgrades 5 gives what others use). */
export const limits = {
  /** Gates before a cluster or node, and health after it. */
  gateMs: 15 * 60_000,
  drainMs: 20 * 60_000,
  /** From the dispatch to a changed bootID. */
  bootMs: 20 * 60_000,
  /** From a changed bootID to the whole proof. */
  proofMs: 15 * 60_000,
  /** The Kubernetes API away without a reboot of ours under way. */
  apiMs: 15 * 60_000,
  /** SAFETY 3b: apart at least. */
  doubtReadsApartMs: 2 * 60_000,
  /** A fresh node Lease: renewed within the API server's own grace of 40 s. */
  leaseFreshMs: 40_000,
  /** Bounded wait for volumes to detach once the node is empty. */
  detachMs: 5 * 60_000,
  dispatchFailures: 3,
  pollMs: 5_000,
} as const;

/** What to do about a machine that is not surely the planned one. */
export const CHECK_TALOS = 'check the Talos context and endpoints of the cluster, then control_operation resume';

/** Whether a decision may rest on the watch cache's word: what disrupts, fails or ends anything is decided on a direct look (ADR 8). */
export function mayRestOnWatch(decision: TurnDecision): boolean {
  const isLooking = decision.kind === 'wait' || decision.kind === 'look';
  return isLooking || (decision.kind === 'observe' && decision.state === 'cordoned');
}

export const wait = (reason: string, whatEndsIt: string, pollMs: number = limits.pollMs): TurnDecision => ({
  kind: 'wait',
  reason,
  whatEndsIt,
  pollMs,
});

/** From when a bound counts, epoch milliseconds: the time that no executor ran is nobody's waiting. */
export const countedFrom = (turn: Pick<Turn, 'runSince'>, since: string | number): number =>
  Math.max(turn.runSince, typeof since === 'number' ? since : Date.parse(since));

/** When an attempt went out, as far as that is known: one that was intended long ago may have been sent only now. */
export const sentAt = (attempt: Attempt): string => attempt.dispatched_at ?? attempt.intended_at;

/** A wait until `limitMs` after `since`, then a halt. */
export function boundedWait(
  turn: Turn,
  since: string | number,
  limitMs: number,
  waiting: { reason: string; whatEndsIt: string; pollMs?: number },
  halt: { code: string; remedy: string; evidence?: readonly string[] },
): Decided {
  if (turn.facts.now - countedFrom(turn, since) <= limitMs) {
    return { decision: wait(waiting.reason, waiting.whatEndsIt, waiting.pollMs), memory: turn.memory };
  }
  const minutes = Math.round(limitMs / 60_000);
  return {
    decision: stop(halt.code, `${waiting.reason} (waited ${minutes} min)`, halt.remedy, halt.evidence),
  };
}

export const stop = (
  code: string,
  reason: string,
  remedy: string,
  evidence: readonly string[] = [],
): TurnDecision & { kind: 'halt' } => ({ kind: 'halt', status: 'halted', code, reason, remedy, evidence });

export const observed = (
  stage: { cluster: PlannedCluster; node: PlannedNode },
  state: NodeState,
  reason: string,
  evidence: readonly string[] = [],
): TurnDecision & { kind: 'observe' } => ({
  kind: 'observe',
  cluster: stage.cluster.name,
  node: stage.node.name,
  state,
  reason,
  evidence,
});

/** Set in the memory once Kubernetes shows a node proved: only then its machine and etcd are asked, which costs processes. */
export const proofKey = ({ cluster, node }: { cluster: PlannedCluster; node: PlannedNode }): string =>
  `proof:${cluster.name}/${node.name}`;

export const remember = (memory: TurnMemory, key: string, value: number): TurnMemory => new Map(memory).set(key, value);

/** The configured control plane addresses other than the target's own, unless it is the only one (SAFETY 1). */
export function endpointsFor(address: string, configured: readonly string[]): string[] {
  const others = configured.filter(endpoint => endpoint !== address);
  return others.length > 0 ? others : [...configured];
}
