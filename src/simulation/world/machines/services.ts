import type { SimCluster } from '../cluster.ts';
import { expectSilence } from '../controllers/node-lifecycle.ts';
import type { Machine } from '../machine.ts';

export const isControlPlane = (machine: Machine): boolean => machine.role === 'controlplane';

/** A control plane machine counts as down from the moment its services stop until it runs again. */
export const downControlPlanes = (cluster: SimCluster): number =>
  [...cluster.machines.values()].filter(machine => isControlPlane(machine) && !machine.api_server_runs).length;

/** Runs a change of a machine's services and tells etcd, the API's listeners and the ledger what became of it. */
export function changeServices(cluster: SimCluster, change: () => void): void {
  const before = downControlPlanes(cluster);
  change();
  cluster.etcd.review();
  const down = downControlPlanes(cluster);
  if (down !== before) cluster.ledger.controlPlaneDown(down, before);
  cluster.serversChanged();
}

/** Stops all pods and services of a machine: nothing on it serves any more; the API learns it by its silence. */
export function stopServices(cluster: SimCluster, machine: Machine): void {
  if (machine.kubelet_runs) {
    machine.kubelet_runs = false;
    cluster.budgetWatch.machineStopped(machine.name);
    expectSilence(cluster, machine.name);
  }
  machine.is_ready = false;
  changeServices(cluster, () => {
    machine.etcd_runs = false;
    machine.api_server_runs = false;
  });
}
