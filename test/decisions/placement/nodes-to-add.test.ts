import { describe, expect, it } from 'vitest';
import { Fleet } from '../../../src/decisions/placement/fleet.ts';
import { nodesToAdd } from '../../../src/decisions/placement/nodes-to-add.ts';
import type { NodeType, PodsOf } from '../../../src/decisions/placement/shape.ts';
import { openSolver } from '../../../src/solver/highs.ts';
import { aNode, aShape, evenly, GIB, on, sixNodes, ZONE } from './fleets.ts';
import { type Draw, drawFrom } from './random-fleet.ts';
import { withoutUnit } from './units.ts';

const worker: NodeType = {
  name: 'worker 4c/8Gi',
  labels: {},
  taints: [],
  allocatable: { cpu: 4000, memory: 8 * GIB, pods: 110 },
  zones: [],
};
const zoned: NodeType = { ...worker, zones: ['a', 'b', 'c'] };
const empty = (): Fleet => new Fleet({ nodes: [], hosted: [], budgets: [] });

const randomPods = (draw: Draw): PodsOf[] =>
  Array.from({ length: 2 + draw.below(4) }, (_, index) => ({
    shape: aShape(`w-${index}`, {
      requests: { cpu: 50 * (1 + draw.below(40)), memory: 2 ** 26 * (1 + draw.below(60)) },
    }),
    pods: 1 + draw.below(20),
  }));

describe('nodes to add', () => {
  it('are none when all fits, and only for what does not', () => {
    const fleet = new Fleet({ nodes: sixNodes, hosted: [], budgets: [] });
    const web = aShape('web');
    expect(nodesToAdd(fleet, [{ shape: web, pods: 24 }], worker)).toMatchObject({
      nodes: 0,
      lower_bound_nodes: 0,
      method: 'none_needed',
      placed_now_pods: 24,
    });
    expect(nodesToAdd(fleet, [{ shape: web, pods: 29 }], worker)).toMatchObject({
      nodes: 2,
      lower_bound_nodes: 2,
      method: 'exact',
      scheduler_nodes: 2,
      placed_now_pods: 24,
    });
  });

  it('hold what DaemonSets put on every node as well', () => {
    const agent = aShape('agent', { kind: 'each-node', requests: { cpu: 1000 } });
    const fleet = new Fleet({ nodes: [aNode('a1', 'a')], hosted: [on('a1', agent, 1)], budgets: [] });
    expect(nodesToAdd(fleet, [{ shape: aShape('web'), pods: 9 }], worker)).toMatchObject({
      nodes: 2,
      scheduler_nodes: 2,
    });
  });

  it('are in the zones that volumes and spread ask for', () => {
    const inZone = (zone: string) => ({
      volumeTerms: [[{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }]],
    });
    const spread = evenly(ZONE, 'even');
    const told = nodesToAdd(
      empty(),
      [
        { shape: aShape('disk', inZone('b')), pods: 8 },
        { shape: aShape('even', { spread: [spread] }), pods: 3 },
      ],
      zoned,
    );
    expect(told).toMatchObject({ nodes: 5, nodes_by_zone: { a: 1, b: 3, c: 1 } });
  });

  it('are one for each pod where pods must be apart, and tell what no such node takes', () => {
    const apart = {
      topologyKey: 'kubernetes.io/hostname',
      selector: { matchLabels: { app: 'db' } },
      namespaces: ['shop'],
    };
    const told = nodesToAdd(
      empty(),
      [
        { shape: aShape('db', { antiAffinity: [apart] }), pods: 5 },
        { shape: aShape('huge', { requests: { cpu: 5000 } }), pods: 2 },
        { shape: aShape('picky', { nodeSelector: { disk: 'ssd' } }), pods: 1 },
      ],
      worker,
    );
    expect(told).toMatchObject({ nodes: 5, lower_bound_nodes: 5, method: 'exact', scheduler_nodes: 5 });
    expect(
      told.impossible.map(({ workload, pods, blocked_nodes }) => [workload, pods, blocked_nodes[0]?.blocker]),
    ).toEqual([
      ['Deployment shop/picky', 1, 'node selector does not match'],
      ['Deployment shop/huge', 2, 'size of the node'],
    ]);
  });

  it('are never fewer than the bound, hold all by the scheduler, and the solver never takes more', async () => {
    const solver = await openSolver(60_000);
    let exact = 0;
    for (let seed = 1; seed <= 6; seed += 1) {
      const pods = randomPods(drawFrom(seed));
      const greedy = nodesToAdd(empty(), pods, seed % 2 === 0 ? zoned : worker);
      const solved = nodesToAdd(empty(), pods, seed % 2 === 0 ? zoned : worker, solver);
      expect(withoutUnit(solved)).toEqual([]);
      expect(greedy.nodes).toBeGreaterThanOrEqual(greedy.lower_bound_nodes);
      expect(solved.nodes).toBeGreaterThanOrEqual(solved.lower_bound_nodes);
      expect(solved.lower_bound_nodes).toBeGreaterThanOrEqual(greedy.lower_bound_nodes);
      expect(solved.nodes).toBeLessThanOrEqual(greedy.nodes);
      expect(solved.scheduler_nodes).toBeGreaterThanOrEqual(solved.lower_bound_nodes);
      if (solved.method === 'exact') exact += 1;
    }
    expect(exact).toBeGreaterThan(4);
  }, 120_000);
});
