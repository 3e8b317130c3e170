import { DivisionError } from '../../errors.ts';
import type { StepKind } from '../../model/step.ts';
import { applyManifests } from './apply-manifests.ts';
import { awaitHealth } from './await-health.ts';
import { awaitJoin } from './await-join.ts';
import { awaitMachines } from './await-machines.ts';
import { awaitRecovery } from './await-recovery.ts';
import { awaitRejoin } from './await-rejoin.ts';
import { awaitRollout } from './await-rollout.ts';
import { bootstrapCluster } from './bootstrap-cluster.ts';
import { check } from './check.ts';
import { checkFit } from './check-fit.ts';
import { chooseSnapshot } from './choose-snapshot.ts';
import { compareRestored } from './compare-restored.ts';
import { configureMachine } from './configure-machine.ts';
import { configureScratch } from './configure-scratch.ts';
import { cordon } from './cordon.ts';
import { deleteNode } from './delete-node.ts';
import { diagnose } from './diagnose.ts';
import { drain } from './drain.ts';
import { drillRestore } from './drill-restore.ts';
import { dryRun } from './dry-run.ts';
import { ensureNamespace } from './ensure-namespace.ts';
import { escalate } from './escalate.ts';
import { fetchKubeconfig } from './fetch-kubeconfig.ts';
import { handOff } from './hand-off.ts';
import { holdLease } from './hold-lease.ts';
import { holdMaintenance } from './hold-maintenance.ts';
import { keepEtcdData } from './keep-etcd-data.ts';
import { labelNode } from './label-node.ts';
import { leaveEtcd } from './leave-etcd.ts';
import { lintManifests } from './lint-manifests.ts';
import { mitigate } from './mitigate.ts';
import { proveNode } from './prove-node.ts';
import { proveQuorumLost } from './prove-quorum-lost.ts';
import { record } from './record.ts';
import { recoverEtcd } from './recover-etcd.ts';
import { resetMachine } from './reset-machine.ts';
import { restoreScratch } from './restore-scratch.ts';
import { rollBack } from './roll-back.ts';
import { rotateCertificates } from './rotate-certificates.ts';
import { snapshotEtcd } from './snapshot-etcd.ts';
import type { StepContext, StepLook, StepPerformer, StepScene } from './step.ts';
import { uncordon } from './uncordon.ts';
import { upgradeControlPlane } from './upgrade-control-plane.ts';
import { upgradeKubelet } from './upgrade-kubelet.ts';
import { verifyEndpoints } from './verify-endpoints.ts';
import { verifySnapshot } from './verify-snapshot.ts';
import { watchStability } from './watch-stability.ts';
import { wipeEtcd } from './wipe-etcd.ts';
import { wipeScratch } from './wipe-scratch.ts';

/** Each kind of step with its file. */
const performers: { readonly [Kind in StepKind]?: StepPerformer<Kind> } = {
  check,
  record,
  hand_off: handOff,
  verify_snapshot: verifySnapshot,
  drill_restore: drillRestore,
  configure_scratch: configureScratch,
  restore_scratch: restoreScratch,
  compare_restored: compareRestored,
  wipe_scratch: wipeScratch,
  hold_lease: holdLease,
  await_health: awaitHealth,
  snapshot_etcd: snapshotEtcd,
  cordon,
  drain,
  hold_maintenance: holdMaintenance,
  uncordon,
  prove_node: proveNode,
  fetch_kubeconfig: fetchKubeconfig,
  rotate_certificates: rotateCertificates,
  await_machines: awaitMachines,
  configure_machine: configureMachine,
  await_join: awaitJoin,
  label_node: labelNode,
  bootstrap_cluster: bootstrapCluster,
  lint_manifests: lintManifests,
  check_fit: checkFit,
  ensure_namespace: ensureNamespace,
  dry_run: dryRun,
  apply_manifests: applyManifests,
  await_rollout: awaitRollout,
  verify_endpoints: verifyEndpoints,
  roll_back: rollBack,
  diagnose,
  mitigate,
  watch_stability: watchStability,
  prove_quorum_lost: proveQuorumLost,
  choose_snapshot: chooseSnapshot,
  keep_etcd_data: keepEtcdData,
  wipe_etcd: wipeEtcd,
  recover_etcd: recoverEtcd,
  await_recovery: awaitRecovery,
  await_rejoin: awaitRejoin,
  escalate,
  leave_etcd: leaveEtcd,
  reset_machine: resetMachine,
  delete_node: deleteNode,
  upgrade_control_plane: upgradeControlPlane,
  upgrade_kubelet: upgradeKubelet,
};

/** Looks at one step's target. [whatever its reads throw] */
export function lookAt(scene: StepScene): Promise<StepLook> {
  return lookWith(scene, scene.step.action.does);
}

function lookWith<Kind extends StepKind>(scene: StepScene, does: Kind): Promise<StepLook> {
  const performer: StepPerformer<Kind> | undefined = performers[does];
  if (performer && isOfKind(scene, does)) return performer(scene);
  throw new DivisionError(
    'CAPABILITY_MISSING',
    `this version of the general manager does not do ${does} by itself`,
    'do it by hand, then control_operation resume',
  );
}

const isOfKind = <Kind extends StepKind>(scene: StepScene, does: Kind): scene is StepContext<Kind> =>
  scene.step.action.does === does;
