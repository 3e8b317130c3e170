import type { SimCluster } from '../cluster.ts';
import type { Machine, Sequence, Slot } from '../machine.ts';
import { otherSlot } from '../machine.ts';
import { isTerminating } from '../pods.ts';
import { spreadOf } from '../random.ts';
import { upgradeRefusal } from '../talos-release.ts';
import { goDown, powerOff } from './boot.ts';
import { etcdRefusal } from './etcd-guard.ts';
import { imageProblem, slotOfImage } from './installer-image.ts';
import { CORDONED_BY_TALOS, cordon, drainablePods, tryEviction } from './node-drain.ts';
import { finishReset, leaveBeforeReset, stopForReset } from './reset.ts';
import { begin, phase, refuse, SEQUENCE, to } from './sequence-steps.ts';
import { stopServices } from './services.ts';

export { isBusy } from './sequence-steps.ts';

const PULL_MS = 10_000;
const INSTALL_MS: [number, number] = [30_000, 50_000];
const STOP_MS = 6_000;
/** The node's own drain gives a refused eviction this long, and then goes on without (contractors.md 5.1). */
const DRAIN_MS = 300_000;
const DRAIN_RETRY_MS = 5_000;

/** Lets orders to machines run. */
export function runSequences(cluster: SimCluster): void {
  cluster.clock.handle(SEQUENCE, name => {
    const machine = cluster.machines.get(name);
    if (machine?.sequence !== undefined) step(cluster, machine, machine.sequence);
  });
}

export interface UpgradeOrder {
  image: string;
  /** Legacy: --force, or a version that checks etcd only before a wipe. */
  skips_etcd_check: boolean;
}

/** MachineService.Upgrade: pulls and validates (then an 'answer' or 'error' event), drains, installs, reboots. Returns the actor. */
export const orderLegacyUpgrade = (cluster: SimCluster, machine: Machine, order: UpgradeOrder): string =>
  begin(cluster, machine, { action: 'upgrade', step: 'pulling', ...order }, PULL_MS);

/** LifecycleService.Upgrade of 1.13+: writes the other slot while the machine runs on; no reboot, no etcd check. */
export const orderInstall = (cluster: SimCluster, machine: Machine, image: string): string =>
  begin(
    cluster,
    machine,
    { action: 'install', step: 'installing', image, skips_etcd_check: true },
    spreadOf(`${cluster.seed} install ${machine.name} ${machine.boots}`, ...INSTALL_MS),
  );

export const orderReboot = (cluster: SimCluster, machine: Machine): string =>
  begin(cluster, machine, { action: 'reboot', step: 'stopping', skips_etcd_check: true }, 500);

/** Cordons and drains first unless forced. */
export const orderShutdown = (cluster: SimCluster, machine: Machine, { force = true } = {}): string =>
  begin(cluster, machine, { action: 'shutdown', step: force ? 'stopping' : 'draining', skips_etcd_check: true }, 500);

/** Talos is written to the disk of a machine in maintenance mode, which then boots from it. */
export const orderFirstInstall = (cluster: SimCluster, machine: Machine, target: Slot): string =>
  begin(
    cluster,
    machine,
    { action: 'initialize', step: 'installing', target, skips_etcd_check: true },
    spreadOf(`${cluster.seed} install ${machine.name} ${machine.boots}`, ...INSTALL_MS),
  );

/** Flips to the other slot and reboots; undefined when that slot is empty. */
export function orderRollback(cluster: SimCluster, machine: Machine): string | undefined {
  const other = otherSlot(machine.running_slot);
  if (machine.slots[other] === undefined) return undefined;
  machine.next_slot = other;
  return begin(cluster, machine, { action: 'rollback', step: 'stopping', skips_etcd_check: true }, 500);
}

/** The caller of a legacy upgrade went away while the image was still pulled: nothing was started. */
export function abandonPull(machine: Machine, actorId: string): void {
  if (machine.sequence?.actor_id === actorId && machine.sequence.step === 'pulling') delete machine.sequence;
}

/** With the fault armed an install that runs is given up when the tool that ordered it goes away: its slot stays as it was. */
export function dropWithClient(cluster: SimCluster, machine: Machine, actorId: string): void {
  if (machine.sequence?.actor_id !== actorId || machine.sequence.step !== 'installing') return;
  if (cluster.faults.take('tool_dies_with_client', { node: machine.name }) === undefined) return;
  refuse(cluster, machine, 'upgrade failed: rpc error: code = Canceled desc = context canceled');
}

function step(cluster: SimCluster, machine: Machine, sequence: Sequence): void {
  const acts = {
    pulling: pulled,
    draining: drainOn,
    stopping: stop,
    installing: installed,
    leaving: leaveBeforeReset,
    going_down: leave,
  };
  acts[sequence.step](cluster, machine, sequence);
}

function pulled(cluster: SimCluster, machine: Machine, sequence: Sequence): void {
  const image = sequence.image ?? '';
  const problem =
    imageProblem(cluster, machine, image) ??
    (cluster.faults.take('upgrade_refused', { node: machine.name }) === undefined
      ? undefined
      : 'rpc error: code = FailedPrecondition desc = upgrade is refused by the machine') ??
    (sequence.skips_etcd_check ? undefined : etcdRefusal(cluster, machine));
  const target = slotOfImage(image);
  if (problem !== undefined || target === undefined) {
    refuse(cluster, machine, problem ?? `rpc error: code = InvalidArgument desc = invalid image reference "${image}"`);
    return;
  }
  cluster.machineEvents.tell(machine, 'answer', 'Upgrade request received');
  const lies = cluster.faults.take('lying_upgrade', { node: machine.name }) !== undefined;
  cluster.machineEvents.tell(machine, 'sequence', 'sequence: upgrade action: START');
  if (!lies) {
    machine.stage = 'upgrading';
    phase(cluster, machine, 'drain', 'cordonAndDrainNode');
    cordon(cluster, machine.name, { [CORDONED_BY_TALOS]: 'true' });
  }
  to(cluster, machine, { step: 'draining', target, lies, drain_until_ms: cluster.now() + DRAIN_MS }, lies ? 30_000 : 0);
}

