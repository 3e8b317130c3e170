import { BadRequest } from './bad-request.ts';
import type { FleetSpec } from './fleet.ts';
import { readFleetSpec } from './fleet.ts';

/** What the command line says of a fleet of one cluster. */
export interface FleetSize {
  /** Control plane included: 3 of them from 4 nodes on, else 1. */
  nodes: number;
  /** Default 20 a node. */
  pods?: number;
  /** Default one for each node. */
  budgets?: number;
  pinned_databases?: number;
  zones?: number;
}

/** One cluster, named `fleet`, of that size. Throws BadRequest. */
export function generatedFleet({ nodes, pods, budgets, pinned_databases, zones }: FleetSize): FleetSpec {
  if (nodes < 1) throw new BadRequest('a fleet of no nodes', 'ask for at least one');
  const controlPlanes = nodes > 3 ? 3 : 1;
  return readFleetSpec({
    clusters: [
      {
        name: 'fleet',
        environment: 'production',
        control_planes: controlPlanes,
        workers: nodes - controlPlanes,
        pods: pods ?? Math.max(24, nodes * 20),
        budgets: budgets ?? nodes,
        ...(pinned_databases === undefined ? {} : { pinned_databases }),
        ...(zones === undefined ? {} : { zones }),
      },
    ],
  });
}
