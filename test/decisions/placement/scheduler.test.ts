import { describe, expect, it } from 'vitest';
import { Fleet } from '../../../src/decisions/placement/fleet.ts';
import { placePods } from '../../../src/decisions/placement/place-pods.ts';
import { PodTally, placementNode } from '../../../src/decisions/placement/read-fleet.ts';
import { readShape } from '../../../src/decisions/placement/read-shape.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import { pass, SECOND, smallWorld } from '../../simulation/world/worlds.ts';
import { HOSTNAME, ZONE } from './fleets.ts';
import { type Draw, drawFrom } from './random-fleet.ts';

const CASES = Number(process.env.PACKING_SCHEDULER_CASES ?? 500);
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const NAMESPACE = 'trial';

const term = (app: string, topologyKey: string): object => ({ topologyKey, labelSelector: { matchLabels: { app } } });

/** A pod's spec with some of what the simulated scheduler knows. */
function randomSpec(draw: Draw, app: string): Record<string, unknown> {
  const quantity = { cpu: `${100 * (1 + draw.below(20))}m`, memory: `${256 * (1 + draw.below(16))}Mi` };
  const apart = draw.chance(0.3) ? [term(draw.one([app, 'ballast']), draw.one([HOSTNAME, ZONE]))] : [];
  const beside = draw.chance(0.15) ? [term('ballast', draw.one([HOSTNAME, ZONE]))] : [];
  return {
    containers: [{ name: 'c', image: 'busybox', resources: { requests: quantity } }],
    tolerations: draw.chance(0.4) ? [{ operator: 'Exists' }] : [],
    nodeSelector: draw.chance(0.2) ? { [ZONE]: draw.one(['a', 'b']) } : {},
    affinity: { podAffinity: { [REQUIRED]: beside }, podAntiAffinity: { [REQUIRED]: apart } },
    topologySpreadConstraints: draw.chance(0.3)
      ? [
          {
            topologyKey: draw.one([ZONE, HOSTNAME]),
            maxSkew: 1 + draw.below(2),
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { app } },
          },
        ]
      : [],
  };
}

function create(cluster: SimCluster, name: string, app: string, spec: Record<string, unknown>): void {
  const metadata = { namespace: NAMESPACE, name, labels: { app } };
  cluster.store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec, status: { phase: 'Pending' } });
}

function fleetOf({ store }: SimCluster): Fleet {
  const tally = new PodTally(new Map());
  for (const pod of store.list('pods')) tally.add(pod);
  return new Fleet({ nodes: store.list('nodes').map(placementNode), hosted: tally.hosted(), budgets: [] });
}

describe('against the simulated scheduler', () => {
  it(`what is said to fit is bound, and what is said not to stays pending, in ${CASES} random cases`, () => {
    const { world, cluster } = smallWorld();
    for (const [index, node] of cluster.store.list('nodes').entries())
      cluster.store.replace('nodes', {
        ...node,
        metadata: { ...node.metadata, labels: { ...node.metadata.labels, [ZONE]: index % 2 === 0 ? 'a' : 'b' } },
      });
    const wrong: string[] = [];
    let [fitting, refused] = [0, 0];
    for (let seed = 1; seed <= CASES; seed += 1) {
      const draw = drawFrom(seed);
      const nodes = cluster.store.list('nodes').map(({ metadata }) => metadata.name);
      for (let ballast = draw.below(6); ballast > 0; ballast -= 1) {
        const nodeName = nodes[draw.below(nodes.length)];
        create(cluster, `ballast-${ballast}`, 'ballast', { ...randomSpec(draw, 'ballast'), nodeName });
      }
      const [spec, pods] = [randomSpec(draw, 'web'), 1 + draw.below(14)];
      const template = {
        workload: 'web',
        kind: 'bare',
        namespace: NAMESPACE,
        name: '',
        labels: { app: 'web' },
        spec,
      } as const;
      const told = placePods(fleetOf(cluster), [{ shape: readShape(template, new Map()), pods }]);
      for (let pod = 0; pod < pods; pod += 1) create(cluster, `web-${pod}`, 'web', spec);
      pass(world, SECOND);
      const made = cluster.store.list('pods', NAMESPACE).filter(({ metadata }) => metadata.labels?.app === 'web');
      const bound = made.filter(pod => (pod.spec as { nodeName?: string }).nodeName !== undefined).length;
      if (made.length !== pods || bound !== told.placed_pods)
        wrong.push(`${seed}: ${bound} of ${made.length} bound, ${told.placed_pods} of ${pods} said to fit`);
      fitting += bound;
      refused += pods - bound;
      for (const { metadata } of cluster.store.list('pods', NAMESPACE))
        cluster.store.remove('pods', NAMESPACE, metadata.name);
    }
    expect(wrong).toEqual([]);
    expect(Math.min(fitting, refused)).toBeGreaterThan(CASES);
  }, 120_000);
});
