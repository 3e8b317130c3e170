import { foldOperation, isSameIntent, type OperationState } from '../../../src/decisions/operation-state.ts';
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
import type { UpgradePlan } from '../../../src/model/plan.ts';
import { type ModelWorld, OPERATION } from './model-world.ts';

export interface RunOptions {
  /** Intents after which the process dies: before the effect, or after it and before its outcome is written. */
  crashes?: ReadonlyMap<number, 'before' | 'after'>;
  /** The process dies after each entry it writes, as soon as it is on disk. */
  diesAtEveryEntry?: boolean;
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
export function runTurns(plan: UpgradePlan, world: ModelWorld, options: RunOptions = {}): RunResult {
  return new Runner(plan, world, options).run();
}

class Runner {
  readonly #plan: UpgradePlan;
  readonly #world: ModelWorld;
  readonly #options: RunOptions;
  readonly #entries: JournalEntry[];
  #memory: TurnMemory = new Map();
  #runSince: number;
  #intents = 0;

  constructor(plan: UpgradePlan, world: ModelWorld, options: RunOptions) {
    this.#plan = plan;
    this.#world = world;
    this.#options = options;
    this.#entries = [...(options.history ?? [])];
    this.#runSince = world.now;
  }

  run(): RunResult {
    if (!this.#options.history) {
      this.#record({ kind: 'queued', plan_hash: this.#plan.plan_hash, requested_by: 'operator' });
      this.#record({ kind: 'started' });
    }
    for (let turns = 1; turns <= MAXIMUM_TURNS; turns += 1) {
      const control = this.#options.controls?.get(turns);
      if (control) this.#record(control);
      const state = foldOperation(this.#plan, this.#entries);
      if (endedStatuses.includes(state.status)) return { state, entries: this.#entries, turns };
      const decision = this.#decide(state);
      if (decision.kind === 'pause') return { state, entries: this.#entries, turns };
      const written = this.#entries.length;
      this.#apply(decision, state);
      if (this.#options.diesAtEveryEntry && this.#entries.length > written) this.#die();
    }
    const last = this.#entries.slice(-5).map(entry => JSON.stringify(entry));
    throw new Error(`no end after ${MAXIMUM_TURNS} turns; last entries:\n${last.join('\n')}`);
  }

  #record(body: JournalBody): void {
    const at = new Date(this.#world.now).toISOString();
    this.#entries.push({ ...body, sequence: this.#entries.length + 1, at });
  }

  /** What a next life has of this one is on disk. */
  #die(): void {
    this.#memory = new Map();
    this.#runSince = this.#world.now;
  }

  #decide(state: OperationState): TurnDecision {
    const stage = stageOf(this.#plan, state);
    const phase = phaseOf(stage);
    if (phase !== undefined && phase !== state.phase) this.#record({ kind: 'phase', name: phase });
    const readings = readingsFor(stage, this.#memory);
    const facts = this.#world.facts(readings?.attemptId, readings?.node);
    const { decision, memory } = decideTurn({
      plan: this.#plan,
      operationId: OPERATION,
      state,
      runSince: this.#runSince,
      stage,
      facts,
      memory: this.#memory,
      snapshotDirectory: '/snapshots',
      talosctlVersion: 'v1.13.9',
      endpoints: facts.controlPlanes.map(node => node.internalIp ?? ''),
    });
    this.#memory = memory ?? new Map();
    return decision;
  }

  #apply(decision: Exclude<TurnDecision, { kind: 'pause' }>, state: OperationState): void {
    if (decision.kind === 'effect') this.#perform(decision, state);
    else if (decision.kind === 'wait') this.#wait(decision, state);
    else if (decision.kind !== 'look') this.#record(bodyOf(decision));
  }

  #wait(decision: Extract<TurnDecision, { kind: 'wait' }>, state: OperationState): void {
    if (state.status !== 'waiting' || state.waitingFor?.reason !== decision.reason) {
      this.#record({ kind: 'waiting', reason: decision.reason, what_ends_it: decision.whatEndsIt });
    }
    this.#world.advance(decision.pollMs);
  }

  #perform({ effect, reason }: Extract<TurnDecision, { kind: 'effect' }>, state: OperationState): void {
    this.#intents += 1;
    const crash = this.#options.crashes?.get(this.#intents);
    const isOnDisk = isSameIntent(state.intended, effect);
    if (!isOnDisk) this.#record({ kind: 'intent', effect, reason });
    if (crash === 'before') this.#die();
    if (crash === 'before' || (this.#options.diesAtEveryEntry && !isOnDisk)) return;
    const outcome = this.#world.perform(effect);
    if (crash === undefined) this.#record({ kind: 'outcome', effect, ...outcome });
    else this.#die();
    this.#world.advance(1_000);
  }
}
