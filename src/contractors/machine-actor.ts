import type { Authorization } from '../model/authorization.ts';
import type { ApplyMode, ConfigPatch } from '../model/config-patch.ts';
import type { ApplyClaim, MachineActions, SecretFile } from '../ports/talos-machines.ts';
import type { AttemptDispatch, DispatchClaim, TalosTarget } from '../ports.ts';
import type { CallValues } from './call-arguments.ts';
import type { CallOptions } from './call-options.ts';
import type { ActCapability, CapabilityAnswers } from './capability-map.ts';
import type { DispatchReading, KubeconfigReading } from './readings.ts';

/** Called last before an effect is sent to the contractor (SAFETY 6: the fence); what it throws is thrown, and nothing is sent. */
export type BeforeSent = () => Promise<void>;
type Sending = Pick<CallOptions, 'signal' | 'beforeSent'>;

/** Capabilities of what is dispatched once, and leaves a receipt. */
export type AttemptCapability = {
  [C in ActCapability]: CapabilityAnswers[C] extends DispatchReading ? C : never;
}[ActCapability];

/** Effects on one machine, or through one on its cluster, beside those of an upgrade. */
export abstract class MachineActor implements MachineActions {
  /** Checks the Authorization and the mode, then sends. */
  protected abstract act<C extends ActCapability>(
    capability: C,
    authorization: Authorization,
    values: Partial<CallValues>,
    sending: Sending,
  ): Promise<CapabilityAnswers[C]>;

  /** The same, of an attempt: its answer has to be about this one. [OUTCOME_UNKNOWN] */
  protected abstract attempt(
    capability: AttemptCapability,
    authorization: Authorization,
    values: AttemptDispatch & Partial<CallValues>,
    sending: Sending,
  ): Promise<DispatchClaim>;

  async applyConfig(
    authorization: Authorization,
    config: TalosTarget & SecretFile & { systemUuid: string; mode: ApplyMode; maintenance: boolean },
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<ApplyClaim> {
    return this.act('config.apply', authorization, config, { signal, beforeSent });
  }

  async patchConfig(
    authorization: Authorization,
    config: TalosTarget & { systemUuid: string; patch: ConfigPatch; mode: ApplyMode },
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<ApplyClaim> {
    return this.act('config.patch', authorization, config, { signal, beforeSent });
  }

  async bootstrap(
    authorization: Authorization,
    attempt: AttemptDispatch & { controlPlane: readonly string[] },
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<DispatchClaim> {
    return this.attempt('cluster.bootstrap', authorization, attempt, { signal, beforeSent });
  }

  async recoverEtcd(
    authorization: Authorization,
    attempt: AttemptDispatch & SecretFile & { controlPlane: readonly string[]; gone: readonly string[] },
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<DispatchClaim> {
    return this.attempt('etcd.recover', authorization, attempt, { signal, beforeSent });
  }

  async reset(
    authorization: Authorization,
    attempt: AttemptDispatch & { graceful: boolean; reboots: boolean; labels: readonly ('STATE' | 'EPHEMERAL')[] },
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<DispatchClaim> {
    return this.attempt('os.reset', authorization, attempt, { signal, beforeSent });
  }

  async shutdown(
    authorization: Authorization,
    attempt: AttemptDispatch & { force: boolean },
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<DispatchClaim> {
    return this.attempt('os.shutdown', authorization, attempt, { signal, beforeSent });
  }

  async rollbackBoot(
    authorization: Authorization,
    attempt: AttemptDispatch,
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<DispatchClaim> {
    return this.attempt('os.rollback', authorization, attempt, { signal, beforeSent });
  }

  async upgradeKubernetes(
    authorization: Authorization,
    attempt: AttemptDispatch & { from: string; to: string; kubelets: boolean },
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<DispatchClaim> {
    return this.attempt('kubernetes.upgrade', authorization, attempt, { signal, beforeSent });
  }

  async rotateCertificates(
    authorization: Authorization,
    { talosconfigPath: path, ...attempt }: AttemptDispatch & { authority: string; talosconfigPath: string },
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<DispatchClaim> {
    return this.attempt('ca.rotate', authorization, { ...attempt, path }, { signal, beforeSent });
  }

  async removeEtcdMember(
    authorization: Authorization,
    member: TalosTarget & { memberId: string },
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<string> {
    return this.act('etcd.remove_member', authorization, member, { signal, beforeSent });
  }

  async leaveEtcd(
    authorization: Authorization,
    target: TalosTarget,
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<string> {
    return this.act('etcd.leave', authorization, target, { signal, beforeSent });
  }

  async defragment(
    authorization: Authorization,
    target: TalosTarget,
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<string> {
    return this.act('etcd.defragment', authorization, target, { signal, beforeSent });
  }

  async disarmAlarm(
    authorization: Authorization,
    target: TalosTarget,
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<readonly { memberId: string; alarm: string }[]> {
    return this.act('etcd.disarm', authorization, target, { signal, beforeSent });
  }

  async writeKubeconfig(
    authorization: Authorization,
    kubeconfig: TalosTarget & { path: string },
    signal: AbortSignal,
    beforeSent?: BeforeSent,
  ): Promise<KubeconfigReading> {
    return this.act('kubeconfig.write', authorization, kubeconfig, { signal, beforeSent });
  }
}
