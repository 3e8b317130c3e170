/** How our own contractor is asked about, and given work on, one machine beside upgrading it. */
import type { ArgumentsTemplate } from '../call-arguments.ts';
import type { CapabilityBindings } from '../capability-map.ts';
import { ownDispatch } from '../readers/own.ts';
import {
  ownApplied,
  ownCertificates,
  ownContainers,
  ownDisarmed,
  ownDisks,
  ownDmesg,
  ownDone,
  ownImages,
  ownKubeconfig,
  ownKubernetesUpgradePlan,
  ownMaintenanceMachine,
  ownMemory,
  ownPreview,
  ownRotationPlan,
  ownStats,
  ownTime,
} from '../readers/own-machines.ts';

export const target = {
  context: { value: 'context' },
  node: { value: 'address' },
  endpoints: { value: 'endpoints' },
} as const satisfies ArgumentsTemplate;

export const attempt = {
  attempt_id: { value: 'attemptId' },
  system_uuid: { value: 'systemUuid' },
  boot_id: { value: 'bootId' },
  supersedes: { value: 'supersedes', whenPresent: true },
} as const satisfies ArgumentsTemplate;

const once = { ...target, ...attempt } as const;
const file = { path: { value: 'path' }, sha256: { value: 'sha256' } } as const;
const config = { ...target, system_uuid: { value: 'systemUuid' }, mode: { value: 'mode' } } as const;
const ofPods = { ...target, kubernetes: { value: 'kubernetes' } } as const;
const authority = { authority: { value: 'authority' } } as const;

export const machineBindings: CapabilityBindings = {
  'certificates.read': { tool: 'talos_certificates', args: target, read: ownCertificates },
  'disks.read': { tool: 'talos_disks', args: target, read: ownDisks },
  'dmesg.read': { tool: 'talos_dmesg', args: { ...target, tail_lines: { value: 'tailLines' } }, read: ownDmesg },
  'time.read': { tool: 'talos_time', args: target, read: ownTime },
  'memory.read': { tool: 'talos_memory', args: target, read: ownMemory },
  'stats.read': { tool: 'talos_stats', args: ofPods, read: ownStats },
  'containers.read': { tool: 'talos_containers', args: ofPods, read: ownContainers },
  'images.read': { tool: 'talos_images', args: { ...target, namespace: { value: 'namespace' } }, read: ownImages },
  'maintenance.read': { tool: 'talos_maintenance_machine', args: target, read: ownMaintenanceMachine },
  'config.preview': {
    tool: 'talos_apply_preview',
    args: { ...target, ...file },
    read: ownPreview('talos_apply_preview'),
  },
  'patch.preview': {
    tool: 'talos_patch_preview',
    args: { ...target, patch: { value: 'patch' } },
    read: ownPreview('talos_patch_preview'),
  },
  'kubernetes.upgrade_plan': {
    tool: 'talos_kubernetes_upgrade_plan',
    args: { ...target, to: { value: 'to' }, kubelets: { value: 'kubelets' } },
    read: ownKubernetesUpgradePlan,
  },
  'ca.rotation_plan': { tool: 'talos_rotation_plan', args: { ...target, ...authority }, read: ownRotationPlan },
  'config.apply': {
    tool: 'talos_apply_config',
    args: { ...config, ...file, maintenance: { value: 'maintenance' } },
    read: ownApplied('talos_apply_config'),
  },
  'config.patch': {
    tool: 'talos_patch_config',
    args: { ...config, patch: { value: 'patch' } },
    read: ownApplied('talos_patch_config'),
  },
  'cluster.bootstrap': {
    tool: 'talos_bootstrap',
    args: { ...once, control_plane: { value: 'controlPlane' } },
    read: ownDispatch('talos_bootstrap'),
  },
  'etcd.recover': {
    tool: 'talos_recover_etcd',
    args: { ...once, ...file, control_plane: { value: 'controlPlane' }, gone: { value: 'gone' } },
    read: ownDispatch('talos_recover_etcd'),
  },
  'os.reset': {
    tool: 'talos_reset',
    args: { ...once, graceful: { value: 'graceful' }, reboots: { value: 'reboots' }, labels: { value: 'labels' } },
    read: ownDispatch('talos_reset'),
  },
  'os.shutdown': {
    tool: 'talos_shutdown',
    args: { ...once, force: { value: 'force' } },
    read: ownDispatch('talos_shutdown'),
  },
  'os.rollback': { tool: 'talos_rollback', args: once, read: ownDispatch('talos_rollback') },
  'kubernetes.upgrade': {
    tool: 'talos_upgrade_kubernetes',
    args: { ...once, from: { value: 'from' }, to: { value: 'to' }, kubelets: { value: 'kubelets' } },
    read: ownDispatch('talos_upgrade_kubernetes'),
  },
  'ca.rotate': {
    tool: 'talos_rotate_ca',
    args: { ...once, ...authority, talosconfig_path: { value: 'path' } },
    read: ownDispatch('talos_rotate_ca'),
  },
  'etcd.remove_member': {
    tool: 'talos_etcd_remove_member',
    args: { ...target, member_id: { value: 'memberId' } },
    read: ownDone('talos_etcd_remove_member'),
  },
  'etcd.leave': { tool: 'talos_etcd_leave', args: target, read: ownDone('talos_etcd_leave') },
  'etcd.defragment': { tool: 'talos_etcd_defragment', args: target, read: ownDone('talos_etcd_defragment') },
  'etcd.disarm': { tool: 'talos_etcd_disarm_alarms', args: target, read: ownDisarmed },
  'kubeconfig.write': {
    tool: 'talos_kubeconfig',
    args: { ...target, path: { value: 'path' } },
    read: ownKubeconfig,
  },
};
