import type { Effect, EffectKind } from '../../model/effect.ts';
import type { PlannedStep, StepKind } from '../../model/step.ts';

interface StepRights {
  /** What the step may do to its cluster; nothing else may be asked for with a procedure's authorization. */
  effects: readonly EffectKind[];
  /** The authority action that it is by itself (CONTRACT); absent where it only looks, records or tells. */
  action?: string;
}

const looks: StepRights = { effects: [] };
const drains: readonly EffectKind[] = ['hold_lease', 'cordon', 'evict', 'uncordon'];

/** Of each kind of step. A step that could be done under another name would be done without whose decision it is. */
export const stepRights: Readonly<Record<StepKind, StepRights>> = {
  check: looks,
  hold_lease: { effects: ['hold_lease', 'release_lease'] },
  await_health: looks,
  snapshot_etcd: { effects: ['snapshot'] },
  verify_snapshot: looks,
  drill_restore: looks,
  configure_scratch: { effects: ['apply_config'], action: 'cluster.create' },
  restore_scratch: { effects: ['recover_etcd'], action: 'cluster.create' },
  compare_restored: looks,
  wipe_scratch: { effects: ['reset'], action: 'cluster.create' },
  cordon: { effects: ['hold_lease', 'cordon', 'uncordon'], action: 'node.cordon' },
  drain: { effects: drains, action: 'node.drain' },
  hold_maintenance: looks,
  uncordon: { effects: ['hold_lease', 'uncordon'], action: 'node.cordon' },
  prove_node: looks,
  diagnose: looks,
  mitigate: { effects: ['scale_workload', 'restart_workload', 'rollback_workload'], action: 'workload.deploy' },
  watch_stability: looks,
  leave_etcd: { effects: ['leave_etcd', 'remove_etcd_member'], action: 'node.remove' },
  reset_machine: { effects: ['reset'], action: 'node.remove' },
  delete_node: { effects: ['delete_node'], action: 'node.remove' },
  await_machines: looks,
  configure_machine: { effects: ['apply_config'], action: 'node.add' },
  await_join: looks,
  label_node: { effects: ['label_node', 'taint_node'], action: 'config.update' },
  bootstrap_cluster: { effects: ['bootstrap'], action: 'cluster.create' },
  prove_quorum_lost: looks,
  choose_snapshot: looks,
  keep_etcd_data: { effects: ['snapshot'] },
  wipe_etcd: { effects: ['reset'], action: 'etcd.recover' },
  recover_etcd: { effects: ['recover_etcd'], action: 'etcd.recover' },
  await_recovery: looks,
  await_rejoin: looks,
  escalate: looks,
  fetch_kubeconfig: { effects: ['write_kubeconfig'] },
  rotate_certificates: { effects: ['rotate_certificates', 'write_kubeconfig'], action: 'secret.update' },
  upgrade_control_plane: { effects: ['upgrade_kubernetes'], action: 'kubernetes.upgrade' },
  upgrade_kubelet: { effects: ['patch_config'], action: 'kubernetes.upgrade' },
  lint_manifests: looks,
  check_fit: looks,
  ensure_namespace: { effects: ['create_namespace'], action: 'namespace.manage' },
  dry_run: looks,
  apply_manifests: { effects: ['apply_objects'], action: 'workload.deploy' },
  await_rollout: looks,
  verify_endpoints: looks,
  roll_back: { effects: ['restore_objects'], action: 'workload.deploy' },
  hand_off: looks,
  record: looks,
};

/** True when the procedure changes or may take down something of a cluster; one that only looks needs no right to. */
export const changesClusters = (steps: readonly PlannedStep[]): boolean => effectsOfSteps(steps).length > 0;

/** True when the procedure changes this one of its clusters: another may be in it only to be looked at. */
export const changesCluster = (steps: readonly PlannedStep[], name: string): boolean =>
  changesClusters(steps.filter(({ target }) => target.cluster === name));

/** Of the steps, and of what takes them back. */
export const kindsIn = (steps: readonly PlannedStep[]): StepKind[] =>
  steps.flatMap(({ action, undone_by }) => [action.does, ...(undone_by ? [undone_by.does] : [])]);

/** Why a step may not have this effect; undefined when it may: what one step is for is no other step's right, nor another cluster's. */
export function forbiddenTo({ id, action, target }: PlannedStep, { kind, cluster }: Effect): string | undefined {
  if (!stepRights[action.does].effects.includes(kind)) return `${id} (${action.does}) has no right to ${kind}`;
  return cluster === target.cluster
    ? undefined
    : `${id} is about ${target.cluster ?? 'the division'}, not about ${cluster}`;
}

/** Everything that the steps, and what takes them back, may do. The Lease is held wherever something is done (SAFETY 6). */
export function effectsOfSteps(steps: readonly PlannedStep[]): EffectKind[] {
  const effects = [...new Set(kindsIn(steps).flatMap(kind => stepRights[kind].effects))];
  return effects.length > 0 ? [...new Set<EffectKind>([...effects, 'hold_lease', 'release_lease'])] : effects;
}
