import type { ClusterSpec } from '../../../src/simulation/fleet.ts';
import { finishTerminating } from '../../../src/simulation/kubernetes-api/terminating.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import { createWorld } from '../../../src/simulation/world/world.ts';

export const SECOND = 1_000;
export const MINUTE = 60_000;

/** One small cluster: 3 control plane nodes, 3 workers. */
export function smallWorld(
  change: Partial<ClusterSpec> = {},
  seed = 7,
  talosctl?: string,
): { world: SavedWorld; cluster: SimCluster } {
  const spec: ClusterSpec = {
    name: 'small',
    environment: 'staging',
    control_planes: 3,
    workers: 3,
    pods: 70,
    budgets: 4,
    ...change,
  };
  const world = createWorld({
    seed,
    fleet: { clusters: [spec], ...(talosctl === undefined ? {} : { talosctl_version: talosctl }) },
  });
  const cluster = onlyCluster(world);
  finishTerminating(cluster);
  return { world, cluster };
}

export function onlyCluster(world: SavedWorld): SimCluster {
  const [cluster] = world.clusters.values();
  if (cluster === undefined) throw new Error('the world has no cluster');
  return cluster;
}

export const pass = (world: SavedWorld, ms: number): void => world.advanceTo(world.now() + ms);

/** Lets time pass until something is so; throws when it is not within the limit of cluster time. */
export function passUntil(world: SavedWorld, isSo: () => boolean, limitMs = 30 * MINUTE): void {
  const end = world.now() + limitMs;
  while (!isSo()) {
    if (world.now() >= end) throw new Error(`not so after ${limitMs / 1000} s of cluster time`);
    pass(world, SECOND);
  }
}

export function machineOf(cluster: SimCluster, name: string) {
  const machine = cluster.machines.get(name);
  if (machine === undefined) throw new Error(`no machine ${name}`);
  return machine;
}

export function nodeOf(cluster: SimCluster, name: string) {
  const node = cluster.store.get('nodes', undefined, name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
}

/** An installer image of the cluster's own schematic. */
export const imageOf = (cluster: SimCluster, version = 'v1.13.9'): string =>
  `factory.talos.dev/metal-installer/${Object.keys(cluster.schematics)[0]}:${version}`;
