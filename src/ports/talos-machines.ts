/** Reads of and effects on Talos machines beside those of an upgrade. Each call has its own deadline and throws DivisionError. */
import type { Authorization } from '../model/authorization.ts';
import type { ApplyMode, ConfigPatch } from '../model/config-patch.ts';
import type { EtcdMemberFacts } from '../model/facts.ts';
import type {
  CertificateView,
  ConfigPreviewFacts,
  ContainerFacts,
  ContainerUsageFacts,
  DiskFacts,
  ImageFacts,
  KubernetesUpgradeFacts,
  MaintenanceMachineFacts,
  MemoryFacts,
  RotationFacts,
  TalosServiceFacts,
  TimeFacts,
} from '../model/machine-facts.ts';
import type { AttemptDispatch, DispatchClaim, TalosTarget } from '../ports.ts';

/** A file that holds secrets: a path inside secrets_dir and the sha256 (lower-case hex) of what must stand there. */
export interface SecretFile {
  path: string;
  sha256: string;
}

/**
 * Reads of one machine. [CONTRACTOR_*, CAPABILITY_MISSING, TIMEOUT, CANCELLED] Nothing is empty because it did not answer. Texts
 * (log lines, events, image names) are foreign and redacted, not fenced.
 */
export interface MachineReads {
  /** What the machine's certificates and the talosconfig's own are valid for; throws when none could be read. */
  certificates(target: TalosTarget, signal: AbortSignal): Promise<CertificateView>;
  disks(target: TalosTarget, signal: AbortSignal): Promise<readonly DiskFacts[]>;
  services(target: TalosTarget, signal: AbortSignal): Promise<readonly TalosServiceFacts[]>;
  /** The last `tailLines` (100 when absent, at most 2000) lines of a service's log. */
  logs(target: TalosTarget & { service: string; tailLines?: number }, signal: AbortSignal): Promise<readonly string[]>;
  /** The same of the kernel's log. */
  dmesg(target: TalosTarget & { tailLines?: number }, signal: AbortSignal): Promise<readonly string[]>;
  time(target: TalosTarget, signal: AbortSignal): Promise<TimeFacts>;
  memory(target: TalosTarget, signal: AbortSignal): Promise<MemoryFacts>;
  /** Of pods, or (`kubernetes: false`) of Talos itself. */
  stats(target: TalosTarget & { kubernetes: boolean }, signal: AbortSignal): Promise<readonly ContainerUsageFacts[]>;
  containers(target: TalosTarget & { kubernetes: boolean }, signal: AbortSignal): Promise<readonly ContainerFacts[]>;
  images(target: TalosTarget & { namespace: 'cri' | 'system' }, signal: AbortSignal): Promise<readonly ImageFacts[]>;
  /** etcd's members as one control plane node lists them; it needs a leader for that. */
  etcdMembers(target: TalosTarget, signal: AbortSignal): Promise<readonly EtcdMemberFacts[]>;
  /** A machine that has no configuration yet; throws for one that has. */
  maintenanceMachine(target: TalosTarget, signal: AbortSignal): Promise<MaintenanceMachineFacts>;
  previewConfig(target: TalosTarget & SecretFile, signal: AbortSignal): Promise<ConfigPreviewFacts>;
  previewPatch(target: TalosTarget & { patch: ConfigPatch }, signal: AbortSignal): Promise<ConfigPreviewFacts>;
  /** The dry run of `upgrade-k8s`, asked of one control plane node. `to` without the v. */
  kubernetesUpgradePlan(
    target: TalosTarget & { to: string; kubelets: boolean },
    signal: AbortSignal,
  ): Promise<KubernetesUpgradeFacts>;
  /** The dry run of `rotate-ca`. */
  rotationPlan(
    target: TalosTarget & { authority: 'talos' | 'kubernetes' },
    signal: AbortSignal,
  ): Promise<RotationFacts>;
}

/**
 * Effects on one machine, or through one on its cluster. Each checks the Authorization and the cluster's mode first (SAFETY 2);
 * `beforeSent` is called last before the call is sent, and what it throws is thrown (SAFETY 6). Those that take an AttemptDispatch
 * are dispatched once, ever, and leave a receipt (SAFETY 3): what they answer is a claim. The others may be repeated after a look:
 * OUTCOME_UNKNOWN says that it may have happened.
 */
