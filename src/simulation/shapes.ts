import type { FleetSpec } from './fleet.ts';
import type { WorkloadSpec } from './fleet-workloads.ts';

/** A cluster on which schedulers of rolling upgrades differ (research: rolling-upgrades.md 4.4). */
export interface Shape {
  describes: string;
  /** How many nodes may be away at once. */
  in_flight: number;
  fleet: FleetSpec;
}

interface Plan {
  workers: number;
  utilisation?: number;
  databases: { count: number; replicas: number; isPinned?: boolean };
  webs: { count: number; replicas: number; maxUnavailable: number };
}

/** 16 pods of a core fit beside the DaemonSets of a node. */
const WORKER_CORES = 17;

function fleetOf({ workers, utilisation = 0.6, databases, webs }: Plan): FleetSpec {
  const database: WorkloadSpec = {
    name: 'db',
    kind: 'StatefulSet',
    copies: databases.count,
    replicas: databases.replicas,
    cpu_millicores: 2_000,
    max_unavailable: 1,
    exclusive: true,
    ...(databases.isPinned === false ? {} : { volume: 'pinned' }),
  };
  const web: WorkloadSpec = {
    name: 'web',
    copies: webs.count,
    replicas: webs.replicas,
    cpu_millicores: 1_000,
    max_unavailable: webs.maxUnavailable,
    exclusive: true,
  };
  return {
    clusters: [
      {
        name: 'fleet',
        environment: 'production',
        control_planes: 3,
        workers,
        pods: 0,
        budgets: databases.count + webs.count,
        utilisation,
        zones: 3,
        worker_cores: WORKER_CORES,
        workloads: databases.count === 0 ? [web] : [database, web],
        filler_millicores: 1_000,
      },
    ],
  };
}

const WEBS = { count: 12, replicas: 10, maxUnavailable: 2 };

/** The scheduling shapes by the names the research gives them. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  A: {
    describes: '60 nodes, 3 pinned databases of 9, 12 web applications',
    in_flight: 6,
    fleet: fleetOf({ workers: 60, databases: { count: 3, replicas: 9 }, webs: WEBS }),
  },
  B: {
    describes: 'as A, the databases free to move',
    in_flight: 6,
    fleet: fleetOf({ workers: 60, databases: { count: 3, replicas: 9, isPinned: false }, webs: WEBS }),
  },
  C: {
    describes: '60 nodes at 88 %, 2 pinned databases of 9, 12 web applications',
    in_flight: 6,
    fleet: fleetOf({ workers: 60, utilisation: 0.88, databases: { count: 2, replicas: 9 }, webs: WEBS }),
  },
  D: {
    describes: '60 nodes, one pinned database of 30 that everything waits for',
    in_flight: 10,
    fleet: fleetOf({ workers: 60, databases: { count: 1, replicas: 30 }, webs: WEBS }),
  },
  E: {
    describes: '30 nodes, 20 web applications of 8 that may lose one pod each',
    in_flight: 6,
    fleet: fleetOf({
      workers: 30,
      databases: { count: 0, replicas: 0 },
      webs: { count: 20, replicas: 8, maxUnavailable: 1 },
    }),
  },
  F: {
    describes: '100 nodes, 5 pinned databases of 7, 20 web applications',
    in_flight: 10,
    fleet: fleetOf({ workers: 100, databases: { count: 5, replicas: 7 }, webs: { ...WEBS, count: 20 } }),
  },
  G: {
    describes: '60 nodes, 6 pinned databases of 15: drains in name order deadlock',
    in_flight: 6,
    fleet: fleetOf({ workers: 60, databases: { count: 6, replicas: 15 }, webs: WEBS }),
  },
};
