/** Answers of our own contractor about one machine, and to what is done to one (model/talos-reads.ts, model/talos-actions.ts). */
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
  TimeFacts,
} from '../../model/machine-facts.ts';
import type { ApplyClaim } from '../../ports/talos-machines.ts';
import { foreignText } from '../foreign-text.ts';
import type { KubeconfigReading, OfMachine } from '../readings.ts';
import { type ToolAnswer, unintelligible } from '../tool-answer.ts';
import { structured } from './own.ts';

function moment(answer: ToolAnswer, text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw unintelligible(answer, 'a time in ISO 8601');
  return at;
}

export function ownCertificates(answer: ToolAnswer): OfMachine<CertificateView> {
  const { node, certificates, unanswered } = structured('talos_certificates', answer);
  const reading = {
    certificates: certificates.map(({ kind, name, not_before, expires_at }) => ({
      kind,
      name,
      notBefore: moment(answer, not_before),
      expiresAt: moment(answer, expires_at),
    })),
    unanswered: unanswered.map(({ part, error_class, message }) => {
      const why = `${foreignText(error_class, 40)}: ${foreignText(message, 160)}`;
      return `${foreignText(part, 60)} ${why}`;
    }),
  };
  return { address: node, reading };
}

type ToldDisk = ReturnType<typeof structured<'talos_disks'>>['disks'][number];

const diskOf = (disk: ToldDisk): DiskFacts => ({
  id: disk.id,
  devPath: disk.dev_path,
  sizeBytes: disk.size_bytes,
  model: disk.model,
  serial: disk.serial,
  wwid: disk.wwid,
  transport: disk.transport,
  isRotational: disk.rotational,
  isReadOnly: disk.read_only,
});

export function ownDisks(answer: ToolAnswer): OfMachine<DiskFacts[]> {
  const { node, disks } = structured('talos_disks', answer);
  return { address: node, reading: disks.map(diskOf) };
}

export function ownDmesg(answer: ToolAnswer): string[] {
  return structured('talos_dmesg', answer).lines;
}

export function ownTime(answer: ToolAnswer): OfMachine<TimeFacts> {
  const { node, server, offset_ms } = structured('talos_time', answer);
  return { address: node, reading: { server, offsetMs: offset_ms } };
}

export function ownMemory(answer: ToolAnswer): OfMachine<MemoryFacts> {
  const { node, total_mb, used_mb, free_mb, available_mb } = structured('talos_memory', answer);
  return {
    address: node,
    reading: { totalMb: total_mb, usedMb: used_mb, freeMb: free_mb, availableMb: available_mb },
  };
}

export function ownContainers(answer: ToolAnswer): OfMachine<ContainerFacts[]> {
  const { node, containers } = structured('talos_containers', answer);
  const reading = containers.map(({ namespace, id, image, pid, status }) => ({ namespace, id, image, pid, status }));
  return { address: node, reading };
}

export function ownStats(answer: ToolAnswer): OfMachine<ContainerUsageFacts[]> {
  const { node, stats } = structured('talos_stats', answer);
  const reading = stats.map(({ namespace, id, memory_mb, cpu_nanoseconds }) => ({
    namespace,
    id,
    memoryMb: memory_mb,
    cpuNanoseconds: cpu_nanoseconds,
  }));
  return { address: node, reading };
}

export function ownImages(answer: ToolAnswer): OfMachine<ImageFacts[]> {
  const { node, images } = structured('talos_images', answer);
  return {
    address: node,
    reading: images.map(({ image, digest, size, created }) => ({ image, digest, size, created })),
  };
}

export function ownMaintenanceMachine(answer: ToolAnswer): MaintenanceMachineFacts {
  const { node, system_uuid, disks } = structured('talos_maintenance_machine', answer);
  return { address: node, systemUuid: system_uuid, disks: disks.map(diskOf) };
}

export function ownPreview(tool: 'talos_apply_preview' | 'talos_patch_preview') {
  return (answer: ToolAnswer): OfMachine<ConfigPreviewFacts> => {
    const { node, changes, reboots, changed_keys } = structured(tool, answer);
    return { address: node, reading: { changes, reboots, changedKeys: changed_keys } };
  };
}

export function ownKubernetesUpgradePlan(answer: ToolAnswer): KubernetesUpgradeFacts {
  const { from, to, control_plane, workers, changes } = structured('talos_kubernetes_upgrade_plan', answer);
  return {
    from,
    to,
    controlPlane: control_plane,
    workers,
    changes: changes.map(({ node, component, from: before, to: after }) => ({
      address: node,
      component,
      from: before,
      to: after,
    })),
  };
}

export function ownRotationPlan(answer: ToolAnswer): RotationFacts {
  const { control_plane, workers } = structured('talos_rotation_plan', answer);
  return { controlPlane: control_plane, workers };
}

export function ownApplied(tool: 'talos_apply_config' | 'talos_patch_config') {
  return (answer: ToolAnswer): ApplyClaim => {
    const { changed, reboots, detail } = structured(tool, answer);
    return { changed, reboots, detail: foreignText(detail, 200) };
  };
}

export function ownDone(tool: 'talos_etcd_remove_member' | 'talos_etcd_leave' | 'talos_etcd_defragment') {
  return (answer: ToolAnswer): string => structured(tool, answer).detail;
}

export function ownDisarmed(answer: ToolAnswer): { memberId: string; alarm: string }[] {
  return structured('talos_etcd_disarm_alarms', answer).disarmed.map(({ member_id, alarm }) => ({
    memberId: member_id,
    alarm,
  }));
}

export function ownKubeconfig(answer: ToolAnswer): KubeconfigReading {
  const { path, bytes, sha256, server, expires_at } = structured('talos_kubeconfig', answer);
  if (!/^[0-9a-f]{64}$/.test(sha256) || bytes <= 0) throw unintelligible(answer, 'a size and a sha256');
  return {
    path,
    bytes,
    sha256,
    server,
    expiresAt: expires_at === null ? undefined : moment(answer, expires_at),
  };
}
