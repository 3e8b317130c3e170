import { DivisionError } from '../errors.ts';
import { Authorization } from '../model/authorization.ts';
import type { ClusterConfig } from '../model/config.ts';
import type { EffectKind } from '../model/effect.ts';
import type { AttemptDispatch, ContractorActor, DispatchClaim, TalosTarget } from '../ports.ts';
import type { CallValues } from './call-arguments.ts';
import type { CallOptions } from './call-options.ts';
import { type ActCapability, type CapabilityAnswers, capabilities } from './capability-map.ts';
import type { Contractor } from './contractor.ts';
import { type AttemptCapability, type BeforeSent, MachineActor } from './machine-actor.ts';
import type { DispatchReading } from './readings.ts';
import type { UsageMeter } from './usage.ts';

/**
 * A cluster's Talos effects through its contractor. Authorization and mode are checked here, where the effect happens
 * (SAFETY 2), before the contractor is even started. What it answers is a claim.
 */
export class TalosActor extends MachineActor implements ContractorActor {
  readonly cluster: string;
  readonly #contractor: Contractor;
  readonly #config: ClusterConfig;
  readonly #usage: UsageMeter;

  constructor(contractor: Contractor, cluster: ClusterConfig, usage: UsageMeter) {
    super();
    this.cluster = cluster.name;
    this.#contractor = contractor;
    this.#config = cluster;
    this.#usage = usage;
  }

  async snapshot(
    authorization: Authorization,
    { address, endpoints, path }: TalosTarget & { path: string },
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<{ path: string; bytes: number; sha256: string }> {
    return this.act('etcd.snapshot', authorization, { address, endpoints, path }, { signal, beforeSent });
  }

  async forfeitLeadership(
    authorization: Authorization,
    { address, endpoints }: TalosTarget,
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<void> {
    await this.act('etcd.forfeit', authorization, { address, endpoints }, { signal, beforeSent });
  }

  async install(
    authorization: Authorization,
    attempt: AttemptDispatch & { image: string; reboots: boolean },
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<DispatchClaim> {
    return this.attempt('os.install', authorization, attempt, { signal, beforeSent });
  }

  async reboot(
    authorization: Authorization,
    attempt: AttemptDispatch,
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<DispatchClaim> {
    return this.attempt('os.reboot', authorization, attempt, { signal, beforeSent });
  }

  protected async attempt(
    capability: AttemptCapability,
    authorization: Authorization,
    attempt: AttemptDispatch & Partial<CallValues>,
    sending: Pick<CallOptions, 'signal' | 'beforeSent'>,
  ): Promise<DispatchClaim> {
    return this.#claim(attempt, await this.act(capability, authorization, attempt, sending));
  }

  protected async act<C extends ActCapability>(
    capability: C,
    authorization: Authorization,
    values: Partial<CallValues>,
    sending: Pick<CallOptions, 'signal' | 'beforeSent'>,
  ): Promise<CapabilityAnswers[C]> {
    this.#admit(authorization, capabilities[capability].effect);
    const { context, endpoints } = this.#config.talos;
    return this.#contractor.act(capability, values, {
      ...sending,
      usage: this.#usage,
      cluster: { context, endpoints },
    });
  }

  #admit(authorization: Authorization, effect: EffectKind): void {
    if (this.#config.mode !== 'operate') {
      throw new DivisionError(
        'AUTHORITY_REFUSED',
        `cluster ${this.cluster} is in mode ${this.#config.mode}: nothing may be changed there`,
        `Set mode: operate for cluster ${this.cluster} in division.yaml to let the division act on it.`,
      );
    }
    if (permits(authorization, effect, this.cluster)) return;
    throw new DivisionError(
      'AUTHORITY_REFUSED',
      `no authority for ${effect} on cluster ${this.cluster}`,
      'Plan again and have the plan approved; who may approve stands in division.yaml under approvers.',
    );
  }

  #claim(attempt: AttemptDispatch, reading: DispatchReading): DispatchClaim {
    if (reading.attemptId === undefined || reading.attemptId === attempt.attemptId)
      return { accepted: true, detail: reading.detail };
    throw new DivisionError(
      'OUTCOME_UNKNOWN',
      `${this.#contractor.name} answered for another attempt than ${attempt.attemptId}`,
      'Look at the node: its version, bootID and the attempt receipt tell what happened.',
    );
  }
}

/** A look-alike may pass the type checker and even `instanceof`; without the class's brand it permits nothing. */
function permits(authorization: Authorization, effect: EffectKind, cluster: string): boolean {
  try {
    return authorization instanceof Authorization && authorization.permits(effect, cluster);
  } catch {
    return false;
  }
}
