import type { SimCluster } from '../cluster.ts';
import type { Machine, ResetOrder, Sequence } from '../machine.ts';
import { goDown, powerOff } from './boot.ts';
import { leaveEtcd } from './etcd-membership.ts';
import { begin, phase, refuse, to } from './sequence-steps.ts';
import { isControlPlane, stopServices } from './services.ts';

const STOP_MS = 6_000;
const WIPE_MS = 8_000;

/** Partitions a reset can name; research: contractors.md 5.3, 5.4. */
export const SYSTEM_LABELS = ['EFI', 'BIOS', 'BOOT', 'META', 'STATE', 'EPHEMERAL'] as const;

/** Orders a reset: a graceful one cordons, drains and leaves etcd first. Returns the actor. */
export const orderReset = (cluster: SimCluster, machine: Machine, reset: ResetOrder): string =>
  begin(
    cluster,
    machine,
    { action: 'reset', step: reset.graceful ? 'draining' : 'stopping', skips_etcd_check: true, reset },
    500,
  );

/** After the drain: a control plane machine leaves etcd; when it cannot, the reset ends there and the node is cordoned. */
export function leaveBeforeReset(cluster: SimCluster, machine: Machine): void {
  if (isControlPlane(machine)) {
    phase(cluster, machine, 'leave', 'leaveEtcd');
    const refusal = leaveEtcd(cluster, machine);
    if (refusal !== undefined) {
      refuse(
        cluster,
        machine,
        `sequence error: sequence failed: error running phase 4 in reset sequence: task 1/1: failed, ${refusal}`,
      );
      return;
    }
  }
  to(cluster, machine, { step: 'stopping' }, 0);
}

/** Services stop, partitions are wiped, and the machine goes. */
export function stopForReset(cluster: SimCluster, machine: Machine): void {
  const { labels = [] } = machine.sequence?.reset ?? {};
  machine.stage = machine.sequence?.reset?.reboot === true ? 'rebooting' : 'shutting down';
  phase(cluster, machine, 'cleanup', 'stopAllPods');
  phase(cluster, machine, 'stopServices', 'stopServicesEphemeral');
  stopServices(cluster, machine);
  phase(cluster, machine, labels.length === 0 ? 'reset' : 'resetSpec', 'resetSystemDisk');
  to(cluster, machine, { step: 'going_down' }, STOP_MS + WIPE_MS);
}

export function finishReset(cluster: SimCluster, machine: Machine, { reset }: Sequence): void {
  if (reset === undefined) return;
  wipe(machine, reset.labels);
  if (reset.reboot) goDown(cluster, machine, 'reset');
  else powerOff(cluster, machine);
}

/** What is lost with the partitions: EPHEMERAL holds etcd's data, STATE the machine configuration. */
function wipe(machine: Machine, labels: readonly string[]): void {
  const isWhole = labels.length === 0;
  if (isWhole) machine.slots = {};
  if (isControlPlane(machine) && (isWhole || labels.includes('EPHEMERAL'))) machine.etcd_is_empty = true;
  if (isWhole || labels.includes('EPHEMERAL')) delete machine.pulled_images;
  if (!isWhole && !labels.includes('STATE')) return;
  machine.is_wiped = true;
  delete machine.config;
  delete machine.kubelet_pending;
}