/** Cordons at its first look, then evicts until the node is empty or the drain's time is over. */
function drainOn(cluster: SimCluster, machine: Machine, sequence: Sequence): void {
  if (sequence.drain_until_ms === undefined) {
    cluster.machineEvents.tell(machine, 'sequence', `sequence: ${sequence.action} action: START`);
    phase(cluster, machine, 'drain', 'cordonAndDrainNode');
    cordon(cluster, machine.name, { [CORDONED_BY_TALOS]: 'true' });
    to(cluster, machine, { drain_until_ms: cluster.now() + DRAIN_MS }, 0);
    return;
  }
  if (sequence.lies === true) {
    cluster.machineEvents.tell(machine, 'booted', '[talos] upgrade sequence: done');
    delete machine.sequence;
    return;
  }
  const left = drainablePods(cluster, machine.name, false);
  for (const pod of left.filter(other => !isTerminating(other))) {
    const refusal = tryEviction(cluster, pod);
    if (refusal === undefined) continue;
    cluster.machineEvents.tell(
      machine,
      'install',
      `[talos] task cordonAndDrainNode (1/1): WARNING: failed to evict pod ${pod.metadata.namespace}/${pod.metadata.name}: ${refusal}`,
    );
  }
  if (left.length > 0 && cluster.now() < (sequence.drain_until_ms ?? 0)) to(cluster, machine, {}, DRAIN_RETRY_MS);
  else to(cluster, machine, { step: sequence.action === 'reset' ? 'leaving' : 'stopping' }, 0);
}

function stop(cluster: SimCluster, machine: Machine, sequence: Sequence): void {
  if (sequence.action !== 'upgrade' && sequence.drain_until_ms === undefined)
    cluster.machineEvents.tell(machine, 'sequence', `sequence: ${sequence.action} action: START`);
  if (sequence.action === 'reset') {
    stopForReset(cluster, machine);
    return;
  }
  if (sequence.action !== 'upgrade') {
    machine.stage = sequence.action === 'shutdown' ? 'shutting down' : 'rebooting';
  }
  phase(cluster, machine, 'cleanup', 'stopAllPods');
  phase(cluster, machine, 'stopServices', 'stopServicesEphemeral');
  stopServices(cluster, machine);
  if (sequence.action !== 'upgrade') {
    to(cluster, machine, { step: 'going_down' }, STOP_MS);
    return;
  }
  phase(cluster, machine, 'upgrade', 'upgrade');
  const installMs = spreadOf(`${cluster.seed} install ${machine.name} ${machine.boots}`, ...INSTALL_MS);
  to(cluster, machine, { step: 'installing' }, STOP_MS + installMs);
}

/**
 * Writes the slot the boot loader does not default to: after a first install in this boot that is the one it runs from,
 * and a second install leaves nothing to roll back to. A refusal of the installer leaves both slots as they are. */
function installed(cluster: SimCluster, machine: Machine, sequence: Sequence): void {
  const target = sequence.target ?? slotOfImage(sequence.image ?? '');
  const isFirst = sequence.action === 'initialize';
  const refusal =
    target === undefined
      ? 'invalid image'
      : isFirst
        ? undefined
        : upgradeRefusal(machine.running.version, target.version);
  if (isFirst) delete machine.is_wiped;
  if (refusal === undefined && target !== undefined) writeSlot(cluster, machine, target, sequence.action);
  else cluster.machineEvents.tell(machine, 'error', `task upgrade: failed, ${refusal}`);
  if (sequence.action === 'install') {
    const text = refusal ?? `installation of ${target?.version} complete`;
    cluster.machineEvents.tell(machine, refusal === undefined ? 'install' : 'error', text);
    cluster.machineEvents.tell(machine, 'answer', refusal === undefined ? '0' : '1');
    delete machine.sequence;
    return;
  }
  if (refusal === undefined && cluster.faults.take('install_done_no_reboot', { node: machine.name }) !== undefined) {
    cluster.machineEvents.tell(
      machine,
      'error',
      'sequence error: sequence failed: error running phase in upgrade sequence',
    );
    machine.stage = 'rebooting';
    delete machine.sequence;
    cluster.clock.scheduleOnce(5_000, 'boot', `${machine.name} resume`);
    return;
  }
  to(cluster, machine, { step: 'going_down' }, 1_000);
}

function writeSlot(cluster: SimCluster, machine: Machine, target: Slot, kind: string): void {
  const isEmpty = machine.slots[machine.next_slot] === undefined;
  const slot = isEmpty ? machine.next_slot : otherSlot(machine.next_slot);
  machine.slots = { ...machine.slots, [slot]: target };
  machine.next_slot = slot;
  cluster.ledger.install(machine.name, machine.boot_id, kind);
}

function leave(cluster: SimCluster, machine: Machine, sequence: Sequence): void {
  if (sequence.action === 'shutdown') powerOff(cluster, machine);
  else if (sequence.action === 'reset') finishReset(cluster, machine, sequence);
  else goDown(cluster, machine, sequence.action);
}
