import type { SimCluster } from '../cluster.ts';
import { reportNode } from '../controllers/node-status.ts';
import { someServerIsUp } from '../controllers/work-queue.ts';
import type { Machine } from '../machine.ts';
import { spreadOf } from '../random.ts';

const RESTART = 'kubelet-restart';
const RESTART_MS: [number, number] = [5_000, 12_000];
const RETRY_MS = 2_000;

/** Lets kubelets restart with another version. */
export function runKubeletUpdates(cluster: SimCluster): void {
  cluster.clock.handle(RESTART, name => {
    const machine = cluster.machines.get(name);
    if (machine?.kubelet_pending === undefined || !machine.kubelet_runs) return;
    if (!someServerIsUp(cluster)) {
      cluster.clock.scheduleOnce(RETRY_MS, RESTART, name);
      return;
    }
    adoptKubelet(machine);
    reportNode(cluster, machine, machine.is_ready);
    cluster.machineEvents.tell(machine, 'service', 'service: kubelet message: Health check successful healthy: true');
  });
}

/** A kubelet that starts is the version it was last told to be. */
export function adoptKubelet(machine: Machine): void {
  machine.kubelet_version = machine.kubelet_pending?.version ?? machine.kubelet_version;
  delete machine.kubelet_pending;
}

/** Restarts the kubelet with another version: its containers run on, the node is not rebooted. */
export function updateKubelet(cluster: SimCluster, machine: Machine, version: string): void {
  const ms = spreadOf(`${cluster.seed} kubelet ${machine.name} ${version}`, ...RESTART_MS);
  machine.kubelet_pending = { version, ready_ms: cluster.now() + ms };
  cluster.clock.scheduleOnce(ms, RESTART, machine.name);
}
