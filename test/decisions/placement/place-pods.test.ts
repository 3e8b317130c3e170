import { describe, expect, it } from 'vitest';
import { Fleet } from '../../../src/decisions/placement/fleet.ts';
import { placePods } from '../../../src/decisions/placement/place-pods.ts';
import { schedule, scheduleLiterally } from '../../../src/decisions/placement/schedule.ts';
import type { PodShape } from '../../../src/decisions/placement/shape.ts';
import { aNode, aShape, evenly, HOSTNAME, sixNodes, ZONE } from './fleets.ts';
import { type Bound, bindOne, boundOf } from './literal.ts';
import { drawFrom, randomFleet } from './random-fleet.ts';
import { withoutUnit } from './units.ts';

const CASES = 10_000;

/** "n-0 Deployment shop/w-1" for each pod, sorted. */
const tally = (pairs: readonly { node: string; shape: PodShape }[]): string =>
  pairs
    .map(({ node, shape }) => `${node} ${shape.workload}`)
    .sort()
    .join(', ');
const tallyOf = (fleet: Fleet): string =>
  tally(
    fleet.hosted.flatMap((pods, node) =>
      [...pods].flatMap(([index, count]) =>
        Array.from({ length: count }, () => ({
          node: fleet.nodes[node]?.name ?? '',
          shape: fleet.classes[index]?.shape as PodShape,
        })),
      ),
    ),
  );

describe('placement', () => {
  it(`is that of a literal pod-by-pod simulation in ${CASES} random cases, by rank and literally`, () => {
    let [placedTotal, refusedTotal] = [0, 0];
    const wrong: string[] = [];
    for (let seed = 1; seed <= CASES; seed += 1) {
      const draw = drawFrom(seed);
      const { nodes, shapes, hosted } = randomFleet(draw);
      const wanted = shapes.map(shape => ({ shape, pods: draw.below(6) }));
      const bound = boundOf(hosted, nodes);
      const facts = { nodes, hosted, budgets: [] };
      const [ranked, literal] = [new Fleet(facts), new Fleet(facts)];
      for (const { shape, pods } of wanted) {
        let placed = 0;
        while (placed < pods && bindOne(shape, nodes, bound)) placed += 1;
        placedTotal += placed;
        refusedTotal += pods - placed;
        const told = [
          schedule(ranked, ranked.classOf(shape), pods),
          scheduleLiterally(literal, literal.classOf(shape), pods),
        ];
        if (told.some(one => one !== placed))
          wrong.push(`${seed}: ${shape.workload} ${told.join(' and ')}, not ${placed}`);
      }
      const expected = tally(bound.map(({ node, shape }) => ({ node: node.name, shape })));
      for (const fleet of [ranked, literal]) if (tallyOf(fleet) !== expected) wrong.push(`${seed}: ${tallyOf(fleet)}`);
    }
    expect(wrong).toEqual([]);
    expect(placedTotal).toBeGreaterThan(CASES);
    expect(refusedTotal).toBeGreaterThan(CASES / 2);
  }, 120_000);

  it('is told by workload and node, the important first, and changes nothing', () => {
    const fleet = new Fleet({ nodes: sixNodes.slice(0, 2), hosted: [], budgets: [] });
    const [low, high] = [aShape('low'), aShape('high', { priority: 10, notModelled: ['devices'] })];
    const asked = [
      { shape: low, pods: 4 },
      { shape: high, pods: 6 },
    ];
    const told = placePods(fleet, asked);
    expect(told).toMatchObject({
      wanted_pods: 10,
      placed_pods: 8,
      unplaced_pods: 2,
      unplaced: [{ workload: 'Deployment shop/low', pods: 2, blocked_nodes: [{ blocker: 'CPU', nodes: 2 }] }],
      literal: [],
    });
    expect(told.not_modelled).toContain('Deployment shop/high: devices');
    expect(withoutUnit(told)).toEqual([]);
    expect(placePods(fleet, asked)).toEqual(told);
  });

  it('tries those again that have to be beside a pod that came later', () => {
    const beside = { topologyKey: ZONE, selector: { matchLabels: { app: 'small' } }, namespaces: ['shop'] };
    const fleet = new Fleet({ nodes: sixNodes, hosted: [], budgets: [] });
    const told = placePods(fleet, [
      { shape: aShape('large', { affinity: [beside] }), pods: 2 },
      { shape: aShape('small', { requests: { cpu: 1 } }), pods: 1 },
    ]);
    expect(told).toMatchObject({ placed_pods: 3, unplaced_pods: 0 });
  });

  it('of more domains than a shortcut takes is literal, says so, and is the same', () => {
    const nodes = Array.from({ length: 70 }, (_, index) => aNode(`n-${index}`, index % 2 === 0 ? 'a' : 'b'));
    const spread = evenly(HOSTNAME, 'even');
    const [even, plain] = [aShape('even', { spread: [spread] }), aShape('plain', { requests: { cpu: 3500 } })];
    const fleet = new Fleet({ nodes, hosted: [], budgets: [] });
    const told = placePods(fleet, [
      { shape: plain, pods: 35 },
      { shape: even, pods: 100 },
    ]);
    expect(told.literal).toEqual(['Deployment shop/even']);
    const bound: Bound[] = [];
    for (const shape of [...Array(35).fill(plain), ...Array(100).fill(even)]) bindOne(shape, nodes, bound);
    expect(told.placed_pods).toBe(bound.length);
  });
});
