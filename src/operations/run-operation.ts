/** Runs one operation: observe → decide → intend → perform → record, until it ends or is parked. */
import { authorize } from '../decisions/authority.ts';
import {
  decideTurn,
  readingsFor,
  type Stage,
  stageOf,
  type TurnDecision,
  type TurnFacts,
  type TurnMemory,
} from '../decisions/upgrade-turn.ts';
import { DivisionError } from '../errors.ts';
import type { Authorization } from '../model/authorization.ts';
import type { Effect } from '../model/effect.ts';
import { endedStatuses } from '../model/operation.ts';
import type { Clock, ClusterPorts, ClusterWriters, Log } from '../ports.ts';
import { HealthWatch } from './health-watch.ts';
import type { JournalledState } from './journalled-state.ts';
import { observe } from './observe.ts';
import { performEffect } from './perform-effect.ts';
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

const FAILED_EFFECTS_IN_A_ROW = 10;
/** These have bounds of their own: a drain's deadline, an attempt's refusals. */
const selfBounded: readonly Effect['kind'][] = ['evict', 'install', 'reboot'];
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
  readonly #authorizations = new Map<string, Authorization>();
  #memory: TurnMemory = new Map();
  #failedInARow = 0;

  constructor(journal: JournalledState, ports: RunPorts, control: RunControl) {
    this.#journal = journal;
    this.#ports = ports;
    this.#control = control;
  }

  async turns(): Promise<'ended' | 'parked'> {
    const { signal } = this.#control;
    if (this.#journal.state.status === 'queued') await this.#journal.record({ kind: 'started' });
    while (!signal.aborted) {
      if (endedStatuses.includes(this.#journal.state.status)) {
        await this.#releaseLeases();
        return 'ended';
      }
      const stage = stageOf(this.#journal.plan, this.#journal.state);
      if (this.#control.isStopping() && betweenNodes.includes(stage.kind)) return 'parked';
      const decision = await this.#turn(stage);
      if (decision) await this.#apply(decision);
    }
    return 'parked';
  }

  /** Undefined when the operation may not act on the cluster: that is recorded as its halt. */
  async #turn(stage: Stage): Promise<TurnDecision | undefined> {
    const { plan, operationId, state } = this.#journal;
    const cluster = stage.kind === 'end' ? undefined : this.#ports.cluster(stage.cluster.name);
    if (stage.kind !== 'end' && !(await this.#isAuthorized(stage.cluster.name))) return undefined;
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
      // Only the install asks how talosctl may be called: finding out is processes of its own.
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

  async #talosctlVersion(ports: ClusterPorts): Promise<string | undefined> {
    try {
      return (await ports.talos.capabilities(this.#control.signal)).clientVersion;
    } catch (error) {
      if (error instanceof DivisionError) return undefined;
      throw error;
    }
  }

  /** Derived anew in every run, from the approval: a request proves nothing (ARCHITECTURE, Life 3). */
  async #isAuthorized(name: string): Promise<boolean> {
    if (this.#authorizations.has(name)) return true;
    const { plan, operationId } = this.#journal;
    const config = this.#ports.cluster(name)?.ports.config;
    const verdict = authorize({
      plan,
      operationId,
      cluster: name,
      simulated: config?.simulated ?? false,
      mode: config?.mode ?? 'observe',
    });
    if (verdict.verdict === 'refused') {
      const { code, reason, remedy } = verdict;
      await this.#journal.record({ kind: 'stopped', status: 'halted', code, reason, remedy, evidence: [] });
      return false;
    }
    const { level, rule } = verdict.authorization.grounds;
    await this.#journal.record({ kind: 'authorized', level, rule, approved_by: verdict.approvedBy });
    this.#authorizations.set(name, verdict.authorization);
    return true;
  }

  async #apply(decision: TurnDecision): Promise<void> {
    const journal = this.#journal;
    switch (decision.kind) {
      case 'effect':
        return this.#perform(decision.effect, decision.reason);
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
      case 'phase':
        return journal.record({ kind: 'phase', name: decision.name, cluster: decision.cluster });
      case 'wait':
        return this.#wait(decision);
      case 'look':
        return;
      case 'pause':
        await journal.project();
        return this.#sleep(60_000);
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

  async #perform(effect: Effect, reason: string): Promise<void> {
    const cluster = this.#ports.cluster(effect.cluster);
    const authorization = this.#authorizations.get(effect.cluster);
    if (!cluster || !authorization) {
      throw new DivisionError('AUTHORITY_REFUSED', `no authority for ${effect.cluster} in this run`, 'plan again');
    }
    // The intent is on disk first: a crash from here on is a doubt about this effect, and about nothing else (SAFETY 3).
    await this.#journal.record({ kind: 'intent', effect, reason });
    const outcome = await performEffect(effect, {
      writers: cluster.writers,
      authorization,
      operationId: this.#journal.operationId,
      signal: this.#control.signal,
    });
    if (this.#control.signal.aborted) return;
    await this.#journal.record({ kind: 'outcome', effect, ...outcome });
    if (outcome.result === 'ok') {
      this.#failedInARow = 0;
      return;
    }
    if (!selfBounded.includes(effect.kind)) this.#failedInARow += 1;
    if (this.#failedInARow >= FAILED_EFFECTS_IN_A_ROW) {
      throw new DivisionError(
        'CONTRACTOR_FAILED',
        `${effect.kind} on ${effect.cluster} failed ${this.#failedInARow} times: ${outcome.detail}`,
        'repair what it names, then control_operation resume',
      );
    }
    await this.#sleep(1_000 * 2 ** Math.min(this.#failedInARow, 5));
  }

  /** After its end an operation holds no Lease, unless a node is in doubt: then nobody else may touch the cluster (SAFETY 6). */
  async #releaseLeases(): Promise<void> {
    const { state } = this.#journal;
    if ([...state.nodes.values()].some(node => node.state === 'in_doubt')) return;
    for (const name of state.leases) {
      const writers = this.#ports.cluster(name)?.writers;
      const authorization = this.#authorizations.get(name);
      if (!writers || !authorization) continue;
      const effect = { kind: 'release_lease', cluster: name } as const;
      await this.#journal.record({ kind: 'intent', effect, reason: 'the operation is over' });
      const { operationId } = this.#journal;
      const outcome = await performEffect(effect, {
        writers,
        authorization,
        operationId,
        signal: this.#control.signal,
      });
      await this.#journal.record({ kind: 'outcome', effect, ...outcome });
    }
  }
}
