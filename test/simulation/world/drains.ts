import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import { cordon, drainablePods, tryEviction } from '../../../src/simulation/world/machines/node-drain.ts';
import { isTerminating } from '../../../src/simulation/world/pods.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import { pass, SECOND } from './worlds.ts';

/** Cordons a node and evicts its pods as kubectl drain does, retrying what budgets refuse. */
export function drain(world: SavedWorld, cluster: SimCluster, node: string, limitSeconds = 1_800): void {
  cordon(cluster, node);
  for (let second = 0; second < limitSeconds; second += 2) {
    const left = drainablePods(cluster, node, true);
    if (left.length === 0) return;
    for (const pod of left) if (!isTerminating(pod)) tryEviction(cluster, pod);
    pass(world, 2 * SECOND);
  }
  throw new Error(`${node} is not drained after ${limitSeconds} s`);
}
