import { describe, expect, it } from 'vitest';
import { Fleet } from '../../../src/decisions/placement/fleet.ts';
import { headroom } from '../../../src/decisions/placement/headroom.ts';
import { aNode, aShape, evenly, GIB, HOSTNAME, on, sixNodes, ZONE } from './fleets.ts';
import { bindOne, boundOf } from './literal.ts';
import { drawFrom, randomFleet } from './random-fleet.ts';
import { withoutUnit } from './units.ts';

const CASES = 2_000;

const apart = { topologyKey: HOSTNAME, selector: { matchLabels: { app: 'web' } }, namespaces: 'all' } as const;
const byZone = evenly(ZONE, 'web');
const gpu = 'example.com/gpu';
const withGpus = [
  aNode('g1', 'a', { allocatable: { cpu: 4000, memory: 8 * GIB, pods: 110, [gpu]: 2 } }),
  aNode('n1', 'a'),
];

describe('what ends the room of each node', () => {
  it.each([
    ['what is scarcest', sixNodes, aShape('web'), [], 24, [['CPU', 6]]],
    ['memory', sixNodes, aShape('web', { requests: { cpu: 100, memory: 5 * GIB } }), [], 6, [['memory', 6]]],
    [
      'the slots for pods, where nothing is asked for',
      sixNodes,
      aShape('web', { requests: {} }),
      [],
      660,
      [['pod slots', 6]],
    ],
    ['a resource that some nodes have', withGpus, aShape('web', { requests: { [gpu]: 1 } }), [], 2, [[gpu, 2]]],
    [
      'the column that runs out first, not the first one',
      [aNode('n', 'a', { allocatable: { cpu: 3900, memory: 3.2 * GIB, pods: 110 } })],
      aShape('web'),
      [],
      3,
      [['memory', 1]],
    ],
    ['a pod of its own kind', sixNodes, aShape('web', { antiAffinity: [apart] }), [], 6, [['anti-affinity', 6]]],
    [
      'a pod that is there already, and the resource where both are in the way',
      sixNodes,
      aShape('web', { antiAffinity: [apart] }),
      [on('a1', aShape('web'), 1), on('a2', aShape('web'), 4)],
      4,
      [
        ['anti-affinity', 5],
        ['CPU', 1],
      ],
    ],
    [
      'the port that one of its kind holds',
      sixNodes,
      aShape('web', { hostPorts: [{ hostIp: '0.0.0.0', protocol: 'TCP', port: 80 }] }),
      [],
      6,
      [['host port', 6]],
    ],
    ['more of what is there than there is', sixNodes, aShape('web'), [on('a1', aShape('big'), 6)], 20, [['CPU', 6]]],
    [
      'the zones that would be too far ahead',
      sixNodes.slice(0, 5),
      aShape('web', { spread: [byZone] }),
      [],
      14,
      [
        ['topology spread', 4],
        ['CPU', 1],
      ],
    ],
    [
      'the label that it is spread by and the node has not',
      [...sixNodes, aNode('n', 'a', { labels: {} })],
      aShape('web', { spread: [byZone] }),
      [],
      24,
      [
        ['CPU', 6],
        ['topology spread', 1],
      ],
    ],
  ] as const)('%s', (_, nodes, shape, hosted, pods, blocked) => {
    const told = headroom(new Fleet({ nodes, hosted, budgets: [] }), shape);
    expect(told.method).toBe('closed_form');
    expect([told.pods, told.blocked_nodes.map(({ blocker, nodes: count }) => [blocker, count])]).toEqual([
      pods,
      blocked,
    ]);
  });

  it('is told of nodes that are taken away as of those that are there', () => {
    const fleet = new Fleet({ nodes: sixNodes, hosted: [], budgets: [] });
    fleet.setOpen(0, false, false);
    expect(headroom(fleet, aShape('web'))).toMatchObject({
      pods: 20,
      blocked_nodes: [
        { blocker: 'CPU', nodes: 5 },
        { blocker: 'taken away', nodes: 1 },
      ],
    });
  });
});

describe('headroom', () => {
  it(`is what a pod-by-pod simulation fills the fleet with, in ${CASES} random cases, most of them in closed form, and tells of each node once`, () => {
    const wrong: string[] = [];
    const methods = { closed_form: 0, placed: 0 };
    for (let seed = 1; seed <= CASES; seed += 1) {
      const { nodes, shapes, hosted } = randomFleet(drawFrom(seed + 1_000_000));
      const fleet = new Fleet({ nodes, hosted, budgets: [] });
      for (const shape of shapes) {
        const told = headroom(fleet, shape);
        const bound = boundOf(hosted, nodes);
        let pods = 0;
        while (bindOne(shape, nodes, bound)) pods += 1;
        const nodesTold = told.blocked_nodes.reduce((sum, blocked) => sum + blocked.nodes, 0);
        if (nodesTold !== nodes.length)
          wrong.push(`${seed}: ${shape.workload} tells of ${nodesTold} of ${nodes.length} nodes`);
        if (told.pods !== pods) wrong.push(`${seed}: ${shape.workload} ${told.pods}, not ${pods}`);
        wrong.push(...withoutUnit(told));
        methods[told.method] += 1;
      }
    }
    expect(wrong).toEqual([]);
    expect(methods.closed_form).toBeGreaterThan(5 * methods.placed);
    expect(methods.placed).toBeGreaterThan(60);
  }, 120_000);
});
