/** Carries an operation's effects out: authority first, the intent on disk, the effect, its outcome. */
import { authorize, type PlannedSpending } from '../decisions/authority.ts';
import { namingCordons } from '../decisions/left-cordoned.ts';
import { type Authorized, isInDoubt, isSameIntent, nodeKey } from '../decisions/operation-state.ts';
import { DivisionError, type ErrorCode } from '../errors.ts';
import { stopwatch } from '../host/stopwatch.ts';
import type { Authorization } from '../model/authorization.ts';
import type { Effect } from '../model/effect.ts';
import type { StepProgress } from '../model/step.ts';
import type { Approvals } from '../ports/approvals.ts';
import type { Clock, ClusterPorts, ClusterWriters } from '../ports.ts';
import type { EffectOutcome } from './effects/effect-performer.ts';
import type { JournalledState } from './journalled-state.ts';
import { performEffect } from './perform-effect.ts';

interface EffectPorts {
  clock: Clock;
  approvals: Approvals;
  spending?: () => Promise<PlannedSpending>;
  cluster(name: string): { ports: ClusterPorts; writers: ClusterWriters } | undefined;
}

const FAILED_IN_A_ROW = 10;
/** These have bounds of their own: a drain's deadline, an attempt's refusals. */
const selfBounded: readonly Effect['kind'][] = ['evict', 'install', 'reboot'];
/** Asked of a contractor; the others of Kubernetes, where what is refused without an error was changed by somebody meanwhile. */
const ofContractor: readonly Effect['kind'][] = ['snapshot', 'forfeit', 'install', 'reboot'];

/** What an effect that failed too often ends the operation with. */
function failedTooOften(effect: Effect, outcome: EffectOutcome, times: number): DivisionError {
  const code: ErrorCode =
    outcome.code ?? (ofContractor.includes(effect.kind) ? 'CONTRACTOR_FAILED' : 'OPERATION_CONFLICT');
  const target = 'node' in effect ? nodeKey(effect.cluster, effect.node) : effect.cluster;
  return new DivisionError(
    code,
    `${effect.kind} of ${target} failed ${times} times: ${outcome.detail}`,
    'run cluster_health and repair what it names, then control_operation resume',
  );
}

export class EffectRunner {
  readonly #journal: JournalledState;
  readonly #ports: EffectPorts;
  readonly #signal: AbortSignal;
  readonly #authorizations = new Map<string, Authorization>();
  /** By step of a procedure; an upgrade's under one name. */
  readonly #failedInARow = new Map<string, number>();

  constructor(journal: JournalledState, ports: EffectPorts, signal: AbortSignal) {
    this.#journal = journal;
    this.#ports = ports;
    this.#signal = signal;
  }

