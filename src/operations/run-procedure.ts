/** Runs a procedure: its steps are looked at, done behind their intents, and looked at again, until all are over. */
import { namingCordons } from '../decisions/left-cordoned.ts';
import { isInDoubt, isOver, type OperationState, pendingStep } from '../decisions/operation-state.ts';
import { planHash } from '../decisions/plan-hash.ts';
import { decideProcedure, type ProcedureDecision } from '../decisions/procedure-turn.ts';
import { DivisionError } from '../errors.ts';
import { stopwatch } from '../host/stopwatch.ts';
import type { JournalBody } from '../model/journal.ts';
import { endedStatuses } from '../model/operation.ts';
import type { ProcedurePlan } from '../model/plan.ts';
import type { PlannedStep, StepProgress } from '../model/step.ts';
import type { JournalledState } from './journalled-state.ts';
import type { RunControl, RunPorts } from './run-operation.ts';
import { StepEffects } from './step-effects.ts';
import { StepWaits } from './step-waits.ts';
import { lookOfFailure } from './steps/failure.ts';
import { lookAt } from './steps/index.ts';
import type { StepLook } from './steps/step.ts';

/** A control request wakes a paused operation, and one that waits for days; it looks by itself this seldom. */
const LONGEST_SLEEP_MS = 3_600_000;
/** Steps looked at side by side. */
const LOOKS_AT_ONCE = 8;

interface Look {
  step: PlannedStep;
  look: StepLook;
  /** It could not be looked at. */
  isOutage: boolean;
  sinceLook: () => number;
}

export class ProcedureRun {
  readonly #journal: JournalledState;
  readonly #plan: ProcedurePlan;
  readonly #ports: RunPorts;
  readonly #control: RunControl;
  readonly #effects: StepEffects;
  readonly #waits: StepWaits;

  constructor(journal: JournalledState, plan: ProcedurePlan, ports: RunPorts, control: RunControl) {
    this.#journal = journal;
    this.#plan = plan;
    this.#ports = ports;
    this.#control = control;
    this.#waits = new StepWaits(ports.clock.now());
    this.#effects = new StepEffects(journal, plan, ports, { signal: control.signal, waits: this.#waits });
  }

