/** Carries an operation's effects out: authority first, the intent on disk, the effect, its outcome. */
import { authorize } from '../decisions/authority.ts';
import { DivisionError } from '../errors.ts';
import type { Authorization } from '../model/authorization.ts';
import type { Effect } from '../model/effect.ts';
import type { ClusterPorts, ClusterWriters } from '../ports.ts';
import type { JournalledState } from './journalled-state.ts';
import { performEffect } from './perform-effect.ts';

interface EffectPorts {
  cluster(name: string): { ports: ClusterPorts; writers: ClusterWriters } | undefined;
}

const FAILED_IN_A_ROW = 10;
/** These have bounds of their own: a drain's deadline, an attempt's refusals. */
const selfBounded: readonly Effect['kind'][] = ['evict', 'install', 'reboot'];

export class EffectRunner {
  readonly #journal: JournalledState;
  readonly #ports: EffectPorts;
  readonly #signal: AbortSignal;
  readonly #authorizations = new Map<string, Authorization>();
  #failedInARow = 0;

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

  /**
   * Returns how long to wait, in cluster milliseconds, before looking again: 0 after success. [AUTHORITY_REFUSED,
   * OPERATION_CONFLICT, CONTRACTOR_FAILED when the same kind of thing failed too often]
   */
  async perform(effect: Effect, reason: string): Promise<number> {
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
      signal: this.#signal,
    });
    // Stopped from outside: what became of the effect is not known here, and the next run looks.
    if (this.#signal.aborted) return 0;
    await this.#journal.record({ kind: 'outcome', effect, ...outcome });
    if (outcome.result === 'ok') {
      this.#failedInARow = 0;
      return 0;
    }
    if (!selfBounded.includes(effect.kind)) this.#failedInARow += 1;
    if (this.#failedInARow >= FAILED_IN_A_ROW) {
      throw new DivisionError(
        'CONTRACTOR_FAILED',
        `${effect.kind} on ${effect.cluster} failed ${this.#failedInARow} times: ${outcome.detail}`,
        'repair what it names, then control_operation resume',
      );
    }
    return 1_000 * 2 ** Math.min(this.#failedInARow, 5);
  }

  /**
   * After its end an operation holds no Lease, unless a node is in doubt: then nobody else may touch the cluster (SAFETY 6). One
   * that can't be given up now is asked again by the next executor.
   */
  async releaseLeases(): Promise<void> {
    const { state } = this.#journal;
    if ([...state.nodes.values()].some(node => node.state === 'in_doubt')) return;
    for (const cluster of state.leases) {
      if (await this.isAuthorized(cluster)) {
        await this.perform({ kind: 'release_lease', cluster }, 'the operation is over');
      }
    }
  }
}
