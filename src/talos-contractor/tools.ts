import type { Tool } from '../mcp/define-tool.ts';
import type { TalosContext } from './context.ts';
import { talosApplyConfig } from './tools/talos-apply-config.ts';
import { talosApplyPreview } from './tools/talos-apply-preview.ts';
import { talosAttempt } from './tools/talos-attempt.ts';
import { talosBootstrap } from './tools/talos-bootstrap.ts';
import { talosCertificates } from './tools/talos-certificates.ts';
import { talosContainers } from './tools/talos-containers.ts';
import { talosContexts } from './tools/talos-contexts.ts';
import { talosDisks } from './tools/talos-disks.ts';
import { talosDmesg } from './tools/talos-dmesg.ts';
import { talosEtcdAlarms } from './tools/talos-etcd-alarms.ts';
import { talosEtcdDefragment } from './tools/talos-etcd-defragment.ts';
import { talosEtcdDisarmAlarms } from './tools/talos-etcd-disarm-alarms.ts';
import { talosEtcdForfeitLeadership } from './tools/talos-etcd-forfeit-leadership.ts';
import { talosEtcdLeave } from './tools/talos-etcd-leave.ts';
import { talosEtcdMembers } from './tools/talos-etcd-members.ts';
import { talosEtcdRemoveMember } from './tools/talos-etcd-remove-member.ts';
import { talosEtcdSnapshot } from './tools/talos-etcd-snapshot.ts';
import { talosEtcdStatus } from './tools/talos-etcd-status.ts';
import { talosImages } from './tools/talos-images.ts';
import { talosInstall } from './tools/talos-install.ts';
import { talosKubeconfig } from './tools/talos-kubeconfig.ts';
import { talosKubernetesUpgradePlan } from './tools/talos-kubernetes-upgrade-plan.ts';
import { talosLogs } from './tools/talos-logs.ts';
import { talosMachine } from './tools/talos-machine.ts';
import { talosMaintenanceMachine } from './tools/talos-maintenance-machine.ts';
import { talosMembers } from './tools/talos-members.ts';
import { talosMemory } from './tools/talos-memory.ts';
import { talosPatchConfig } from './tools/talos-patch-config.ts';
import { talosPatchPreview } from './tools/talos-patch-preview.ts';
import { talosReboot } from './tools/talos-reboot.ts';
import { talosRecoverEtcd } from './tools/talos-recover-etcd.ts';
import { talosReset } from './tools/talos-reset.ts';
import { talosRollback } from './tools/talos-rollback.ts';
import { talosRotateCa } from './tools/talos-rotate-ca.ts';
import { talosRotationPlan } from './tools/talos-rotation-plan.ts';
import { talosServices } from './tools/talos-services.ts';
import { talosShutdown } from './tools/talos-shutdown.ts';
import { talosStats } from './tools/talos-stats.ts';
import { talosTime } from './tools/talos-time.ts';
import { talosUpgradeKubernetes } from './tools/talos-upgrade-kubernetes.ts';
import { talosVersion } from './tools/talos-version.ts';

/** Every tool the contractor offers, by what it reaches: the talosconfig, a machine, etcd, then what changes something. */
export const tools: readonly Tool<TalosContext>[] = [
  talosContexts,
  talosVersion,
  talosMachine,
  talosMembers,
  talosServices,
  talosLogs,
  talosDisks,
  talosDmesg,
  talosTime,
  talosMemory,
  talosContainers,
  talosStats,
  talosImages,
  talosMaintenanceMachine,
  talosApplyPreview,
  talosPatchPreview,
  talosKubernetesUpgradePlan,
  talosRotationPlan,
  talosCertificates,
  talosEtcdMembers,
  talosEtcdStatus,
  talosEtcdAlarms,
  talosEtcdSnapshot,
  talosEtcdForfeitLeadership,
  talosInstall,
  talosReboot,
  talosApplyConfig,
  talosPatchConfig,
  talosBootstrap,
  talosRecoverEtcd,
  talosReset,
  talosShutdown,
  talosRollback,
  talosUpgradeKubernetes,
  talosRotateCa,
  talosEtcdRemoveMember,
  talosEtcdLeave,
  talosEtcdDefragment,
  talosEtcdDisarmAlarms,
  talosKubeconfig,
  talosAttempt,
];