  async turns(): Promise<'ended' | 'parked'> {
    const { signal } = this.#control;
    if (this.#state.status === 'queued') await this.#journal.record({ kind: 'started' });
    while (!signal.aborted) {
      if (endedStatuses.includes(this.#state.status)) {
        await this.#effects.releaseLeases();
        return 'ended';
      }
      // Every step can be gone on with by the next executor: between two of its effects nothing is half done that is not on disk.
      if (this.#control.isStopping()) return 'parked';
      await this.#turn();
    }
    return 'parked';
  }

  letGo(): void {}

  get #state(): OperationState {
    return this.#journal.state;
  }

  #progress(id: string): StepProgress {
    return this.#state.steps.get(id) ?? pendingStep(id);
  }

  async #turn(): Promise<void> {
    // Also of one that only looks: what it tells others is told in our name.
    if (planHash(this.#plan) !== this.#plan.plan_hash) {
      return this.#stop('AUTHORITY_REFUSED', 'the plan is not the one its hash names: it was changed', 'plan again');
    }
    const decision = decideProcedure(this.#plan, this.#state);
    switch (decision.kind) {
      case 'pause':
        await this.#journal.project();
        // Whoever resumed it meanwhile has woken nobody.
        return this.#state.isPauseAsked ? this.#sleep(LONGEST_SLEEP_MS) : undefined;
      case 'skip':
        return this.#step(decision.step.id, { state: 'skipped', reason: decision.reason, evidence: [] });
      case 'finish':
      case 'stop':
        return this.#end(decision);
      case 'steps':
        return this.#round(decision.steps);
    }
  }

  /** Its Leases are given back first: who then plans finds the clusters free. One that can't be is asked for again after the end. */
  async #end(decision: Extract<ProcedureDecision, { kind: 'finish' | 'stop' }>): Promise<void> {
    await this.#effects.releaseLeases();
    if (this.#isOver()) return;
    if (decision.kind === 'stop') return this.#stop(decision.code, decision.reason, decision.remedy, decision.evidence);
    return this.#journal.record({ kind: 'finished', status: decision.status, summary: decision.summary });
  }

  #stop(code: string, reason: string, remedy: string, evidence: readonly string[] = []): Promise<void> {
    const named = namingCordons(remedy, this.#state);
    const told = { code, reason, remedy: named, evidence: [...evidence] };
    // What waits for a person's word is not over.
    const status = [...this.#state.steps.values()].some(isInDoubt) ? 'halted' : 'failed';
    return this.#journal.record({ kind: 'stopped', status, ...told });
  }

  /** Looks side by side, effects one after the other; nothing done in the round: it sleeps until the first is to be looked at again. */
  async #round(steps: readonly PlannedStep[]): Promise<void> {
    const { takenRequests } = this.#state;
    const polls: number[] = [];
    for (let first = 0; first < steps.length; first += LOOKS_AT_ONCE) {
      const now = steps.slice(first, first + LOOKS_AT_ONCE);
      for (const step of now) await this.#begin(step);
      const looks = await Promise.all(now.map(step => this.#look(step)));
      for (const each of looks) {
        // What was decided before somebody paused, cancelled or resumed is decided anew.
        if (this.#isOver() || this.#state.takenRequests !== takenRequests) return;
        const pollMs = await this.#apply(each);
        if (pollMs !== undefined) polls.push(pollMs);
      }
    }
    if (polls.length < steps.length || this.#state.takenRequests !== takenRequests) return;
    await this.#sleep(Math.min(...polls, LONGEST_SLEEP_MS));
  }

  #isOver(): boolean {
    return this.#control.signal.aborted || this.#control.isStopping() || endedStatuses.includes(this.#state.status);
  }

  async #begin({ id, phase, title }: PlannedStep): Promise<void> {
    if (this.#progress(id).state !== 'pending') return;
    if (this.#state.phase !== phase) await this.#journal.record({ kind: 'phase', name: phase });
    await this.#step(id, { state: 'running', reason: title, evidence: [] });
  }

  async #look(step: PlannedStep): Promise<Look> {
    const sinceLook = stopwatch();
    const { procedures, clock, log } = this.#ports;
    if (!procedures) throw new DivisionError('INTERNAL', 'this executor runs no procedures', 'update containers-gm');
    const now = clock.now();
    const cluster = step.target.cluster === undefined ? undefined : this.#ports.cluster(step.target.cluster)?.ports;
    try {
      const look = await lookAt({
        step,
        plan: this.#plan,
        task: this.#plan.requested.task,
        operationId: this.#journal.operationId,
        state: this.#state,
        progress: this.#progress(step.id),
        cluster,
        clusterNamed: name => this.#ports.cluster(name)?.ports,
        ports: { ...procedures, clock, log },
        now,
        signal: this.#control.signal,
      });
      return { step, sinceLook, look, isOutage: false };
    } catch (error) {
      return { step, sinceLook, look: lookOfFailure(error), isOutage: true };
    }
  }

  /** Returns after how many milliseconds to look again; undefined when something was done. */
  async #apply({ step, look, isOutage, sinceLook }: Look): Promise<number | undefined> {
    this.#waits.looked(step.id, this.#ports.clock.now(), isOutage);
    switch (look.kind) {
      case 'done':
        await this.#step(step.id, {
          state: 'done',
          reason: look.reason,
          evidence: look.evidence ?? [],
          ...(look.result && { result: look.result }),
        });
        return undefined;
      case 'skip':
        // Nothing to do is as good as done: what depends on it goes on.
        await this.#step(step.id, { state: 'done', reason: look.reason, evidence: [] });
        return undefined;
      case 'failed':
        return this.#fail(step.id, look);
      case 'wait':
        return this.#wait(step, look);
      case 'write': {
        const result = await this.#written(step, look);
        if (result) await this.#step(step.id, { state: 'done', reason: look.reason, evidence: [], result });
        return undefined;
      }
      case 'effect': {
        const came = await this.#effects.perform(step, look, sinceLook);
        if (typeof came !== 'object') return came;
        return this.#apply({ step, look: came, isOutage: came.kind === 'wait', sinceLook });
      }
    }
  }

  async #written(step: PlannedStep, { write }: Extract<StepLook, { kind: 'write' }>) {
    try {
      return await write(this.#control.signal);
    } catch (error) {
      if (!(error instanceof DivisionError) || error.code === 'DIRECTORY_LOCKED' || error.code === 'INTERNAL')
        throw error;
      // Who is stopped from outside has seen nothing fail.
      if (this.#control.signal.aborted) return undefined;
      const { code, message: reason, remedy } = error;
      return this.#fail(step.id, { kind: 'failed', code, reason, remedy });
    }
  }

  async #wait({ id }: PlannedStep, look: Extract<StepLook, { kind: 'wait' }>): Promise<number | undefined> {
    const progress = this.#progress(id);
    const now = this.#ports.clock.now();
    if (this.#waits.isLate(progress, this.#state.resumedAt, look.atMostMs, now)) {
      const reason = `not within ${Math.round(look.atMostMs / 60_000)} minutes: ${look.reason}`;
      return this.#fail(id, { kind: 'failed', code: 'TIMEOUT', reason, remedy: look.remedy });
    }
    if (this.#waits.isNews(progress, look, now)) {
      await look.before?.();
      await this.#step(id, {
        state: 'waiting',
        reason: look.reason,
        what_ends_it: look.whatEndsIt,
        evidence: [],
        ...(look.result && { result: look.result }),
      });
    }
    return look.pollMs;
  }

  async #fail(id: string, { code, reason, remedy, evidence = [], result }: Extract<StepLook, { kind: 'failed' }>) {
    await this.#step(id, { state: 'failed', code, reason, remedy, evidence, ...(result && { result }) });
    return undefined;
  }

  #step(
    id: string,
    body: Omit<Extract<JournalBody, { kind: 'step' }>, 'kind' | 'step' | 'evidence'> & { evidence: readonly string[] },
  ): Promise<void> {
    // Over is over, in a journal that two lives wrote too.
    if (isOver(this.#progress(id))) return Promise.resolve();
    return this.#journal.record({ kind: 'step', step: id, ...body, evidence: [...body.evidence] });
  }

  #sleep(ms: number): Promise<void> {
    return this.#ports.clock.sleep(ms, this.#control.wake());
  }
}
