import { describe, expect, it } from 'vitest';
import { readFleetSpec } from '../../src/simulation/fleet.ts';
import { generatedFleet } from '../../src/simulation/generate-fleet.ts';
import { at } from '../../src/simulation/kubernetes-api/json.ts';
import { SHAPES } from '../../src/simulation/shapes.ts';
import { nodeOf } from '../../src/simulation/world/pods.ts';
import { createWorld } from '../../src/simulation/world/world.ts';
import { onlyCluster } from './world/worlds.ts';

const worldOf = (shape: string) => createWorld({ seed: 1, fleet: SHAPES[shape]?.fleet ?? { clusters: [] } });

describe('the scheduling shapes (research: rolling-upgrades.md 4.4)', () => {
  it.each([
    { shape: 'A', workers: 60, inFlight: 6, databases: 3, replicas: 9, pinned: 27, webs: 12, share: 0.6 },
    { shape: 'B', workers: 60, inFlight: 6, databases: 3, replicas: 9, pinned: 0, webs: 12, share: 0.6 },
    { shape: 'C', workers: 60, inFlight: 6, databases: 2, replicas: 9, pinned: 18, webs: 12, share: 0.88 },
    { shape: 'D', workers: 60, inFlight: 10, databases: 1, replicas: 30, pinned: 30, webs: 12, share: 0.6 },
    { shape: 'E', workers: 30, inFlight: 6, databases: 0, replicas: 0, pinned: 0, webs: 20, share: 0.6 },
    { shape: 'F', workers: 100, inFlight: 10, databases: 5, replicas: 7, pinned: 35, webs: 20, share: 0.6 },
    { shape: 'G', workers: 60, inFlight: 6, databases: 6, replicas: 15, pinned: 90, webs: 12, share: 0.6 },
  ])('$shape has its nodes, applications and budgets, every pod somewhere', expected => {
    const { store } = onlyCluster(worldOf(expected.shape));
    const sets = store.list('statefulsets.apps');
    const budgets = store.list('poddisruptionbudgets.policy');
    const pinned = store.list('persistentvolumes').filter(volume => at(volume, 'spec', 'nodeAffinity') !== undefined);
    expect({
      shape: expected.shape,
      workers: store.list('nodes').length - 3,
      inFlight: SHAPES[expected.shape]?.in_flight,
      databases: sets.length,
      replicas: Number(at(sets[0], 'spec', 'replicas') ?? 0),
      pinned: pinned.length,
      webs: store.list('deployments.apps', 'web').length,
      share: expected.share,
    }).toEqual(expected);
    expect(budgets).toHaveLength(expected.databases + expected.webs);
    expect(store.list('pods').filter(pod => nodeOf(pod) === undefined)).toEqual([]);
    const ours = ['db', 'web', 'filler'].flatMap(namespace => store.list('pods', namespace));
    const cores = ours.reduce((sum, pod) => sum + (pod.metadata.namespace === 'db' ? 2 : 1), 0);
    expect(cores / (expected.workers * 16)).toBeCloseTo(expected.share, 1);
  });

  it('places differ by seed, and are the same for the same seed', () => {
    const fleet = SHAPES.E?.fleet;
    const places = (seed: number): string =>
      JSON.stringify(
        onlyCluster(createWorld({ seed, ...(fleet === undefined ? {} : { fleet }) }))
          .store.list('pods', 'web')
          .map(nodeOf),
      );
    expect(places(1)).toBe(places(1));
    expect(places(1)).not.toBe(places(2));
  });

  it('are what a clusters file may say too', () => {
    for (const { fleet } of Object.values(SHAPES)) expect(readFleetSpec(structuredClone(fleet))).toEqual(fleet);
  });
});

describe('a clusters file with workloads', () => {
  const read = (workload: unknown) => () =>
    readFleetSpec({ clusters: [{ name: 'lab', control_planes: 1, workers: 3, workloads: [workload] }] });

  it('needs neither pods nor budgets', () => {
    const [lab] = read({ name: 'web', replicas: 2, cpu_millicores: 100 })().clusters;
    expect(lab).toMatchObject({ pods: 0, budgets: 0, workloads: [{ name: 'web' }] });
  });

  it.each([
    [{ name: 'Web', replicas: 2, cpu_millicores: 100 }, 'workload "Web"'],
    [{ name: 'web', cpu_millicores: 100 }, 'web: "replicas" undefined'],
    [{ name: 'web', replicas: 2, cpu_millicores: 100, size: 1 }, 'web: unknown field "size"'],
    [{ name: 'web', replicas: 2, cpu_millicores: 100, kind: 'Job' }, 'web: "kind" "Job"'],
    [{ name: 'web', replicas: 2, cpu_millicores: 100, volume: 'pinned' }, 'web: a Deployment has no volume'],
  ])('%j is refused with what is wrong', (workload, message) => {
    expect(read(workload)).toThrow(message);
  });
});

describe('a fleet from the command line', () => {
  it('is one cluster, named fleet, of the size asked for', () => {
    const fleet = generatedFleet({ nodes: 40, pods: 900, budgets: 12, pinned_databases: 4, zones: 3 });
    const world = createWorld({ seed: 1, fleet });
    const { name, store } = onlyCluster(world);
    expect(name).toBe('fleet');
    expect(store.list('nodes')).toHaveLength(40);
    expect(store.list('pods')).toHaveLength(900);
    expect(store.list('poddisruptionbudgets.policy')).toHaveLength(12);
  });

  it.each([1, 2, 3, 4, 12])('can be made with %i nodes and no more said', nodes => {
    const { store } = onlyCluster(createWorld({ seed: 1, fleet: generatedFleet({ nodes }) }));
    expect(store.list('nodes')).toHaveLength(nodes);
  });

  it('of no nodes, or of fewer pods than it needs, is refused', () => {
    expect(() => generatedFleet({ nodes: 0 })).toThrow('a fleet of no nodes');
    expect(() => createWorld({ seed: 1, fleet: generatedFleet({ nodes: 6, pods: 5 }) })).toThrow(
      'fewer than its nodes',
    );
  });

  it('of 1,000 nodes and 30,000 pods has no two of one name, and addresses of its own for each node', () => {
    const fleet = generatedFleet({ nodes: 1_000, pods: 30_000 });
    const { machines, store } = onlyCluster(createWorld({ seed: 1, fleet }));
    expect(store.list('pods')).toHaveLength(30_000);
    expect(new Set([...machines.values()].map(({ ip }) => ip)).size).toBe(1_000);
    expect(new Set([...machines.values()].map(({ pod_cidr }) => pod_cidr)).size).toBe(1_000);
  }, 60_000);
});
