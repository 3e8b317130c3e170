import { describe, expect, it } from 'vitest';
import { Fleet } from '../../../src/decisions/placement/fleet.ts';
import { nodeSizes } from '../../../src/decisions/placement/node-sizes.ts';
import { type ResourceUse, rightSizing } from '../../../src/decisions/placement/right-sizing.ts';
import type { NodeType } from '../../../src/decisions/placement/shape.ts';
import { aShape, GIB, on, sixNodes } from './fleets.ts';
import { withoutUnit } from './units.ts';

const MIB = 2 ** 20;
const use = (requested: number, used: number, historyDays = 14): ResourceUse => ({ requested, used, historyDays });
const cpu = (given: ResourceUse) => rightSizing([{ workload: 'Deployment shop/web', pods: 3, cpu: given }])[0];
const memory = (given: ResourceUse) => rightSizing([{ workload: 'Deployment shop/web', pods: 3, memory: given }])[0];

describe('right-sizing', () => {
  it('a request far above its use is lowered to it and 15 %, and says what all pods give back and what can go wrong', () => {
    expect(cpu(use(1000, 200))).toEqual({
      workload: 'Deployment shop/web',
      pods: 3,
      resource: 'cpu',
      direction: 'lower',
      unit: 'millicores',
      requested: 1000,
      used: 200,
      suggested: 230,
      total_change: -2310,
      based_on: 'history',
      risk: 'pods get less CPU when their node is full, and autoscaling on CPU percent reacts earlier',
    });
    expect(memory(use(GIB, 100 * MIB))).toMatchObject({ direction: 'lower', unit: 'bytes', suggested: 115 * MIB });
    expect(memory(use(GIB, 100 * MIB))?.risk).toContain('evicted');
  });

  it('one that is exceeded is raised', () => {
    expect(memory(use(GIB, 2 * GIB))).toMatchObject({ direction: 'raise', suggested: Math.ceil(2.3 * GIB) });
  });

  it.each<[string, ResourceUse]>([
    ['it is close', use(1000, 800)],
    ['it is used to the full, not above', use(1000, 1000)],
    ['little is to be had', use(30, 1)],
    ['there is no request', use(0, 500)],
    ['the use is not known', use(1000, Number.NaN)],
    ['the use is no use', use(1000, -5)],
  ])('nothing is said where %s', (_, given) => {
    expect(cpu(given)).toBeUndefined();
  });

  it('a single look is trusted less, and the risk says so; so are a few days', () => {
    expect(cpu(use(1000, 200, 0))).toMatchObject({ suggested: 460, based_on: 'now' });
    expect(cpu(use(1000, 200, 0))?.risk).toContain('a single look');
    expect(cpu(use(1000, 200, 3))?.risk).toContain('only 3 days');
    expect(cpu(use(1000, 500, 0))).toBeUndefined();
  });

  it('what gives back most comes first', () => {
    const hints = rightSizing([
      { workload: 'a', pods: 1, cpu: use(1000, 100) },
      { workload: 'b', pods: 9, cpu: use(1000, 100), memory: use(GIB, 0) },
    ]);
    expect(hints.map(({ workload, resource }) => `${workload} ${resource}`)).toEqual(['b cpu', 'a cpu', 'b memory']);
    expect(withoutUnit(hints)).toEqual([]);
  });
});

describe('sizes of nodes', () => {
  const type = (name: string, cores: number): NodeType => ({
    name,
    labels: {},
    taints: [],
    allocatable: { cpu: cores * 1000, memory: 2 * cores * GIB, pods: 110 },
    zones: [],
  });
  it('R313: hold all that runs, DaemonSets on each, with what is risky about it', () => {
    const hosted = [
      ...sixNodes.map(({ name }) => on(name, aShape('agent', { kind: 'each-node', requests: { cpu: 500 } }), 1)),
      ...sixNodes.map(({ name }) => on(name, aShape('web'), 3)),
    ];
    const options = nodeSizes(new Fleet({ nodes: sixNodes, hosted, budgets: [] }), [
      type('small', 1),
      type('medium', 4),
      type('large', 32),
    ]);
    expect(options).toMatchObject([
      {
        node_type: 'small',
        nodes: 0,
        requested_cpu_percent: 0,
        pods_per_node: 0,
        risk: expect.stringContaining('18 pods fit on no such node'),
      },
      { node_type: 'medium', nodes: 6, lower_bound_nodes: 6, requested_cpu_percent: 75, pods_per_node: 3 },
      { node_type: 'large', nodes: 1, requested_cpu_percent: 56.3, risk: expect.stringContaining('one that fails') },
    ]);
    expect(options[1]?.risk).toBe('every pod has to move once to get there');
    expect(withoutUnit(options)).toEqual([]);
  });
});
