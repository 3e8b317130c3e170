/** What a fault is to come to: the fleet it strikes, when, how the operation ends, and what a human then does about it. */
import type { NodeState, Operation, OperationStatus } from '../../../src/model/operation.ts';
import type { FaultKind } from '../../../src/simulation/faults.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import type { Control, DivisionOptions } from '../in-process/division.ts';
import type { WorldContractor } from '../in-process/world-contractor.ts';

/** Names in the fleet that every scenario upgrades. */
export const WORKER = 'six-worker-1';
export const PLANE = 'six-cp-2';
export const OTHER_PLANE = 'six-cp-3';

/** What a human finds: the whole place. */
export interface Place {
  world: SavedWorld;
  cluster: SimCluster;
  contractor: WorldContractor;
}

/** What a human does at a halt, and what is then asked for; undefined when that is nothing yet. */
export type Step = (place: Place, operation: Operation) => Control | undefined;

/** When a fault comes: with the plan made and nothing started, or at the first moment of that kind. */
export type Moment =
  | 'planned'
  /** The node is cordoned. */
  | { cordoned: string }
  /** talosctl is told so of that node, before it has said it to the machine. */
  | { talosctl: 'upgrade' | 'reboot'; of: string };

export interface End {
  status: OperationStatus;
  code?: string;
  /** The first is a fragment of the reason, the others of that or of the evidence. */
  says?: readonly string[];
  /** Fragments of the remedy: the command that comes next. */
  remedy?: readonly string[];
  states: Partial<Record<NodeState, number>>;
  /** Nodes with a cordon on them, whoever set it. By default none. */
  cordoned?: readonly string[];
  /** Nodes that another one's hands cordoned: they need no name in the remedy. */
  byOthers?: readonly string[];
  installs: number;
  reboots: number;
  /** Evictions that a budget refused to somebody else: we ask for none that it would. */
  refusedToOthers?: number;
  /** 1 for an etcd of one member that was accepted to be away. */
  quorumLosses?: number;
}

export interface Scenario {
  fault: FaultKind;
  /** What is particular about it. */
  as: string;
  request: Record<string, unknown>;
  when?: Moment;
  /** Something that happens besides, so long after talosctl began that node's install. */
  besides?: { afterMs: number; act: (place: Place) => void };
  upgrade?: Pick<DivisionOptions, 'talosVersion'>;
  /** Over HTTP with the product's own adapters; by default over the simulation's functions. */
  isServed?: true;
  /** What the journal waited for on the way. */
  waits?: readonly string[];
  /** The nodes whose cordon had to be set that often at least. */
  cordons?: Readonly<Record<string, number>>;
  ends: End;
  after?: { steps: readonly Step[]; ends: End };
  /** For docs/faults.md; absent where another scenario of the fault says it. */
  guide?: { happens: string; remedy: string };
}

/** Every node at the target. */
export const upgraded: End = { status: 'succeeded', states: { done: 6 }, installs: 6, reboots: 6 };

/** Halted at the first worker, with the control plane done. */
export const atWorker = (state: NodeState, end: Omit<End, 'status' | 'states'>): End => ({
  status: 'halted',
  states: { done: 3, pending: 2, [state]: 1 },
  ...end,
});

/** Halted before anything was touched. */
export const untouched = (code: string, end: Partial<End> = {}): End => ({
  status: 'halted',
  code,
  states: { pending: 6 },
  installs: 0,
  reboots: 0,
  ...end,
});
