/** Runs a procedure: its steps are looked at, done behind their intents, and looked at again, until all are over. */
import { isOver, type OperationState, pendingStep } from '../decisions/operation-state.ts';
import { decideProcedure } from '../decisions/procedure-turn.ts';
import { DivisionError, type ErrorCode } from '../errors.ts';
import { stopwatch } from '../host/stopwatch.ts';
import type { JournalBody } from '../model/journal.ts';
import { endedStatuses } from '../model/operation.ts';
import type { ProcedurePlan } from '../model/plan.ts';
import type { PlannedStep } from '../model/step.ts';
import { EffectRunner } from './effect-runner.ts';
import type { JournalledState } from './journalled-state.ts';
import type { RunControl, RunPorts } from './run-operation.ts';
import { lookOfFailure } from './steps/failure.ts';
import { lookAt } from './steps/index.ts';
import type { StepLook } from './steps/step.ts';

/** A control request wakes a paused operation; it looks by itself this seldom. */
const PAUSE_LOOK_MS = 3_600_000;
/** Steps looked at in one round: more wait their turn. */
const LOOKS_AT_ONCE = 8;
interface Look {
  step: PlannedStep;
  look: StepLook;
  sinceLook: () => number;
}

export class ProcedureRun {
  readonly #journal: JournalledState;
  readonly #plan: ProcedurePlan;
  readonly #ports: RunPorts;
  readonly #control: RunControl;
  readonly #effects: EffectRunner;

  constructor(journal: JournalledState, plan: ProcedurePlan, ports: RunPorts, control: RunControl) {
    this.#journal = journal;
    this.#plan = plan;
    this.#ports = ports;
    this.#control = control;
    this.#effects = new EffectRunner(journal, ports, control.signal);
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

  async #turn(): Promise<void> {
    const decision = decideProcedure(this.#plan, this.#state);
    switch (decision.kind) {
      case 'pause':
        await this.#journal.project();
        return this.#sleep(PAUSE_LOOK_MS);
      case 'skip':
        return this.#step(decision.step.id, { state: 'skipped', reason: decision.reason, evidence: [] });
      case 'finish':
        return this.#journal.record({ kind: 'finished', status: decision.status, summary: decision.summary });
      case 'stop': {
        const { code, reason, remedy, evidence } = decision;
        return this.#journal.record({
          kind: 'stopped',
          status: 'failed',
          code,
          reason,
          remedy,
          evidence: [...evidence],
        });
      }
      case 'steps':
        return this.#round(decision.steps);
    }
  }

  /** Looks side by side, effects one after the other; nothing done in the round: it sleeps until the first is to be looked at again. */
  async #round(steps: readonly PlannedStep[]): Promise<void> {
    // Those that wait are looked at least when others have something to do: the first of the plan come first.
    const now = steps.slice(0, LOOKS_AT_ONCE);
    for (const step of now) await this.#begin(step);
    const looks = await Promise.all(now.map(step => this.#look(step)));
    const polls: number[] = [];
    for (const each of looks) {
      if (this.#control.signal.aborted || endedStatuses.includes(this.#state.status)) return;
      const pollMs = await this.#apply(each);
      if (pollMs !== undefined) polls.push(pollMs);
    }
    if (polls.length === looks.length) await this.#sleep(Math.min(...polls));
  }

  async #begin({ id, phase, title }: PlannedStep): Promise<void> {
    if (this.#state.phase !== phase) await this.#journal.record({ kind: 'phase', name: phase });
    const state = this.#state.steps.get(id)?.state ?? 'pending';
    if (state === 'pending') await this.#step(id, { state: 'running', reason: title, evidence: [] });
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
        progress: this.#state.steps.get(step.id) ?? pendingStep(step.id),
        cluster,
        clusterNamed: name => this.#ports.cluster(name)?.ports,
        ports: { ...procedures, clock, log },
        now,
        signal: this.#control.signal,
      });
      return { step, sinceLook, look };
    } catch (error) {
      return { step, sinceLook, look: lookOfFailure(error) };
    }
  }

  /** Returns after how many milliseconds to look again; undefined when something was done. */
  async #apply({ step, look, sinceLook }: Look): Promise<number | undefined> {
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
        await this.#fail(step.id, look);
        return undefined;
      case 'wait':
        return this.#wait(step, look);
      case 'write': {
        const result = await this.#written(step, look);
        if (result) await this.#step(step.id, { state: 'done', reason: look.reason, evidence: [], result });
        return undefined;
      }
      case 'effect':
        return this.#perform(step, look, sinceLook);
    }
  }

  async #written(step: PlannedStep, { write }: Extract<StepLook, { kind: 'write' }>) {
    try {
      return await write(this.#control.signal);
    } catch (error) {
      if (!(error instanceof DivisionError) || error.code === 'DIRECTORY_LOCKED' || error.code === 'INTERNAL')
        throw error;
      const { code, message: reason, remedy } = error;
      await this.#fail(step.id, { kind: 'failed', code, reason, remedy });
      return undefined;
    }
  }

  async #wait({ id }: PlannedStep, look: Extract<StepLook, { kind: 'wait' }>): Promise<number | undefined> {
    const progress = this.#state.steps.get(id) ?? pendingStep(id);
    const begun = Date.parse(progress.started_at ?? this.#state.updatedAt);
    if (this.#ports.clock.now() - begun > look.atMostMs) {
      const reason = `not within ${Math.round(look.atMostMs / 60_000)} minutes: ${look.reason}`;
      await this.#fail(id, { kind: 'failed', code: 'TIMEOUT', reason, remedy: look.remedy });
      return undefined;
    }
    if (progress.state !== 'waiting' || progress.reason !== look.reason) {
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
  }

  async #perform(step: PlannedStep, look: Extract<StepLook, { kind: 'effect' }>, sinceLook: () => number) {
    const { effect, reason } = look;
    // Recorded as the operation's halt when the cluster may not be acted on.
    if (!(await this.#effects.isAuthorized(effect.cluster))) return undefined;
    try {
      const pauseMs = await this.#effects.perform(effect, reason, sinceLook, step.id);
      return pauseMs > 0 ? pauseMs : undefined;
    } catch (error) {
      const ends: readonly ErrorCode[] = ['AUTHORITY_REFUSED', 'OPERATION_CONFLICT', 'DIRECTORY_LOCKED', 'INTERNAL'];
      if (!(error instanceof DivisionError) || ends.includes(error.code)) throw error;
      await this.#fail(step.id, { kind: 'failed', code: error.code, reason: error.message, remedy: error.remedy });
      return undefined;
    }
  }

  #step(
    id: string,
    body: Omit<Extract<JournalBody, { kind: 'step' }>, 'kind' | 'step' | 'evidence'> & { evidence: readonly string[] },
  ): Promise<void> {
    const known = this.#state.steps.get(id);
    // Over is over, in a journal that two lives wrote too.
    if (known && isOver(known)) return Promise.resolve();
    return this.#journal.record({ kind: 'step', step: id, ...body, evidence: body.evidence.slice(0, 20) });
  }

  #sleep(ms: number): Promise<void> {
    return this.#ports.clock.sleep(ms, this.#control.wake());
  }
}
