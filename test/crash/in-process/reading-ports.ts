import type { ClusterPorts } from '../../../src/ports.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import { noWorkloads } from '../../operations/no-workloads.ts';
import { contractorReader } from './contractor-ports.ts';
import { configOf } from './fleet.ts';
import { WorldContractor } from './world-contractor.ts';
import { worldReader } from './world-reader.ts';

/** A cluster of the world as plans and looks read it. */
export function readingPorts(
  world: SavedWorld,
  cluster: SimCluster,
  contractor = new WorldContractor(world, 'first-party'),
): ClusterPorts {
  const config = configOf(cluster);
  return {
    config,
    kubernetes: worldReader(cluster, config),
    workloads: noWorkloads(config.name),
    talos: contractorReader(world, config, contractor),
  };
}
