import type { ClusterSpec } from '../../fleet.ts';
import type { Machine } from '../machine.ts';
import { SeededRandom, sha256Hex, spreadOf } from '../random.ts';

interface Surroundings {
  index: number;
  seed: number;
  schematic: string;
  nowMs: number;
}

const DAY_MS = 86_400_000;

/** 10.(5 + cluster).x.y: control plane from .2 on, workers from .1.1 on; the VIP is .0.250. */
const addressOf = (cluster: number, role: Machine['role'], ordinal: number): string =>
  role === 'controlplane'
    ? `10.${5 + cluster}.0.${1 + ordinal}`
    : `10.${5 + cluster}.${1 + Math.floor((ordinal - 1) / 250)}.${1 + ((ordinal - 1) % 250)}`;

/** 10.244.0.0/24 and on, after 10.255.255.0/24 from 10.160.0.0/24. */
const podCidrOf = (index: number): string => {
  const high = index >> 8;
  return `10.${high < 12 ? 244 + high : 148 + high}.${index & 255}.0/24`;
};

/** The machines of a cluster, all running: control plane first. */
export function makeMachines(spec: ClusterSpec, around: Surroundings): Machine[] {
  const roles: Machine['role'][] = [
    ...Array.from({ length: spec.control_planes }, () => 'controlplane' as const),
    ...Array.from({ length: spec.workers }, () => 'worker' as const),
  ];
  return roles.map((role, index) => {
    const ordinal = role === 'controlplane' ? index + 1 : index + 1 - spec.control_planes;
    return makeMachine(spec, role, ordinal, around);
  });
}

/**
 * A machine that stands ready beside a cluster: booted from the network, without a configuration, nothing on its disk. It is shaped as
 * the cluster's last machine of that role, and takes the next name and address.
 */
export function makeSpare(
  machines: readonly Machine[],
  role: Machine['role'],
  around: { cluster: string; seed: number; nowMs: number },
): Machine {
  const alike = machines.filter(machine => machine.role === role).at(-1) ?? machines.at(-1);
  if (alike === undefined) throw new Error(`${around.cluster} has no machines`);
  const prefix = `${around.cluster}-${role === 'controlplane' ? 'cp' : 'worker'}-`;
  const ordinals = machines.flatMap(({ name }) => (name.startsWith(prefix) ? [Number(name.slice(prefix.length))] : []));
  const ordinal = Math.max(0, ...ordinals) + 1;
  const name = `${prefix}${ordinal}`;
  const draw = new SeededRandom(Number.parseInt(sha256Hex(`${around.seed} machine ${name}`).slice(0, 8), 16));
  const [, network] = alike.ip.split('.');
  const { cpu_cores, memory_mib, kubelet_version, running, platform, zone } = alike;
  return withoutConfiguration(
    {
      name,
      ip: addressOf(Number(network) - 5, role, ordinal),
      pod_cidr: podCidrOf(machines.length),
      role,
      system_uuid: draw.uuid(),
      boot_id: draw.uuid(),
      boots: 1,
      running,
      running_slot: 'A',
      next_slot: 'A',
      kubelet_version,
      platform,
      cpu_cores,
      memory_mib,
      ...(zone !== undefined && { zone }),
      console: [],
    },
    around.nowMs,
  );
}

type Hardware = Omit<
  Machine,
  'booted_ms' | 'is_ready' | 'kubelet_runs' | 'etcd_runs' | 'api_server_runs' | 'slots' | 'stage'
>;

/** Booted from the network a moment ago: nothing is on its disk, and nothing runs. */
export function withoutConfiguration(machine: Hardware, nowMs: number): Machine {
  return {
    ...machine,
    booted_ms: nowMs,
    stage: 'maintenance',
    is_ready: false,
    is_wiped: true,
    ...(machine.role === 'controlplane' && { etcd_is_empty: true }),
    slots: {},
    kubelet_runs: false,
    etcd_runs: false,
    api_server_runs: false,
  };
}

function makeMachine(spec: ClusterSpec, role: Machine['role'], ordinal: number, around: Surroundings): Machine {
  const isControlPlane = role === 'controlplane';
  const name = `${spec.name}-${isControlPlane ? 'cp' : 'worker'}-${ordinal}`;
  const draw = new SeededRandom(Number.parseInt(sha256Hex(`${around.seed} machine ${name}`).slice(0, 8), 16));
  const slot = { version: spec.talos_version ?? 'v1.12.11', schematic: around.schematic };
  return {
    name,
    ip: addressOf(around.index, role, ordinal),
    pod_cidr: podCidrOf(isControlPlane ? ordinal - 1 : spec.control_planes + ordinal - 1),
    role,
    system_uuid: draw.uuid(),
    boot_id: draw.uuid(),
    boots: 1,
    booted_ms: around.nowMs - spreadOf(`boot ${name}`, DAY_MS, 30 * DAY_MS),
    stage: 'running',
    is_ready: true,
    slots: { A: slot },
    running: slot,
    running_slot: 'A',
    next_slot: 'A',
    kubelet_version: spec.kubernetes_version ?? 'v1.35.4',
    kubelet_runs: true,
    etcd_runs: isControlPlane,
    api_server_runs: isControlPlane,
    platform: 'metal',
    cpu_cores: isControlPlane ? 4 : (spec.worker_cores ?? 8),
    memory_mib: isControlPlane ? 8_192 : (spec.worker_memory_gib ?? 32) * 1_024,
    ...((spec.zones ?? 0) > 0 ? { zone: `zone-${'abcdefghijklmnopqrst'[(ordinal - 1) % (spec.zones ?? 1)]}` } : {}),
    console: [],
  };
}
