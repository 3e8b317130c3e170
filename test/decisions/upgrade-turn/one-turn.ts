/** One decision of an upgrade of the model world, and what was written down before it. */
import { foldOperation } from '../../../src/decisions/operation-state.ts';
import {
  type Decided,
  decideTurn,
  readingsFor,
  stageOf,
  type TurnFacts,
  type TurnMemory,
} from '../../../src/decisions/upgrade-turn.ts';
import type { Effect } from '../../../src/model/effect.ts';
import type { JournalBody } from '../../../src/model/journal.ts';
import type { NodeState } from '../../../src/model/operation.ts';
import type { UpgradePlan } from '../../../src/model/plan.ts';
import { addressOf, uuidOf } from '../facts.ts';
import { ModelWorld, OPERATION } from './model-world.ts';

export const cluster = 'production';
export const names = ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'];

export interface Asked {
  world: ModelWorld;
  plan: UpgradePlan;
  said: readonly JournalBody[];
  /** In place of what the model world shows. */
  seen?: Partial<TurnFacts>;
  memory?: TurnMemory;
  /** When the executor took the operation up. Default: when the plan was made. */
  runSince?: number;
}

/** A fleet that is well, and its plan. */
export function aFleet(): Pick<Asked, 'world' | 'plan'> {
  const world = new ModelWorld(names, new Map());
  return { world, plan: world.plan() };
}

/** What is decided now; all that was said was said when the plan was made. */
export function decide({ world, plan, said, seen = {}, memory = new Map(), runSince }: Asked): Decided {
  const history = said.map((body, index) => ({ ...body, at: plan.created_at, sequence: index + 1 }));
  const state = foldOperation(plan, history);
  const stage = stageOf(plan, state);
  const readings = readingsFor(stage, memory);
  return decideTurn({
    plan,
    operationId: OPERATION,
    state,
    runSince: runSince ?? Date.parse(plan.created_at),
    stage,
    facts: { ...world.facts(readings?.attemptId, readings?.node), ...seen },
    memory,
    snapshotDirectory: '/snapshots',
    talosctlVersion: 'v1.13.9',
    endpoints: ['cp-1', 'cp-2', 'cp-3'].map(addressOf),
  });
}

/** The effect's intent, and its outcome where there is one. */
export const performed = (effect: Effect, result?: 'ok' | 'unknown' | 'failed'): JournalBody[] => [
  { kind: 'intent', effect, reason: '' },
  ...(result === undefined ? [] : [{ kind: 'outcome', effect, result, detail: '' } as const]),
];

export const observed = (node: string, state: NodeState): JournalBody => ({
  kind: 'observed',
  cluster,
  node,
  state,
  reason: state,
  evidence: [],
});

export const cancelled: JournalBody = { kind: 'control', action: 'cancel', reason: 'stop', by: 'operator' };

export const cordon = (node: string) =>
  ({ kind: 'cordon', cluster, node, resource_version: '1', prior_unschedulable: false }) as const;

const attempt = (node: string) => ({
  cluster,
  node,
  system_uuid: uuidOf(node),
  boot_id: `${node}-boot-1`,
  address: addressOf(node),
  endpoints: [],
});
export const install = (node: string, reboots = true) =>
  ({ kind: 'install', ...attempt(node), attempt_id: `${node}.install.1`, image: 'image', reboots }) as const;

/** The Lease is held and there is a snapshot. */
export const opened: readonly JournalBody[] = [
  { kind: 'outcome', effect: { kind: 'hold_lease', cluster }, result: 'ok', detail: '' },
  {
    kind: 'outcome',
    effect: { kind: 'snapshot', cluster, node: 'cp-2', address: '', endpoints: [], path: '/s' },
    result: 'ok',
    detail: '',
    snapshot: { path: '/s', bytes: 544, sha256: '00' },
  },
];

/** Cordoned and drained: its install is next. */
export const drained = (node: string): JournalBody[] => [
  ...opened,
  ...performed(cordon(node), 'ok'),
  observed(node, 'installing'),
];
