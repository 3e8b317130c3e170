/** Runs one operation: observe → decide → intend → perform → record, until it ends or is parked. */
import {
  decideTurn,
  phaseOf,
  readingsFor,
  type Stage,
  stageOf,
  type TurnDecision,
  type TurnFacts,
  type TurnMemory,
} from '../decisions/upgrade-turn.ts';
import { DivisionError } from '../errors.ts';
import { endedStatuses } from '../model/operation.ts';
import type { Clock, ClusterPorts, ClusterWriters, Log } from '../ports.ts';
import { EffectRunner } from './effect-runner.ts';
import { HealthWatch } from './health-watch.ts';
import type { JournalledState } from './journalled-state.ts';
import { observe } from './observe.ts';
import { preflightCluster } from './planning.ts';

export interface RunPorts {
  clock: Clock;
  log: Log;
  snapshotDirectory: string;
  /** Undefined for a cluster that is not configured (any more). */
  cluster(name: string): { ports: ClusterPorts; writers: ClusterWriters } | undefined;
}

export interface RunControl {
  /** Ends the run at once, wherever it is; nothing more is sent. */
  signal: AbortSignal;
  /** True: admit no new node, finish this one, then park (the executor's SIGTERM, SAFETY 7). */
  isStopping(): boolean;
  /** Aborts when a request for this operation was recorded: a wait ends and the turn is taken anew. */
  wake(): AbortSignal;
}

/** A control request wakes a paused operation; it looks by itself this seldom. */
const PAUSE_LOOK_MS = 3_600_000;
const betweenNodes: readonly Stage['kind'][] = ['open', 'admit', 'close', 'end'];

/** `ended`: the journal has its end. `parked`: to be gone on with by the next executor. */
export async function runOperation(
  journal: JournalledState,
  ports: RunPorts,
  control: RunControl,
): Promise<'ended' | 'parked'> {
  const run = new OperationRun(journal, ports, control);
  try {
    return await run.turns();
  } catch (error) {
    if (control.signal.aborted) return 'parked';
    const known = error instanceof DivisionError ? error : undefined;
    ports.log.error('operation.failed', { operation_id: journal.operationId, error });
    await journal.record({
      kind: 'stopped',
      status: 'halted',
      code: known?.code ?? 'INTERNAL',
      reason: known?.message ?? 'the general manager failed while running this operation',
      remedy: known?.remedy ?? 'look for this time in operations/executor.log; control_operation resume looks again',
      evidence: [],
    });
    return 'ended';
  }
}

class OperationRun {
  readonly #journal: JournalledState;
  readonly #ports: RunPorts;
  readonly #control: RunControl;
  readonly #watch = new HealthWatch();
  readonly #effects: EffectRunner;
  readonly #talosctlVersions = new Map<string, string>();
  #memory: TurnMemory = new Map();

  constructor(journal: JournalledState, ports: RunPorts, control: RunControl) {
    this.#journal = journal;
    this.#ports = ports;
    this.#control = control;
    this.#effects = new EffectRunner(journal, ports, control.signal);
  }

