import { DivisionError, type ErrorCode } from '../errors.ts';
import { withDeadline } from '../host/deadline.ts';
import { stopwatch } from '../host/stopwatch.ts';
import type { Effect } from '../model/effect.ts';
import { machineEffects } from '../model/machine-effects.ts';
import { applyConfig } from './effects/apply-config.ts';
import { applyObjects } from './effects/apply-objects.ts';
import { bootstrap } from './effects/bootstrap.ts';
import { cordon } from './effects/cordon.ts';
import { createNamespace } from './effects/create-namespace.ts';
import { defragment } from './effects/defragment.ts';
import { deleteNode } from './effects/delete-node.ts';
import { deleteObjects } from './effects/delete-objects.ts';
import { disarmAlarm } from './effects/disarm-alarm.ts';
import type { EffectContext, EffectOutcome, FencedContext } from './effects/effect-performer.ts';
import { evict } from './effects/evict.ts';
import { forfeit } from './effects/forfeit.ts';
import { holdLease } from './effects/hold-lease.ts';
import { install } from './effects/install.ts';
import { labelNode } from './effects/label-node.ts';
import { leaveEtcd } from './effects/leave-etcd.ts';
import { patchConfig } from './effects/patch-config.ts';
import { reboot } from './effects/reboot.ts';
import { recoverEtcd } from './effects/recover-etcd.ts';
import { releaseLease } from './effects/release-lease.ts';
import { removeEtcdMember } from './effects/remove-etcd-member.ts';
import { reset } from './effects/reset.ts';
import { restartWorkload } from './effects/restart-workload.ts';
import { restoreObjects } from './effects/restore-objects.ts';
import { rollbackBoot } from './effects/rollback-boot.ts';
import { rollbackWorkload } from './effects/rollback-workload.ts';
import { rotateCertificates } from './effects/rotate-certificates.ts';
import { scaleWorkload } from './effects/scale-workload.ts';
import { shutdown } from './effects/shutdown.ts';
import { snapshot } from './effects/snapshot.ts';
import { taintNode } from './effects/taint-node.ts';
import { uncordon } from './effects/uncordon.ts';
import { upgradeKubernetes } from './effects/upgrade-kubernetes.ts';
import { writeKubeconfig } from './effects/write-kubeconfig.ts';
import { Fence } from './fence.ts';

/** What is sent to a machine: the first one also starts and probes the contractor. */
const TO_MACHINES: readonly Effect['kind'][] = [
  'install',
  'reboot',
  ...machineEffects.map(({ shape }) => shape.kind.value),
];

/**
 * Longest an effect's own call may take, wall time: a snapshot and a defragmentation go through a whole database, a recovery reads
 * one, a manifest has up to 500 objects; the others answer at once.
 */
const deadlineMs = (kind: Effect['kind']): number => {
  if (kind === 'snapshot' || kind === 'defragment') return 660_000;
  if (kind === 'recover_etcd') return 360_000;
  if (kind === 'apply_objects' || kind === 'restore_objects') return 300_000;
  return TO_MACHINES.includes(kind) ? 180_000 : 90_000;
};

function dispatch(effect: Effect, context: FencedContext): Promise<EffectOutcome> {
  switch (effect.kind) {
    case 'hold_lease':
      return holdLease(effect, context);
    case 'release_lease':
      return releaseLease(effect, context);
    case 'snapshot':
      return snapshot(effect, context);
    case 'forfeit':
      return forfeit(effect, context);
    case 'cordon':
      return cordon(effect, context);
    case 'evict':
      return evict(effect, context);
    case 'install':
      return install(effect, context);
    case 'reboot':
      return reboot(effect, context);
    case 'uncordon':
      return uncordon(effect, context);
    case 'apply_config':
      return applyConfig(effect, context);
    case 'bootstrap':
      return bootstrap(effect, context);
    case 'defragment':
      return defragment(effect, context);
    case 'disarm_alarm':
      return disarmAlarm(effect, context);
    case 'leave_etcd':
      return leaveEtcd(effect, context);
    case 'patch_config':
      return patchConfig(effect, context);
    case 'recover_etcd':
      return recoverEtcd(effect, context);
    case 'remove_etcd_member':
      return removeEtcdMember(effect, context);
    case 'reset':
      return reset(effect, context);
    case 'rollback_boot':
      return rollbackBoot(effect, context);
    case 'rotate_certificates':
      return rotateCertificates(effect, context);
    case 'shutdown':
      return shutdown(effect, context);
    case 'upgrade_kubernetes':
      return upgradeKubernetes(effect, context);
    case 'write_kubeconfig':
      return writeKubeconfig(effect, context);
    case 'apply_objects':
      return applyObjects(effect, context);
    case 'create_namespace':
      return createNamespace(effect, context);
    case 'delete_node':
      return deleteNode(effect, context);
    case 'delete_objects':
      return deleteObjects(effect, context);
    case 'label_node':
      return labelNode(effect, context);
    case 'restart_workload':
      return restartWorkload(effect, context);
    case 'restore_objects':
      return restoreObjects(effect, context);
    case 'rollback_workload':
      return rollbackWorkload(effect, context);
    case 'scale_workload':
      return scaleWorkload(effect, context);
    case 'taint_node':
      return taintNode(effect, context);
  }
}

