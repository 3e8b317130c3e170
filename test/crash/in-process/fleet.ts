/** The fleet that is upgraded: made once, then every run starts from the same moment of it. */
import type { ClusterConfig } from '../../../src/model/config.ts';
import type { ClusterSpec } from '../../../src/simulation/fleet.ts';
import type { WorkloadSpec } from '../../../src/simulation/fleet-workloads.ts';
import { finishTerminating } from '../../../src/simulation/kubernetes-api/terminating.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import { createWorld, restoreWorld, type SavedWorld, type WorldImage } from '../../../src/simulation/world/world.ts';

/** Few pods, so that a run is short; budgets that have to be waited for, a volume that detaches, a pod that nothing protects. */
const WORKLOADS: readonly WorkloadSpec[] = [
  { name: 'web', replicas: 4, cpu_millicores: 200, max_unavailable: 1 },
  { name: 'db', kind: 'StatefulSet', replicas: 2, cpu_millicores: 200, max_unavailable: 1, volume: 'network' },
  { name: 'batch', replicas: 1, cpu_millicores: 100 },
];

const SEED = 11;
/** The fleet's controllers have settled by then. */
const SETTLED_MS = 60_000;

export interface FleetOptions {
  /** What differs from three control plane nodes, three workers and the workloads above. */
  fleet?: Partial<ClusterSpec>;
  /** What the nodes run at first. */
  talosVersion: string;
  talosctlVersion: string;
}

/** A fleet as it is before an upgrade. */
export function fleetImage({ fleet, talosVersion, talosctlVersion }: FleetOptions): WorldImage {
  const spec: ClusterSpec = {
    name: 'six',
    environment: 'staging',
    control_planes: 3,
    workers: 3,
    pods: 0,
    budgets: 0,
    workloads: WORKLOADS,
    talos_version: talosVersion,
    ...fleet,
  };
  const world = createWorld({ seed: SEED, fleet: { talosctl_version: talosctlVersion, clusters: [spec] } });
  world.advanceTo(world.now() + SETTLED_MS);
  return world.image();
}

/** An image that nothing goes on changing. Stored objects never change, so they are shared; all else is copied, but for dmesg. */
export const copied = (image: WorldImage): WorldImage => ({
  ...image,
  clusters: image.clusters.map(({ store, machines, ...rest }) => ({
    ...structuredClone({ ...rest, machines: machines.map(machine => ({ ...machine, console: [] })) }),
    store,
  })),
});

/** A world that begins at the image, which is its own from then on. */
export function worldFrom(image: WorldImage): { world: SavedWorld; cluster: SimCluster } {
  const world = restoreWorld(image);
  const [cluster] = world.clusters.values();
  if (cluster === undefined) throw new Error('the fleet has no cluster');
  finishTerminating(cluster);
  return { world, cluster };
}

/** Control plane addresses. */
export const endpointsOf = (cluster: SimCluster): string[] =>
  [...cluster.machines.values()].filter(({ role }) => role === 'controlplane').map(({ ip }) => ip);

/** The cluster as the division has it configured. */
export function configOf(cluster: SimCluster): ClusterConfig {
  const endpoints = endpointsOf(cluster);
  return {
    name: cluster.name,
    mode: 'operate',
    environment: cluster.environment,
    simulated: true,
    kubernetes: {
      kubeconfig: '/dev/null',
      context: cluster.name,
      servers: endpoints.map(address => `https://${address}:6443`),
    },
    talos: { contractor: 'talos', talosconfig: '/dev/null', context: cluster.name, endpoints },
    installer: 'factory.talos.dev/metal-installer/{schematic}:{version}',
  };
}