  async turns(): Promise<'ended' | 'parked'> {
    const { signal } = this.#control;
    if (this.#journal.state.status === 'queued') await this.#journal.record({ kind: 'started' });
    while (!signal.aborted) {
      if (endedStatuses.includes(this.#journal.state.status)) {
        await this.#effects.releaseLeases();
        return 'ended';
      }
      const stage = stageOf(this.#journal.plan, this.#journal.state);
      if (this.#control.isStopping() && betweenNodes.includes(stage.kind)) return 'parked';
      const phase = phaseOf(stage);
      if (phase !== undefined && phase !== this.#journal.state.phase) {
        await this.#journal.record({ kind: 'phase', name: phase });
      }
      const decision = await this.#turn(stage);
      if (decision) await this.#apply(decision);
    }
    return 'parked';
  }

  /** Undefined when the operation may not act on the cluster: that is recorded as its halt. */
  async #turn(stage: Stage): Promise<TurnDecision | undefined> {
    const { plan, operationId, state } = this.#journal;
    const cluster = stage.kind === 'end' ? undefined : this.#ports.cluster(stage.cluster.name);
    if (stage.kind !== 'end' && !(await this.#effects.isAuthorized(stage.cluster.name))) return undefined;
    const facts = await this.#observe(stage, cluster?.ports);
    this.#journal.observations = this.#watch.see(facts, cluster?.ports.talos.usage.calls ?? 0);
    const decided = decideTurn({
      plan,
      operationId,
      state,
      stage,
      facts,
      memory: this.#memory,
      snapshotDirectory: this.#ports.snapshotDirectory,
      talosctlVersion: cluster && stage.kind === 'install' ? await this.#talosctlVersion(cluster.ports) : undefined,
      endpoints: cluster?.ports.config.talos.endpoints ?? [],
    });
    this.#memory = decided.memory ?? new Map();
    return decided.decision;
  }

  async #observe(stage: Stage, ports: ClusterPorts | undefined): Promise<TurnFacts> {
    const now = (): number => this.#ports.clock.now();
    const readings = readingsFor(stage, this.#memory);
    if (!readings || !ports) {
      return { now: now(), machines: new Map(), etcd: [], controlPlanes: [], servers: [] };
    }
    const { signal } = this.#control;
    const { plan, state, operationId } = this.#journal;
    return observe(ports, readings, {
      now,
      signal,
      preflight: () =>
        preflightCluster({ plan, state, operationId, ports, snapshotDirectory: this.#ports.snapshotDirectory }, signal),
    });
  }

  /** Asked once a run: it is the executable's own, and finding it out is processes of its own. */
  async #talosctlVersion(ports: ClusterPorts): Promise<string | undefined> {
    const name = ports.config.name;
    const known = this.#talosctlVersions.get(name);
    if (known !== undefined) return known;
    try {
      const { clientVersion } = await ports.talos.capabilities(this.#control.signal);
      if (clientVersion !== undefined) this.#talosctlVersions.set(name, clientVersion);
      return clientVersion;
    } catch (error) {
      if (error instanceof DivisionError) return undefined;
      throw error;
    }
  }

  async #apply(decision: TurnDecision): Promise<void> {
    const journal = this.#journal;
    switch (decision.kind) {
      case 'effect':
        return this.#perform(decision);
      case 'observe':
        return journal.record({
          kind: 'observed',
          cluster: decision.cluster,
          node: decision.node,
          state: decision.state,
          reason: decision.reason,
          evidence: [...decision.evidence],
          ...(decision.notStarted !== undefined && { not_started: decision.notStarted }),
        });
      case 'wait':
        return this.#wait(decision);
      case 'look':
        return;
      case 'pause':
        await journal.project();
        return this.#sleep(PAUSE_LOOK_MS);
      case 'halt': {
        const { status, code, reason, remedy, evidence } = decision;
        return journal.record({ kind: 'stopped', status, code, reason, remedy, evidence: [...evidence] });
      }
      case 'finish':
        return journal.record({ kind: 'finished', status: decision.status, summary: decision.summary });
    }
  }

  /** Written once for as long as the reason stays; the record's figures go on. */
  async #wait(wait: Extract<TurnDecision, { kind: 'wait' }>): Promise<void> {
    const known = this.#journal.state.waitingFor;
    if (this.#journal.state.status !== 'waiting' || known?.reason !== wait.reason) {
      await this.#journal.record({ kind: 'waiting', reason: wait.reason, what_ends_it: wait.whatEndsIt });
    }
    await this.#sleep(wait.pollMs);
  }

  #sleep(ms: number): Promise<void> {
    return this.#ports.clock.sleep(ms, AbortSignal.any([this.#control.signal, this.#control.wake()]));
  }

  async #perform({ effect, reason }: Extract<TurnDecision, { kind: 'effect' }>): Promise<void> {
    const pauseMs = await this.#effects.perform(effect, reason);
    if (pauseMs > 0) await this.#sleep(pauseMs);
  }
}
