import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCapacityRestored, checkNodeNeeds, nodesNeeded } from '../../../src/decisions/checks/capacity.ts';
import { standsAgainst, statusOf } from '../../../src/decisions/checks/check.ts';
import { aCluster, aNode, aPod } from '../facts.ts';

describe('how many workers are needed', () => {
  it.each([
    [3000, 2],
    [3001, 3],
    [9000, 4],
    [0, 2],
  ])('R159: %d m asked of workers of 4,000 m need %d, one of which may be gone', (cpu, workers) => {
    expect(nodesNeeded({ cpu, memory: 0 }, { cpu: 4000, memory: 8e9 })).toBe(workers);
  });

  it('R159: what is missing is a warning; waiting pods count too', () => {
    const pods = [
      aPod('a', 'worker-1', { requests: { cpuMillis: 2800, memoryBytes: 1 } }),
      aPod('b', undefined, { phase: 'Pending', requests: { cpuMillis: 2800, memoryBytes: 1 } }),
    ];
    const { issues, figures } = checkNodeNeeds(aCluster([aNode('worker-1'), aNode('worker-2')], { pods }));
    expect(figures).toMatchObject({ workers: 2, needed: 3, missing: 1 });
    expect(statusOf(issues)).toBe('degraded');
  });

  it('a cluster without workers is unknown', () => {
    expect(statusOf(checkNodeNeeds(aCluster([aNode('cp-1')])).issues)).toBe('unknown');
  });

  it('law: more asked never needs fewer', () => {
    const size = { cpu: 4000, memory: 8e9 };
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), (cpu, more) => {
        return nodesNeeded({ cpu: cpu + more, memory: 0 }, size) >= nodesNeeded({ cpu, memory: 0 }, size);
      }),
    );
  });
});

describe('the gate of capacity restored', () => {
  it('R259: passes when every node is Ready and every pod has a node; what is not known stands against it', () => {
    const gate = (facts: ReturnType<typeof aCluster>) => checkCapacityRestored(facts).issues;
    expect(gate(aCluster([aNode('worker-1')], { pods: [aPod('web', 'worker-1')] }))).toEqual([]);
    expect(gate(aCluster([aNode('worker-1', { ready: false })])).some(standsAgainst)).toBe(true);
    expect(gate(aCluster([aNode('worker-1', { ready: 'unknown' })])).some(standsAgainst)).toBe(true);
    expect(
      gate(aCluster([aNode('worker-1')], { pods: [aPod('web', undefined, { phase: 'Pending' })] })).some(standsAgainst),
    ).toBe(true);
    expect(gate(aCluster([])).some(standsAgainst)).toBe(true);
  });
});
