import { asObject, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { resumePods } from '../controllers/kubelet.ts';
import { registerNode } from '../controllers/node-registration.ts';
import { renewLease, reportNode } from '../controllers/node-status.ts';
import { someServerIsUp } from '../controllers/work-queue.ts';
import type { Machine } from '../machine.ts';
import { otherSlot } from '../machine.ts';
import { adoptStagedConfig } from '../machine-config.ts';
import { isMirror, nodeOf } from '../pods.ts';
import { spreadOf } from '../random.ts';
import { restoreStaticPods } from '../static-pods.ts';
import { canStartEtcd } from './etcd-membership.ts';
import { adoptKubelet } from './kubelet-update.ts';
import { changeServices, isControlPlane, stopServices } from './services.ts';

const BOOT = 'boot';
const LEASE = 'lease';
const HEARTBEAT = 'heartbeat';
const MIRRORS = 'mirror-pods';
const LEASE_MS = 10_000;
const HEARTBEAT_MS = 300_000;
const RETRY_MS = 2_000;
const SLOW_RETURN_MS = 600_000;

/** Cluster ms from the reboot order to a running kernel: worker 60-90 s, control plane 70-100 s, by seed and boot. */
const rebootMs = (cluster: SimCluster, machine: Machine): number => {
  const [least, most] = isControlPlane(machine) ? [70_000, 100_000] : [60_000, 90_000];
  return spreadOf(`${cluster.seed} reboot ${machine.name} ${machine.boots}`, least, most);
};

/** Handles booting, lease renewal and heartbeats of every machine. */
export function runMachines(cluster: SimCluster): void {
  const onMachine = (kind: string, act: (machine: Machine, phase: string) => void): void =>
    cluster.clock.handle(kind, subject => {
      const [name = '', phase = ''] = subject.split(' ');
      const machine = cluster.machines.get(name);
      if (machine !== undefined) act(machine, phase);
    });
  onMachine(BOOT, (machine, phase) => bootPhase(cluster, machine, phase));
  onMachine(LEASE, machine => {
    if (!machine.kubelet_runs) return;
    if (someServerIsUp(cluster)) renewLease(cluster, machine.name);
    cluster.clock.scheduleOnce(LEASE_MS, LEASE, machine.name);
  });
  onMachine(HEARTBEAT, machine => {
    if (!machine.kubelet_runs) return;
    if (someServerIsUp(cluster)) reportNode(cluster, machine, machine.is_ready);
    cluster.clock.scheduleOnce(HEARTBEAT_MS, HEARTBEAT, machine.name);
  });
  onMachine(MIRRORS, machine => {
    if (machine.kubelet_runs && someServerIsUp(cluster)) restoreStaticPods(cluster, machine);
  });
  cluster.store.onEvent(({ resource, type, object }) => {
    if (resource !== 'pods' || type !== 'DELETED' || !isMirror(object)) return;
    cluster.clock.scheduleOnce(RETRY_MS, MIRRORS, nodeOf(object) ?? '');
  });
  cluster.faults.onClear(() => {
    for (const machine of cluster.machines.values()) if (machine.is_lost) powerOn(cluster, machine);
  });
}

/** The periodic work of a running kubelet. */
export function startHeartbeats(cluster: SimCluster, machine: Machine, firstLeaseMs: number): void {
  cluster.clock.scheduleOnce(firstLeaseMs, LEASE, machine.name);
  cluster.clock.scheduleOnce(HEARTBEAT_MS - firstLeaseMs, HEARTBEAT, machine.name);
}

/** The machine leaves its boot; whether and how it returns is up to the faults armed. */
export function goDown(cluster: SimCluster, machine: Machine, kind: string): void {
  cluster.ledger.reboot(machine.name, machine.boot_id, kind);
  stopServices(cluster, machine);
  machine.stage = 'rebooting';
  delete machine.sequence;
  cluster.machineEvents.tell(machine, 'down', 'reboot: Restarting system');
  const scope = { node: machine.name };
  if (cluster.faults.take('node_never_returns', scope) !== undefined) {
    machine.stage = 'off';
    machine.is_lost = true;
    return;
  }
  const slow = cluster.faults.take('node_returns_slowly', scope);
  const delay = slow === undefined ? 0 : (slow.delay_ms ?? SLOW_RETURN_MS);
  cluster.clock.scheduleOnce(rebootMs(cluster, machine) + delay, BOOT, `${machine.name} kernel`);
}

/** A machine in maintenance mode whose Talos is installed goes on booting with its new configuration. */
export function leaveMaintenance(cluster: SimCluster, machine: Machine): void {
  delete machine.is_wiped;
  machine.stage = 'booting';
  cluster.clock.scheduleOnce(RETRY_MS, BOOT, `${machine.name} resume`);
}

/** A bootstrapped etcd lets the rest of the boot follow. */
export const continueBoot = (cluster: SimCluster, machine: Machine): void =>
  cluster.clock.scheduleOnce(RETRY_MS, BOOT, `${machine.name} etcd`);

/** Off for good, until somebody powers it on. */
export function powerOff(cluster: SimCluster, machine: Machine): void {
  stopServices(cluster, machine);
  machine.stage = 'off';
  delete machine.sequence;
  cluster.machineEvents.tell(machine, 'down', 'reboot: Power down');
}

export function powerOn(cluster: SimCluster, machine: Machine): void {
  if (machine.stage !== 'off') return;
  delete machine.is_lost;
  machine.stage = 'rebooting';
  cluster.clock.scheduleOnce(20_000, BOOT, `${machine.name} kernel`);
}

function bootPhase(cluster: SimCluster, machine: Machine, phase: string): void {
  const next = (then: string, ms: [number, number]): void =>
    cluster.clock.scheduleOnce(
      spreadOf(`${cluster.seed} ${then} ${machine.name} ${machine.boots}`, ...ms),
      BOOT,
      `${machine.name} ${then}`,
    );
  if (!['kernel', 'resume'].includes(phase) && !['booting', 'running'].includes(machine.stage)) return;
  switch (phase) {
    case 'kernel':
      bootKernel(cluster, machine);
      if (machine.is_wiped !== true) next(isControlPlane(machine) ? 'etcd' : 'kubelet', [3_000, 6_000]);
      break;
    case 'resume':
      machine.stage = 'booting';
      next(isControlPlane(machine) ? 'etcd' : 'kubelet', [3_000, 6_000]);
      break;
    case 'etcd':
      if (!canStartEtcd(cluster, machine)) {
        next('etcd', [RETRY_MS, RETRY_MS]);
        break;
      }
      changeServices(cluster, () => {
        machine.etcd_runs = true;
      });
      cluster.machineEvents.tell(machine, 'service', 'service: etcd message: Health check successful healthy: true');
      next('kubelet', [2_000, 4_000]);
      next('apiserver', [5_000, 9_000]);
      break;
    case 'apiserver':
      changeServices(cluster, () => {
        machine.api_server_runs = true;
      });
      break;
    case 'kubelet':
      if (someServerIsUp(cluster)) {
        startKubelet(cluster, machine);
        next('ready', [4_000, 10_000]);
      } else next('kubelet', [RETRY_MS, RETRY_MS]);
      break;
    default:
      becomeReady(cluster, machine);
  }
}

function bootKernel(cluster: SimCluster, machine: Machine): void {
  machine.boots += 1;
  machine.boot_id = cluster.draw.uuid();
  machine.booted_ms = cluster.now();
  machine.stage = 'booting';
  if (machine.next_slot !== machine.running_slot) {
    const failed = cluster.faults.take('node_boots_old_slot', { node: machine.name });
    if (failed === undefined) machine.running_slot = machine.next_slot;
    else machine.next_slot = otherSlot(machine.next_slot);
  }
  machine.running = machine.slots[machine.running_slot] ?? machine.running;
  cluster.machineEvents.tell(machine, 'booted', `[talos] initialize sequence: Talos ${machine.running.version}`);
  if (machine.is_wiped === true) {
    machine.stage = 'maintenance';
    cluster.machineEvents.tell(machine, 'stage', 'stage: MAINTENANCE ready: true');
    return;
  }
  adoptStagedConfig(cluster, machine);
  cluster.machineEvents.tell(
    machine,
    'stage',
    `stage: BOOTING ready: false unmetCond: [name:"nodeReady" reason:"node \\"${machine.name}\\" is not ready"]`,
  );
}

function startKubelet(cluster: SimCluster, machine: Machine): void {
  machine.kubelet_runs = true;
  adoptKubelet(machine);
  registerNode(cluster, machine);
  reportNode(cluster, machine, false);
  renewLease(cluster, machine.name);
  startHeartbeats(cluster, machine, LEASE_MS);
  resumePods(cluster, machine.name);
  restoreStaticPods(cluster, machine);
  cluster.machineEvents.tell(machine, 'service', 'service: kubelet message: Health check successful healthy: true');
}

function becomeReady(cluster: SimCluster, machine: Machine): void {
  if (!machine.kubelet_runs) return;
  if (!someServerIsUp(cluster)) {
    cluster.clock.scheduleOnce(RETRY_MS, BOOT, `${machine.name} ready`);
    return;
  }
  reportNode(cluster, machine, true);
  machine.is_ready = true;
  machine.stage = 'running';
  uncordonOwn(cluster, machine.name);
  cluster.machineEvents.tell(machine, 'stage', 'stage: RUNNING ready: true');
}

/** Talos lifts a cordon after the boot only when the annotation says that it set it itself. */
export function uncordonOwn(cluster: SimCluster, name: string): void {
  const node = cluster.store.get('nodes', undefined, name);
  if (node?.metadata.annotations?.['talos.dev/cordoned'] === undefined) return;
  const { 'talos.dev/cordoned': _, ...annotations } = node.metadata.annotations;
  const { unschedulable, ...spec } = asObject(node.spec);
  if (unschedulable !== true || at(node, 'spec', 'unschedulable') !== true) return;
  cluster.store.replace('nodes', { ...node, metadata: { ...node.metadata, annotations }, spec });
}
