/** What a step of a procedure does to its cluster: by its own right, to the cluster that was planned, under its Lease. */
import { forbiddenTo } from '../decisions/authority/step-rights.ts';
import { namingCordons } from '../decisions/left-cordoned.ts';
import { pendingStep } from '../decisions/operation-state.ts';
import { limits } from '../decisions/upgrade-turn/turn.ts';
import { DivisionError, type ErrorCode } from '../errors.ts';
import type { Effect } from '../model/effect.ts';
import type { ProcedurePlan } from '../model/plan.ts';
import type { PlannedStep } from '../model/step.ts';
import { driftOf } from './as-planned.ts';
import { EffectRunner } from './effect-runner.ts';
import type { JournalledState } from './journalled-state.ts';
import { isDisruptive } from './perform-effect.ts';
import type { RunPorts } from './run-operation.ts';
import type { StepWaits } from './step-waits.ts';
import { lookOfFailure } from './steps/failure.ts';
import type { StepLook } from './steps/step.ts';

/** What ends the whole operation, and not a step of it. */
const endsAll: readonly ErrorCode[] = ['AUTHORITY_REFUSED', 'OPERATION_CONFLICT', 'DIRECTORY_LOCKED', 'INTERNAL'];
/** Longest a step's effects may go on being refused: a drain's bound. */
const REFUSED_AT_MOST_MS = limits.drainMs;

/** The cluster's Lease is held for it; with etcd's quorum proved lost there is none that could be. */
const isUnderLease = (effect: Effect): boolean =>
  isDisruptive(effect) && !(effect.kind === 'reset' && effect.quorum_is_lost);

export class StepEffects {
  readonly #journal: JournalledState;
  readonly #plan: ProcedurePlan;
  readonly #ports: RunPorts;
  readonly #signal: AbortSignal;
  readonly #waits: StepWaits;
  readonly #runner: EffectRunner;
  /** Clusters that were found to be what was planned, in this run. */
  readonly #asPlanned = new Set<string>();

  constructor(
    journal: JournalledState,
    plan: ProcedurePlan,
    ports: RunPorts,
    { signal, waits }: { signal: AbortSignal; waits: StepWaits },
  ) {
    this.#journal = journal;
    this.#plan = plan;
    this.#ports = ports;
    this.#signal = signal;
    this.#waits = waits;
    this.#runner = new EffectRunner(journal, ports, signal);
  }

  releaseLeases(): Promise<void> {
    return this.#runner.releaseLeases();
  }

  /**
   * Undefined: look again; a number: after so many milliseconds; a look: what the step has come to instead. What ends the operation
   * is recorded, or thrown. [AUTHORITY_REFUSED, OPERATION_CONFLICT, DIRECTORY_LOCKED, INTERNAL]
   */
  async perform(
    step: PlannedStep,
    { effect, reason }: Extract<StepLook, { kind: 'effect' }>,
    sinceLook: () => number,
  ): Promise<number | StepLook | undefined> {
    const forbidden = forbiddenTo(step, effect);
    if (forbidden !== undefined) throw new DivisionError('AUTHORITY_REFUSED', forbidden, 'update containers-gm');
    try {
      if (!(await this.#mayAct(effect.cluster))) return undefined;
    } catch (error) {
      return lookOfFailure(error);
    }
    try {
      const lease = isUnderLease(effect) ? this.#leaseToTake(effect.cluster) : undefined;
      // Behind an intent of its own: only a Lease that is on record is given up at the end.
      if (lease)
        return (await this.#runner.perform(lease, 'one operation a cluster (SAFETY 6)', sinceLook)) || undefined;
      const pauseMs = await this.#runner.perform(effect, reason, sinceLook, step.id);
      return this.#signal.aborted ? undefined : this.#after(step, effect, pauseMs);
    } catch (error) {
      if (!(error instanceof DivisionError) || endsAll.includes(error.code)) throw error;
      const { code, message, remedy } = error;
      // Who is stopped from outside has seen nothing fail.
      return this.#signal.aborted ? undefined : { kind: 'failed', code, reason: message, remedy };
    }
  }

  /** False: recorded as the operation's end. [KUBERNETES_*] */
  async #mayAct(name: string): Promise<boolean> {
    if (!(await this.#runner.isAuthorized(name))) return false;
    const cluster = this.#ports.cluster(name);
    if (!cluster || this.#asPlanned.has(name)) return true;
    const drift = await driftOf(this.#plan, this.#journal.state, cluster.ports, this.#signal);
    const [first] = drift;
    if (first === undefined) {
      this.#asPlanned.add(name);
      return true;
    }
    await this.#journal.record({
      kind: 'stopped',
      status: 'failed',
      code: 'STALE_PLAN',
      reason: `${name} is not the cluster that was planned: ${first}`,
      remedy: namingCordons('plan again', this.#journal.state),
      evidence: drift.slice(0, 20),
    });
    return false;
  }

  /** Undefined: it is ours already, on record. */
  #leaseToTake(cluster: string): Effect | undefined {
    const { leases, goneHolders } = this.#journal.state;
    const gone = goneHolders.get(cluster);
    if (leases.has(cluster) && gone === undefined) return undefined;
    return { kind: 'hold_lease', cluster, ...(gone !== undefined && { instead_of: gone }) };
  }

  /** What is refused, or done again and again without being so, has an end. */
  #after(step: PlannedStep, effect: Effect, pauseMs: number): number | StepLook | undefined {
    const { state } = this.#journal;
    const progress = state.steps.get(step.id) ?? pendingStep(step.id);
    const failed = (why: string): StepLook => ({
      kind: 'failed',
      code: 'TIMEOUT',
      reason: `${effect.kind} ${why}`,
      remedy: 'look at what stands against it (investigate), then control_operation resume',
    });
    if (pauseMs > 0) {
      const isLate = this.#waits.isLate(progress, state.resumedAt, REFUSED_AT_MOST_MS, this.#ports.clock.now());
      return isLate
        ? failed(`was refused for too long: ${progress.last_outcome?.detail ?? 'without a reason'}`)
        : Math.max(pauseMs, this.#waits.refused(step.id));
    }
    const again = this.#waits.done(step.id, effect);
    if (again.isTooOften) return failed(`was done ${again.times} times, and it is not so yet`);
    return again.pauseMs > 0 ? again.pauseMs : undefined;
  }
}
