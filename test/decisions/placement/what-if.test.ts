import { describe, expect, it } from 'vitest';
import { Fleet } from '../../../src/decisions/placement/fleet.ts';
import type { Question } from '../../../src/decisions/placement/question.ts';
import type { FleetFacts, HostedPods, NodeType } from '../../../src/decisions/placement/shape.ts';
import { whatIf } from '../../../src/decisions/placement/what-if.ts';
import { aBudget } from '../facts.ts';
import { aNode, aShape, evenly, GIB, on, sixNodes, ZONE } from './fleets.ts';
import { withoutUnit } from './units.ts';

const web = aShape('web');
const fleetOf = (hosted: readonly HostedPods[], change: Partial<FleetFacts> = {}): Fleet =>
  new Fleet({ nodes: sixNodes, hosted, budgets: [], ...change });
const everywhere = (pods: number): HostedPods[] => sixNodes.map(({ name }) => on(name, web, pods));
const worker: NodeType = {
  name: 'worker 4c/8Gi',
  labels: {},
  taints: [],
  allocatable: { cpu: 4000, memory: 8 * GIB, pods: 110 },
  zones: ['a', 'b', 'c'],
};

describe('what if', () => {
  it('a zone is lost: its pods find other places, and what finds none is told with the filter in the way', () => {
    expect(whatIf(fleetOf(everywhere(2)), { kind: 'lose_zone', zone: 'a' })).toMatchObject({
      scenario: 'lose zone a',
      fits: true,
      evicted_pods: 4,
      placed_pods: 4,
      unplaced_pods: 0,
    });
    expect(whatIf(fleetOf(everywhere(3)), { kind: 'lose_zone', zone: 'a' })).toMatchObject({
      fits: false,
      evicted_pods: 6,
      placed_pods: 4,
      unplaced_pods: 2,
      unplaced: [
        {
          workload: 'Deployment shop/web',
          pods: 2,
          requests: { cpu_millis: 1000, memory_bytes: GIB },
          blocked_nodes: [
            { blocker: 'CPU', nodes: 4 },
            { blocker: 'taken away', nodes: 2 },
          ],
        },
      ],
    });
  });

  it('DaemonSet and static pods go with a lost node, bare ones are lost, and none of them looks for a place', () => {
    const hosted = [
      on('a1', aShape('agent', { kind: 'each-node' }), 1),
      on('a1', aShape('etcd', { kind: 'static' }), 1),
      on('a1', aShape('debug', { kind: 'bare' }), 1),
      on('a1', aShape('batch', { kind: 'finite' }), 1),
    ];
    const told = whatIf(fleetOf(hosted), { kind: 'lose_node', node: 'a1' });
    expect(told).toMatchObject({ evicted_pods: 1, placed_pods: 1, gone_with_node_pods: 2, lost_pods: 1 });
    const drained = whatIf(fleetOf(hosted), { kind: 'drain', nodes: ['a1'] });
    expect(drained).toMatchObject({ evicted_pods: 1, placed_pods: 1, gone_with_node_pods: 0, lost_pods: 1 });
  });

  it('a drain asks the budgets, a loss does not', () => {
    const budgets = [
      aBudget('never', { disruptionsAllowed: 0, expectedPods: 6, desiredHealthy: 6 }),
      aBudget('slow', { disruptionsAllowed: 1 }),
    ];
    const fleet = fleetOf(everywhere(2), { budgets });
    const drained = whatIf(fleet, { kind: 'drain', nodes: ['a1'] });
    expect(drained).toMatchObject({ fits: false, unplaced_pods: 0 });
    expect(drained.budgets).toEqual([
      { budget: 'shop/never', evicted_pods: 2, allowed_pods: 0, never_allows: true },
      { budget: 'shop/slow', evicted_pods: 2, allowed_pods: 1, never_allows: false },
    ]);
    expect(whatIf(fleet, { kind: 'lose_node', node: 'a1' })).toMatchObject({ fits: true, budgets: [] });
  });

  it('each node is lost by itself: how many are survived, the worst first', () => {
    const local = aShape('local', {
      volumeTerms: [[{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['b2'] }] }]],
    });
    const told = whatIf(fleetOf([...everywhere(1), on('b2', local, 1)]), { kind: 'lose_each_node' });
    expect(told).toMatchObject({ fits: false, cases: { total_cases: 6, surviving_cases: 5 } });
    expect(told.each?.map(({ scenario, unplaced_pods }) => [scenario, unplaced_pods])[0]).toEqual(['lose node b2', 1]);
    expect(told.each).toHaveLength(6);
  });

  it('a lost zone counts no more for spread, a drained one still does', () => {
    const spread = evenly(ZONE, 'even');
    const even = aShape('even', { spread: [spread] });
    const fleet = fleetOf(['a1', 'b1', 'c1'].map(name => on(name, even, 2)));
    expect(whatIf(fleet, { kind: 'lose_zone', zone: 'a' }).unplaced_pods).toBe(0);
    expect(whatIf(fleet, { kind: 'drain', nodes: ['a1', 'a2'] })).toMatchObject({
      unplaced_pods: 2,
      unplaced: [{ blocked_nodes: expect.arrayContaining([{ blocker: 'topology spread', nodes: 4 }]) }],
    });
  });

  it('nodes are added: pods that wait get their places first, DaemonSets run there too, and the next question is asked of all', () => {
    const agent = aShape('agent', { kind: 'each-node', requests: { cpu: 500 } });
    const nodes = [aNode('a1', 'a')];
    const fleet = fleetOf([on('a1', agent, 1), on('a1', web, 3), on(undefined, web, 4)], { nodes });
    expect(whatIf(fleet, { kind: 'add_nodes', nodeType: worker, nodes: 1 })).toMatchObject({
      scenario: 'with 1 more nodes of worker 4c/8Gi',
      added_pods: 4,
      placed_pods: 3,
      unplaced_pods: 1,
    });
    const followedBy: Question = { kind: 'lose_node', node: 'a1' };
    expect(whatIf(fleet, { kind: 'add_nodes', nodeType: worker, nodes: 3, followedBy })).toMatchObject({
      scenario: 'lose node a1, with 3 more nodes of worker 4c/8Gi',
      evicted_pods: 3,
      unplaced_pods: 0,
    });
  });

  it('an upgrade takes nodes batch by batch, and its worst moment is told', () => {
    const fleet = fleetOf(everywhere(3));
    expect(whatIf(fleet, { kind: 'upgrade', maxUnavailable: 1 })).toMatchObject({
      fits: true,
      unplaced_pods: 0,
      cases: { total_cases: 6, surviving_cases: 6 },
    });
    const wide = whatIf(fleet, { kind: 'upgrade', maxUnavailable: 3 });
    expect(wide).toMatchObject({ fits: false, cases: { total_cases: 2, surviving_cases: 0 } });
    expect(wide.unplaced_pods).toBe(6);
  });

  it('control plane nodes are upgraded one at a time, before the workers', () => {
    const plane = aNode('z9', 'a', { labels: { 'node-role.kubernetes.io/control-plane': '' } });
    const told = whatIf(fleetOf([], { nodes: [...sixNodes, plane, { ...plane, name: 'z8' }] }), {
      kind: 'upgrade',
      maxUnavailable: 4,
    });
    expect(told.each?.map(({ scenario }) => scenario)).toEqual([
      'batch 1: z8',
      'batch 2: z9',
      'batch 3: a1, a2, b1, b2',
      'batch 4: c1, c2',
    ]);
  });

  it('workloads grow: what is replicated, not what ends or is on every node', () => {
    const hosted = [...everywhere(1), on('a1', aShape('job', { kind: 'finite' }), 1)];
    expect(whatIf(fleetOf(hosted), { kind: 'growth', factor: 2 })).toMatchObject({ added_pods: 6, fits: true });
    expect(whatIf(fleetOf(hosted), { kind: 'growth', factor: 5 })).toMatchObject({ added_pods: 24, unplaced_pods: 7 });
    expect(whatIf(fleetOf(hosted), { kind: 'growth', factor: 1 })).toMatchObject({ added_pods: 0, fits: true });
  });

  it.each<Question>([
    { kind: 'replicas', shape: web, pods: 100 },
    { kind: 'lose_each_zone' },
    { kind: 'lose_each_node' },
    { kind: 'upgrade', maxUnavailable: 2 },
    { kind: 'drain', nodes: ['a1', 'nobody'] },
    { kind: 'growth', factor: 3 },
    { kind: 'lose_zone', zone: 'nowhere' },
    { kind: 'add_nodes', nodeType: worker, nodes: 2, followedBy: { kind: 'lose_each_node' } },
  ])('$kind leaves the fleet as it was, and tells every number with its unit', question => {
    const fleet = fleetOf(everywhere(3));
    const before = JSON.stringify([
      fleet.free.map(one => [...one]),
      fleet.hosted.map(pods => [...pods]),
      [...fleet.open],
    ]);
    const told = whatIf(fleet, question);
    expect(withoutUnit(told)).toEqual([]);
    expect(whatIf(fleet, question)).toEqual(told);
    expect(
      JSON.stringify([fleet.free.map(one => [...one]), fleet.hosted.map(pods => [...pods]), [...fleet.open]]),
    ).toBe(before);
  });
});
