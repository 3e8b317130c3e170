/** A small simulated fleet, as `containers-gm simulate` runs it: one cluster, its files in a folder of its own. */
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { startSimulation } from '../../src/simulation/simulation.ts';
import type { SimCluster } from '../../src/simulation/world/cluster.ts';
import type { KubeObject } from '../../src/simulation/world/store.ts';
import { kubectlBinaries } from '../simulation/kubernetes-api/kubectl-binaries.ts';

const NAME = 'rehearsal';
/** Cluster seconds a wall second: a drain takes a second or two. */
const SPEED = 30;

export interface Rehearsal {
  cluster: SimCluster;
  /** KUBECONFIG, a HOME of its own, and a PATH on which `kubectl` is a real one and not a dispatcher. */
  environment: Record<string, string>;
  /** A worker that runs pods of Deployments. */
  busyWorker: string;
  /** A Deployment without a budget, and one with. */
  deployment: KubeObject;
  close(): Promise<void>;
}

const ownerKind = (pod: KubeObject): unknown => pod.metadata.ownerReferences?.[0]?.kind;

/** The pods of a node that a drain has to evict. */
export const evictable = (cluster: SimCluster, node: string): KubeObject[] =>
  cluster.store
    .list('pods')
    .filter(pod => (pod.spec as { nodeName?: string }).nodeName === node && ownerKind(pod) === 'ReplicaSet');

function busiest(cluster: SimCluster): string {
  const workers = [...cluster.machines.values()].filter(({ role }) => role === 'worker').map(({ name }) => name);
  const [first] = workers.sort((a, b) => evictable(cluster, b).length - evictable(cluster, a).length);
  if (first === undefined) throw new Error('the simulation has no worker');
  return first;
}

export async function openRehearsal(): Promise<Rehearsal> {
  const home = await mkdtemp(join(tmpdir(), 'peers-'));
  const simulation = await startSimulation({
    home,
    seed: 7,
    speed: SPEED,
    fleet: {
      clusters: [{ name: NAME, environment: 'staging', control_planes: 1, workers: 3, pods: 28, budgets: 0 }],
    },
  });
  const cluster = simulation.world.clusters.get(NAME);
  const [deployment] = cluster?.store.list('deployments.apps').filter(({ metadata }) => metadata.namespace) ?? [];
  if (cluster === undefined || deployment === undefined) throw new Error('the simulation has no Deployment');
  const kubectl = kubectlBinaries().at(-1);
  if (kubectl !== undefined) await symlink(kubectl, join(home, 'bin', 'kubectl'));
  return {
    cluster,
    environment: {
      KUBECONFIG: simulation.connection.kubeconfig,
      HOME: home,
      PATH: `${join(home, 'bin')}${delimiter}${process.env.PATH ?? ''}`,
    },
    busyWorker: busiest(cluster),
    deployment,
    close: async () => {
      await simulation.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
