/** Runs a rolling upgrade: observe → decide → intend → perform → record, until it ends or is parked. */

import { namingCordons } from '../decisions/left-cordoned.ts';
import {
  decideTurn,
  isBetweenNodes,
  mayRestOnWatch,
  phaseOf,
  readingsFor,
  type Stage,
  stageOf,
  type TurnDecision,
  type TurnFacts,
  type TurnMemory,
} from '../decisions/upgrade-turn.ts';
import { stopwatch } from '../host/stopwatch.ts';
import { endedStatuses } from '../model/operation.ts';
import type { UpgradePlan } from '../model/plan.ts';
import type { ClusterPorts } from '../ports.ts';
import { ClockJumps } from './clock-jumps.ts';
import { EffectRunner } from './effect-runner.ts';
import { HealthWatch } from './health-watch.ts';
import type { JournalledState } from './journalled-state.ts';
import { confirm, observe } from './observe.ts';
import { preflightCluster } from './planning.ts';
import type { RunControl, RunPorts } from './run-operation.ts';
import { TalosctlVersions } from './talosctl-versions.ts';
import { WatchHold } from './watch-hold.ts';

/** A control request wakes a paused operation; it looks by itself this seldom. */
const PAUSE_LOOK_MS = 3_600_000;

/** A rolling upgrade, turn by turn. */
export class UpgradeRun {
  readonly #journal: JournalledState;
  readonly #plan: UpgradePlan;
  readonly #ports: RunPorts;
  readonly #control: RunControl;
  readonly #watch = new HealthWatch();
  readonly #effects: EffectRunner;
  readonly #talosctlVersions = new TalosctlVersions();
  readonly #clusterWatch = new WatchHold();
  readonly #runSince: number;
  readonly #jumps = new ClockJumps();
  #memory: TurnMemory = new Map();
  /** Since the look that the present decision rests on. */
  #sinceLook = stopwatch();

  constructor(journal: JournalledState, plan: UpgradePlan, ports: RunPorts, control: RunControl) {
    this.#journal = journal;
    this.#plan = plan;
    this.#ports = ports;
    this.#control = control;
    this.#runSince = ports.clock.now();
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
      const stage = stageOf(this.#plan, this.#journal.state);
      if (this.#control.isStopping() && isBetweenNodes(stage)) return 'parked';
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
    const { operationId, state } = this.#journal;
    const plan = this.#plan;
    const cluster = stage.kind === 'end' ? undefined : this.#ports.cluster(stage.cluster.name);
    if (stage.kind !== 'end' && !(await this.#effects.isAuthorized(stage.cluster.name))) return undefined;
    if (cluster) this.#clusterWatch.at(cluster.ports);
    const talosctlVersion =
      cluster && stage.kind === 'install'
        ? await this.#talosctlVersions.of(cluster.ports, this.#control.signal)
        : undefined;
    const decide = (facts: TurnFacts) =>
      decideTurn({
        plan,
        operationId,
        state,
        runSince: this.#runSince,
        stage,
        facts,
        memory: this.#memory,
        snapshotDirectory: this.#ports.snapshotDirectory,
        talosctlVersion,
        endpoints: cluster?.ports.config.talos.endpoints ?? [],
      });
    // A memory of when something was first seen is none after the clock was set.
    if (this.#jumps.happened()) this.#memory = new Map();
    this.#sinceLook = stopwatch();
    let facts = await this.#observe(stage, cluster?.ports);
    let decided = decide(facts);
    if (facts.isWatched && !mayRestOnWatch(decided.decision)) {
      facts = await this.#observe(stage, cluster?.ports, facts);
      decided = decide(facts);
    }
    if (!facts.isWatched) {
      this.#clusterWatch.asked(facts.now);
      await this.#ports.clusterStatus?.see(facts);
    }
    this.#journal.observations = this.#watch.see(facts, this.#contractorCalls());
    this.#memory = decided.memory ?? new Map();
    return decided.decision;
  }

  /** Of all its clusters, also once it is done with them. */
  #contractorCalls(): number {
    const calls = this.#plan.clusters.map(({ name }) => this.#ports.cluster(name)?.ports.talos.usage.calls ?? 0);
    return calls.reduce((sum, some) => sum + some, 0);
  }

  letGo(): void {
    this.#clusterWatch.letGo();
  }

  /** `watched`: what was seen on the watch cache's word and is now to be confirmed. */
  async #observe(stage: Stage, ports: ClusterPorts | undefined, watched?: TurnFacts): Promise<TurnFacts> {
    const now = (): number => this.#ports.clock.now();
    const readings = readingsFor(stage, this.#memory);
    if (!readings || !ports) {
      return { now: now(), machines: new Map(), etcd: [], controlPlanes: [], servers: [] };
    }
    const { signal } = this.#control;
    const { state, operationId } = this.#journal;
    const plan = this.#plan;
    const options = {
      now,
      signal,
      mayBeWatched: this.#clusterWatch.maySuffice(now()),
      preflight: () =>
        preflightCluster({ plan, state, operationId, ports, snapshotDirectory: this.#ports.snapshotDirectory }, signal),
    };
    return watched ? confirm(ports, readings, watched, options) : observe(ports, readings, options);
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
        this.#clusterWatch.letGo();
        await journal.project();
        // Whoever resumed it meanwhile has woken nobody.
        return journal.state.isPauseAsked ? this.#sleep(PAUSE_LOOK_MS) : undefined;
      case 'halt': {
        const { status, code, reason, evidence } = decision;
        const remedy = namingCordons(decision.remedy, journal.state);
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
    return this.#ports.clock.sleep(ms, this.#control.wake());
  }

  async #perform({ effect, reason }: Extract<TurnDecision, { kind: 'effect' }>): Promise<void> {
    const pauseMs = await this.#effects.perform(effect, reason, this.#sinceLook);
    if (pauseMs > 0) await this.#sleep(pauseMs);
  }
}
