import { foldOperation, type OperationState } from '../../../src/decisions/operation-state.ts';
import {
  decideTurn,
  phaseOf,
  readingsFor,
  stageOf,
  type TurnDecision,
  type TurnMemory,
} from '../../../src/decisions/upgrade-turn.ts';
import type { JournalBody, JournalEntry } from '../../../src/model/journal.ts';
import { endedStatuses } from '../../../src/model/operation.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { type ModelWorld, OPERATION } from './model-world.ts';

export interface RunOptions {
  /** Intents after which the process dies: before the effect, or after it and before its outcome is written. */
  crashes?: ReadonlyMap<number, 'before' | 'after'>;
  /** Journal bodies recorded before the turn of that number. */
  controls?: ReadonlyMap<number, JournalBody>;
  /** Of a run that ended, to be gone on with. */
  history?: readonly JournalEntry[];
}

export interface RunResult {
  state: OperationState;
  entries: readonly JournalEntry[];
  turns: number;
}

const MAXIMUM_TURNS = 5_000;

/** What the product's runner writes down for a decision that is written down and nothing else. */
function bodyOf(decision: Extract<TurnDecision, { kind: 'observe' | 'halt' | 'finish' }>): JournalBody {
  if (decision.kind === 'halt') return { ...decision, kind: 'stopped', evidence: [...decision.evidence] };
  if (decision.kind === 'finish') return { kind: 'finished', status: decision.status, summary: decision.summary };
  const { cluster, node, state, reason, evidence, notStarted } = decision;
  return {
    kind: 'observed',
    cluster,
    node,
    state,
    reason,
    evidence: [...evidence],
    ...(notStarted !== undefined && { not_started: notStarted }),
  };
}

/** Runs turns as the product's runner does, on the model world; a pause is taken for the end. */
export function runTurns(plan: Plan, world: ModelWorld, options: RunOptions = {}): RunResult {
  const entries: JournalEntry[] = [...(options.history ?? [])];
  const record = (body: JournalBody): void => {
    entries.push({ ...body, sequence: entries.length + 1, at: new Date(world.now).toISOString() });
  };
  let memory: TurnMemory = new Map();
  let intents = 0;
  if (!options.history) {
    record({ kind: 'queued', plan_hash: plan.plan_hash, requested_by: 'operator' });
    record({ kind: 'started' });
  }
  for (let turns = 1; turns <= MAXIMUM_TURNS; turns += 1) {
    const control = options.controls?.get(turns);
    if (control) record(control);
    const state = foldOperation(plan, entries);
    if (endedStatuses.includes(state.status)) return { state, entries, turns };
    const stage = stageOf(plan, state);
    const phase = phaseOf(stage);
    if (phase !== undefined && phase !== state.phase) record({ kind: 'phase', name: phase });
    const readings = readingsFor(stage, memory);
    const facts = world.facts(readings?.attemptId, readings?.node);
    const { decision, memory: next } = decideTurn({
      plan,
      operationId: OPERATION,
      state,
      stage,
      facts,
      memory,
      snapshotDirectory: '/snapshots',
      talosctlVersion: 'v1.13.9',
      endpoints: facts.controlPlanes.map(node => node.internalIp ?? ''),
    });
    memory = next ?? new Map();
    switch (decision.kind) {
      case 'effect': {
        intents += 1;
        const crash = options.crashes?.get(intents);
        record({ kind: 'intent', effect: decision.effect, reason: decision.reason });
        if (crash !== 'before') {
          const outcome = world.perform(decision.effect);
          if (crash === undefined) record({ kind: 'outcome', effect: decision.effect, ...outcome });
        }
        if (crash !== undefined) memory = new Map();
        world.advance(1_000);
        break;
      }
      case 'wait':
        record({ kind: 'waiting', reason: decision.reason, what_ends_it: decision.whatEndsIt });
        world.advance(decision.pollMs);
        break;
      case 'look':
        break;
      case 'pause':
        return { state, entries, turns };
      default:
        record(bodyOf(decision));
    }
  }
  const last = entries.slice(-5).map(entry => JSON.stringify(entry));
  throw new Error(`no end after ${MAXIMUM_TURNS} turns; last entries:\n${last.join('\n')}`);
}
