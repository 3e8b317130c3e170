import type { SimCluster } from '../cluster.ts';
import { nodeObject } from '../controllers/node-registration.ts';
import { renewLease, reportedConditions } from '../controllers/node-status.ts';
import { startHeartbeats } from '../machines/boot.ts';
import { spreadOf } from '../random.ts';

const DAY_MS = 86_400_000;

/** Creates the Node and Lease of every machine, Ready, and starts the kubelets' heartbeats. */
export function createNodes(cluster: SimCluster): void {
  const joined = cluster.now() - 40 * DAY_MS;
  let index = 0;
  for (const machine of cluster.machines.values()) {
    const created = cluster.store.create('nodes', nodeObject(machine, joined + index * 60_000));
    cluster.store.replace('nodes', {
      ...created,
      status: {
        ...(created.status as Record<string, unknown>),
        conditions: reportedConditions(cluster, created, true),
      },
    });
    renewLease(cluster, machine.name);
    startHeartbeats(cluster, machine, spreadOf(`${cluster.seed} lease ${machine.name}`, 1_000, 10_000));
    index += 1;
  }
}