/** The cluster's Lease is checked before each of these (SAFETY 6). */
const DISRUPTIVE: readonly Effect['kind'][] = [
  'cordon',
  'evict',
  'forfeit',
  'install',
  'reboot',
  'apply_config',
  'patch_config',
  'reset',
  'shutdown',
  'rollback_boot',
  'upgrade_kubernetes',
  'rotate_certificates',
  'remove_etcd_member',
  'leave_etcd',
  'defragment',
  'apply_objects',
  'restore_objects',
  'scale_workload',
  'restart_workload',
  'rollback_workload',
  'delete_objects',
  'taint_node',
  'delete_node',
];

/** Done under the cluster's Lease. A machine without a configuration is no node yet, and a new cluster has no Lease. */
export function isDisruptive(effect: Effect): boolean {
  if (effect.kind === 'apply_config' && effect.maintenance) return false;
  if (effect.kind === 'reset' && effect.scratch) return false;
  return DISRUPTIVE.includes(effect.kind);
}

/** Takes or renews the Lease. With etcd's quorum proved lost no Kubernetes can be asked, by nobody: then its silence is let pass. */
async function holdLeaseFor(effect: Effect, { writers, authorization, operationId, signal }: EffectContext) {
  try {
    await writers.kubernetes.holdLease(authorization, operationId, signal);
  } catch (error) {
    const isExpected = effect.kind === 'reset' && effect.quorum_is_lost;
    const isSilent = error instanceof DivisionError && error.code === 'KUBERNETES_UNAVAILABLE';
    if (!isExpected || !isSilent) throw error;
  }
}

/**
 * Performs an effect whose intent is on disk, and says what was answered. The Authorization is checked here and again where the
 * writer acts. `unknown` means that it may have happened: only observation tells. `refused` may be asked again as it is: an API that
 * does not answer has refused nothing for good.
 */
export async function performEffect(effect: Effect, context: EffectContext): Promise<EffectOutcome> {
  const { authorization, operationId, sinceLook = stopwatch() } = context;
  if (!authorization.permits(effect.kind, effect.cluster) || authorization.grounds.operationId !== operationId) {
    throw new DivisionError(
      'AUTHORITY_REFUSED',
      `this operation has no authority for ${effect.kind} on ${effect.cluster}`,
      'plan again',
    );
  }
  const signal = withDeadline(context.signal, deadlineMs(effect.kind));
  const fence = new Fence(sinceLook, () => holdLeaseFor(effect, { ...context, signal }));
  try {
    if (isDisruptive(effect)) await fence.pass();
    return await dispatch(effect, { ...context, signal, fence: () => fence.pass() });
  } catch (error) {
    if (!(error instanceof DivisionError)) throw error;
    if (error.code === 'OPERATION_CONFLICT' || error.code === 'AUTHORITY_REFUSED') throw error;
    const { code, message } = error;
    return { result: resultOf(code), code, detail: `${code}: ${message}` };
  }
}

function resultOf(code: ErrorCode): EffectOutcome['result'] {
  if (code === 'OUTCOME_UNKNOWN' || code === 'TIMEOUT' || code === 'CANCELLED') return 'unknown';
  return code === 'KUBERNETES_UNAVAILABLE' ? 'refused' : 'failed';
}
