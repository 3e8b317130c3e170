import { type KubernetesApi, serveKubernetesApi } from '../../../src/simulation/kubernetes-api/server.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import { createWorld } from '../../../src/simulation/world/world.ts';

export interface RunningWorld {
  cluster: SimCluster;
  api: KubernetesApi;
  stop(): Promise<void>;
}

/** A small simulated cluster with its controllers, served, its clock running at `speed` cluster seconds a second. */
export async function runningWorld({ seed, speed }: { seed: number; speed: number }): Promise<RunningWorld> {
  const spec = {
    name: 'rehearsal',
    environment: 'staging' as const,
    control_planes: 1,
    workers: 3,
    pods: 28,
    budgets: 0,
  };
  const world = createWorld({ seed, fleet: { clusters: [spec] } });
  const cluster = world.clusters.get('rehearsal');
  if (cluster === undefined) throw new Error('the world has no cluster "rehearsal"');
  const api = await serveKubernetesApi(cluster);
  const started = { wall: performance.now(), cluster: world.now() };
  const timer = setInterval(() => {
    world.advanceTo(started.cluster + (performance.now() - started.wall) * speed);
  }, 10);
  return {
    cluster,
    api,
    stop: async () => {
      clearInterval(timer);
      await api.close();
    },
  };
}
