import type { EffectKind } from '../model/effect.ts';
import type { EtcdMemberFacts, EtcdStatusFacts, MachineFacts } from '../model/facts.ts';
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
import type { TalosErrorClass } from '../model/talos.ts';
import type { ApplyClaim } from '../ports/talos-machines.ts';
import type { ArgumentsTemplate, CallValues } from './call-arguments.ts';
import type {
  ContextsReading,
  DispatchReading,
  KubeconfigReading,
  OfMachine,
  ReceiptReading,
  SnapshotReading,
  TalosMemberReading,
  VersionReading,
} from './readings.ts';
import type { ToolAnswer } from './tool-answer.ts';

/** Capability -> what its reader makes of the contractor's answer. */
export interface CapabilityAnswers {
  'contexts.read': ContextsReading;
  'version.read': VersionReading;
  'machine.read': MachineFacts;
  'members.read': readonly TalosMemberReading[];
  'services.read': readonly TalosServiceFacts[];
  'logs.read': readonly string[];
  'etcd.members': readonly EtcdMemberFacts[];
  'etcd.status': EtcdStatusFacts;
  'etcd.alarms': readonly { memberId: string; alarm: string }[];
  'attempt.get': ReceiptReading;
  'etcd.snapshot': SnapshotReading;
  'etcd.forfeit': string;
  'os.install': DispatchReading;
  'os.reboot': DispatchReading;
  'certificates.read': OfMachine<CertificateView>;
  'disks.read': OfMachine<readonly DiskFacts[]>;
  'dmesg.read': readonly string[];
  'time.read': OfMachine<TimeFacts>;
  'memory.read': OfMachine<MemoryFacts>;
  'stats.read': OfMachine<readonly ContainerUsageFacts[]>;
  'containers.read': OfMachine<readonly ContainerFacts[]>;
  'images.read': OfMachine<readonly ImageFacts[]>;
  'maintenance.read': MaintenanceMachineFacts;
  'config.preview': OfMachine<ConfigPreviewFacts>;
  'patch.preview': OfMachine<ConfigPreviewFacts>;
  'kubernetes.upgrade_plan': KubernetesUpgradeFacts;
  'ca.rotation_plan': RotationFacts;
  'config.apply': ApplyClaim;
  'config.patch': ApplyClaim;
  'cluster.bootstrap': DispatchReading;
  'etcd.recover': DispatchReading;
  'os.reset': DispatchReading;
  'os.shutdown': DispatchReading;
  'os.rollback': DispatchReading;
  'kubernetes.upgrade': DispatchReading;
  'ca.rotate': DispatchReading;
  'etcd.remove_member': string;
  'etcd.leave': string;
  'etcd.defragment': string;
  'etcd.disarm': readonly { memberId: string; alarm: string }[];
  'kubeconfig.write': KubeconfigReading;
}
export type Capability = keyof CapabilityAnswers;

/**
 * Deadlines are wall milliseconds of one call, longer than the contractor's own (contractors 4.3) and below the two
 * minutes a cluster query may take (R225). A capability with an effect changes something: it is sent once, ever. One that is an
 * `attempt` answers when it has dispatched, not when it is done (SAFETY 3).
 */
export const capabilities = {
  'contexts.read': { deadlineMs: 30_000 },
  'version.read': { deadlineMs: 60_000 },
  'machine.read': { deadlineMs: 60_000 },
  'members.read': { deadlineMs: 60_000 },
  'services.read': { deadlineMs: 60_000 },
  'logs.read': { deadlineMs: 60_000 },
  'etcd.members': { deadlineMs: 60_000 },
  'etcd.status': { deadlineMs: 60_000 },
  'etcd.alarms': { deadlineMs: 60_000 },
  'attempt.get': { deadlineMs: 30_000 },
  'etcd.snapshot': { deadlineMs: 600_000, effect: 'snapshot' },
  'etcd.forfeit': { deadlineMs: 60_000, effect: 'forfeit' },
  'os.install': { deadlineMs: 120_000, effect: 'install', isAttempt: true },
  'os.reboot': { deadlineMs: 120_000, effect: 'reboot', isAttempt: true },
  'certificates.read': { deadlineMs: 60_000 },
  'disks.read': { deadlineMs: 60_000 },
  'dmesg.read': { deadlineMs: 60_000 },
  'time.read': { deadlineMs: 60_000 },
  'memory.read': { deadlineMs: 60_000 },
  'stats.read': { deadlineMs: 60_000 },
  'containers.read': { deadlineMs: 60_000 },
  'images.read': { deadlineMs: 60_000 },
  'maintenance.read': { deadlineMs: 60_000 },
  'config.preview': { deadlineMs: 60_000 },
  'patch.preview': { deadlineMs: 60_000 },
  'kubernetes.upgrade_plan': { deadlineMs: 110_000 },
  'ca.rotation_plan': { deadlineMs: 110_000 },
  'config.apply': { deadlineMs: 120_000, effect: 'apply_config' },
  'config.patch': { deadlineMs: 120_000, effect: 'patch_config' },
  'cluster.bootstrap': { deadlineMs: 120_000, effect: 'bootstrap', isAttempt: true },
  'etcd.recover': { deadlineMs: 300_000, effect: 'recover_etcd', isAttempt: true },
  'os.reset': { deadlineMs: 120_000, effect: 'reset', isAttempt: true },
  'os.shutdown': { deadlineMs: 120_000, effect: 'shutdown', isAttempt: true },
  'os.rollback': { deadlineMs: 120_000, effect: 'rollback_boot', isAttempt: true },
  'kubernetes.upgrade': { deadlineMs: 120_000, effect: 'upgrade_kubernetes', isAttempt: true },
  'ca.rotate': { deadlineMs: 120_000, effect: 'rotate_certificates', isAttempt: true },
  'etcd.remove_member': { deadlineMs: 60_000, effect: 'remove_etcd_member' },
  'etcd.leave': { deadlineMs: 60_000, effect: 'leave_etcd' },
  'etcd.defragment': { deadlineMs: 600_000, effect: 'defragment' },
  'etcd.disarm': { deadlineMs: 60_000, effect: 'disarm_alarm' },
  'kubeconfig.write': { deadlineMs: 60_000, effect: 'write_kubeconfig' },
} as const satisfies Record<Capability, { deadlineMs: number; effect?: EffectKind; isAttempt?: true }>;

export type ActCapability = {
  [C in Capability]: (typeof capabilities)[C] extends { effect: EffectKind } ? C : never;
}[Capability];
export type ReadCapability = Exclude<Capability, ActCapability>;

export interface Binding<Reading> {
  tool: string;
  args: ArgumentsTemplate;
  /** Why the tool can't be asked for this; undefined when it can. */
  refuses?(values: Partial<CallValues>): string | undefined;
  /** Throws CONTRACTOR_UNINTELLIGIBLE for an answer it does not know. */
  read(answer: ToolAnswer): Reading;
}
export type CapabilityBindings = { readonly [C in Capability]?: Binding<CapabilityAnswers[C]> };

/** What the contractor itself said went wrong, in the words of the classification table (contractors 3.8). */
export interface StatedFailure {
  errorClass: TalosErrorClass;
  message: string;
  /** The error was in no form the profile knows: not even that the contractor itself has ended the call is known. */
  isUnclassed?: true;
}