  /** Derived anew in every run, from the approval: a request proves nothing (ARCHITECTURE, Life 3). False: recorded as the halt. */
  async isAuthorized(name: string): Promise<boolean> {
    if (this.#authorizations.has(name)) return true;
    const { plan, operationId } = this.#journal;
    const config = this.#ports.cluster(name)?.ports.config;
    const known = this.#journal.state.authorized.get(name);
    const verdict = authorize({
      plan,
      operationId,
      cluster: name,
      simulated: config?.simulated ?? false,
      mode: config?.mode ?? 'observe',
      ...(await this.#approvals(known)),
    });
    if (verdict.verdict === 'refused') {
      const { code, reason } = verdict;
      const remedy = namingCordons(verdict.remedy, this.#journal.state);
      const evidence = verdict.refused.map(({ approval_id, reason: why }) => `${approval_id}: ${why}`);
      await this.#journal.record({ kind: 'stopped', status: 'halted', code, reason, remedy, evidence });
      return false;
    }
    const { level, rule } = verdict.authorization.grounds;
    const { approvedBy: approved_by, approval } = verdict;
    const isKnown = known?.level === level && known.rule === rule && known.approved_by === approved_by;
    if (!isKnown || known.approval_id !== approval?.approval_id) {
      const approval_id = approval && { approval_id: approval.approval_id };
      await this.#journal.record({ kind: 'authorized', cluster: name, level, rule, approved_by, ...approval_id });
    }
    this.#authorizations.set(name, verdict.authorization);
    return true;
  }

  /** What was taken up under an approval goes on under that one, at the time it was taken up: an expiry stops no node half way. */
  async #approvals(known: Authorized | undefined) {
    const { approvals, areKeysConfigured } = await this.#ports.approvals.of(this.#journal.plan.plan_hash);
    // Its tokens were judged when it was taken up, and what it uses since is its own.
    const spending = known === undefined ? await this.#ports.spending?.() : undefined;
    if (known?.approval_id === undefined) {
      return { approvals, areKeysConfigured, at: this.#ports.clock.now(), ...(spending && { spending }) };
    }
    const own = approvals.filter(({ approval }) => approval.approval_id === known.approval_id);
    return { approvals: own, areKeysConfigured, at: Date.parse(known.at) };
  }

  /**
   * Returns how long to wait, in cluster milliseconds, before looking again: 0 after success. [AUTHORITY_REFUSED,
   * OPERATION_CONFLICT, and what the last of too many failures in a row was]
   */
  async perform(effect: Effect, reason: string, sinceLook = stopwatch(), step?: string): Promise<number> {
    const cluster = this.#ports.cluster(effect.cluster);
    const authorization = this.#authorizations.get(effect.cluster);
    if (!cluster || !authorization) {
      throw new DivisionError('AUTHORITY_REFUSED', `no authority for ${effect.cluster} in this run`, 'plan again');
    }
    // The intent is on disk first: a crash from here on is a doubt about this effect, and about nothing else (SAFETY 3).
    if (!isSameIntent(this.#journal.state.intended, effect)) {
      await this.#journal.record({ kind: 'intent', effect, reason, ...(step !== undefined && { step }) });
    }
    const outcome = await performEffect(effect, {
      writers: cluster.writers,
      authorization,
      operationId: this.#journal.operationId,
      signal: this.#signal,
      sinceLook,
    });
    // Stopped from outside: what became of the effect is not known here, and the next run looks.
    if (this.#signal.aborted) return 0;
    await this.#journal.record({ kind: 'outcome', effect, ...outcome, ...(step !== undefined && { step }) });
    if (outcome.result === 'ok') {
      this.#failedInARow.delete(step ?? '');
      return 0;
    }
    const failed = (this.#failedInARow.get(step ?? '') ?? 0) + (selfBounded.includes(effect.kind) ? 0 : 1);
    this.#failedInARow.set(step ?? '', failed);
    if (failed >= FAILED_IN_A_ROW) {
      this.#failedInARow.delete(step ?? '');
      throw failedTooOften(effect, outcome, failed);
    }
    return 1_000 * 2 ** Math.min(failed, 5);
  }

  /**
   * After its end an operation holds no Lease, unless a node is in doubt, or what became of a step is not known: then nobody else may
   * touch the cluster (SAFETY 6). One that can't be given up now is asked again by the next executor.
   */
  async releaseLeases(): Promise<void> {
    const { state } = this.#journal;
    if ([...state.nodes.values()].some(node => node.state === 'in_doubt')) return;
    if ([...state.steps.values()].some(isStepUnknown)) return;
    for (const cluster of state.leases) {
      if (await this.isAuthorized(cluster)) {
        await this.perform({ kind: 'release_lease', cluster }, 'the operation is over');
      }
    }
  }
}

/** In doubt, or failed at what is no attempt, which nobody resolves: doing it again is what shows how it ended. */
const isStepUnknown = (step: StepProgress): boolean =>
  isInDoubt(step) || (step.state === 'failed' && step.code === 'OUTCOME_UNKNOWN' && step.attempts === undefined);