export interface MachineActions {
  /**
   * Sends a whole machine configuration, which the contractor reads from a file of its own machine. `maintenance`: to a machine that
   * has none yet. Refused unless the machine has this `systemUuid` and the file this hash.
   */
  applyConfig(
    authorization: Authorization,
    config: TalosTarget & SecretFile & { systemUuid: string; mode: ApplyMode; maintenance: boolean },
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<ApplyClaim>;
  patchConfig(
    authorization: Authorization,
    config: TalosTarget & { systemUuid: string; patch: ConfigPatch; mode: ApplyMode },
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<ApplyClaim>;
  /** Once in a cluster's life: refused while etcd runs on, or nothing is known of, any node of `controlPlane`, and after an earlier one. */
  bootstrap(
    authorization: Authorization,
    attempt: AttemptDispatch & { controlPlane: readonly string[] },
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<DispatchClaim>;
  /**
   * Begins etcd anew from a snapshot with a sound sha256 at its end, on one node whose own data was wiped. Refused while etcd runs on
   * any node of `controlPlane`; those in `gone` need not answer.
   */
  recoverEtcd(
    authorization: Authorization,
    attempt: AttemptDispatch & SecretFile & { controlPlane: readonly string[]; gone: readonly string[] },
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<DispatchClaim>;
  /** Wipes the named system partitions; the installed Talos stays. `graceful`: the node drains itself and leaves etcd first. */
  reset(
    authorization: Authorization,
    attempt: AttemptDispatch & { graceful: boolean; reboots: boolean; labels: readonly ('STATE' | 'EPHEMERAL')[] },
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<DispatchClaim>;
  /** `force`: without the drain of the node's own. */
  shutdown(
    authorization: Authorization,
    attempt: AttemptDispatch & { force: boolean },
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<DispatchClaim>;
  /** Boots the other slot, whatever it holds (contractors 5.1). */
  rollbackBoot(
    authorization: Authorization,
    attempt: AttemptDispatch,
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<DispatchClaim>;
  /**
   * Starts `upgrade-k8s`: control plane and kube-proxy, node by node; the kubelets too, undrained, only with `kubelets`. It runs for
   * minutes and its receipt tells when it has ended; one at a time a cluster, and again after it failed. Versions without the v.
   */
  upgradeKubernetes(
    authorization: Authorization,
    attempt: AttemptDispatch & { from: string; to: string; kubelets: boolean },
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<DispatchClaim>;
  /** Starts a rotation of one authority; with `talos` the new talosconfig goes to a new file inside secrets_dir. */
  rotateCertificates(
    authorization: Authorization,
    attempt: AttemptDispatch & { authority: 'talos' | 'kubernetes'; talosconfigPath: string },
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<DispatchClaim>;
  /** Asked of another member than the one that goes; one that is not there any more is removed already. `memberId`: 16 hex digits. */
  removeEtcdMember(
    authorization: Authorization,
    member: TalosTarget & { memberId: string },
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<string>;
  leaveEtcd(
    authorization: Authorization,
    target: TalosTarget,
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<string>;
  /** Blocks this member while it lasts: one at a time. */
  defragment(
    authorization: Authorization,
    target: TalosTarget,
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<string>;
  /** The alarms that were disarmed; one whose cause lasts comes back. */
  disarmAlarm(
    authorization: Authorization,
    target: TalosTarget,
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<readonly { memberId: string; alarm: string }[]>;
  /** Writes an admin kubeconfig (0600) to a path inside secrets_dir; its content goes nowhere else. `expiresAt`: epoch milliseconds. */
  writeKubeconfig(
    authorization: Authorization,
    kubeconfig: TalosTarget & { path: string },
    signal: AbortSignal,
    beforeSent?: () => Promise<void>,
  ): Promise<SecretFile & { bytes: number; server: string; expiresAt: number | undefined }>;
}

/** What sending a configuration answered: `reboots` when the machine goes down to take it. */
export interface ApplyClaim {
  changed: boolean;
  reboots: boolean;
  detail: string;
}
