import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPlacement, checkRebalancing, planMoves } from '../../../src/decisions/checks/placement.ts';
import type { ClusterFacts } from '../../../src/model/facts.ts';
import { aBudget, aCluster, aNode, aPod } from '../facts.ts';

const workers = ['worker-1', 'worker-2', 'worker-3'];
const nodes = workers.map(name => aNode(name));
const web = (index: number, node: string, cpuMillis = 500) =>
  aPod(`web-${index}`, node, { requests: { cpuMillis, memoryBytes: 1e8 } });
const skewed = (budgets: ClusterFacts['budgets'] = []) =>
  aCluster(nodes, { pods: Array.from({ length: 6 }, (_, index) => web(index, 'worker-1')), budgets });

describe('rebalancing', () => {
  it('R128: lowers the fullest worker, and is only a plan', () => {
    const { moves, before, after } = planMoves(skewed());
    expect(after).toBeLessThan(before);
    expect(moves.every(({ from }) => from === 'worker-1')).toBe(true);
    expect(checkRebalancing(skewed()).figures).toMatchObject({ dry_run: true });
    expect(checkRebalancing(skewed()).issues.every(({ severity }) => severity === 'info')).toBe(true);
  });

  it('R128: never moves more pods of a budget than it allows now', () => {
    expect(planMoves(skewed([aBudget('web', { disruptionsAllowed: 1 })])).moves).toHaveLength(1);
    expect(planMoves(skewed([aBudget('web', { disruptionsAllowed: 0 })])).moves).toEqual([]);
  });

  it.each([
    ['static', { isMirror: true }],
    ['with data on its node', { hasLocalVolume: true }],
    ['with an emptyDir', { hasEmptyDir: true }],
    ['of a StatefulSet', { controller: { kind: 'StatefulSet', name: 'db', uid: 'u' } }],
  ])('leaves a pod %s where it is', (_what, change) => {
    const pods = Array.from({ length: 6 }, (_, index) => ({ ...web(index, 'worker-1'), ...change }));
    expect(planMoves(aCluster(nodes, { pods })).moves).toEqual([]);
  });

  it('moves nothing to a node that is cordoned, away or tainted', () => {
    const taint = { key: 'gpu', value: '', effect: 'NoSchedule' };
    const others = [
      aNode('worker-2', { unschedulable: true }),
      aNode('worker-3', { ready: false }),
      aNode('worker-4', { taints: [taint] }),
    ];
    const facts = aCluster([aNode('worker-1'), ...others], { pods: skewed().pods });
    expect(planMoves(facts).moves).toEqual([]);
  });

  it('law: the fullest worker is never fuller afterwards, no pod moves twice, no budget is overdrawn', () => {
    const placed = fc.array(fc.record({ node: fc.constantFrom(...workers), cpu: fc.integer({ min: 1, max: 1500 }) }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(placed, fc.nat(5), (wanted, disruptionsAllowed) => {
        const pods = wanted.map(({ node, cpu }, index) => web(index, node, cpu));
        const { moves, before, after } = planMoves(
          aCluster(nodes, { pods, budgets: [aBudget('web', { disruptionsAllowed })] }),
        );
        return (
          after <= before &&
          new Set(moves.map(({ pod }) => pod)).size === moves.length &&
          moves.length <= disruptionsAllowed
        );
      }),
    );
  });
});

describe('placement', () => {
  it('R129: three replicas on one node are flagged, spread ones are not', () => {
    const together = aCluster(nodes, { pods: [1, 2, 3].map(index => web(index, 'worker-1')) });
    expect(checkPlacement(together).issues.map(({ message }) => message)).toEqual([
      'all 3 replicas of shop/web are on worker-1: spread them',
    ]);
    const spread = aCluster(nodes, { pods: [web(1, 'worker-1'), web(2, 'worker-2')] });
    expect(checkPlacement(spread).issues).toEqual([]);
  });

  it('one replica, or one worker, can’t be spread', () => {
    expect(checkPlacement(aCluster(nodes, { pods: [web(1, 'worker-1')] })).issues).toEqual([]);
    const pods = [web(1, 'worker-1'), web(2, 'worker-1')];
    expect(checkPlacement(aCluster([aNode('worker-1')], { pods })).issues).toEqual([]);
  });

  it('a deployment’s pod on a control plane node is told', () => {
    const facts = aCluster([aNode('cp-1'), ...nodes], { pods: [web(1, 'cp-1')] });
    expect(checkPlacement(facts).issues).toEqual([expect.objectContaining({ severity: 'info' })]);
  });
});
