import { test as lawTest } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { judgeFit } from '../../../src/decisions/fit/fit.ts';
import type { FitNode } from '../../../src/decisions/fit/obstacles.ts';
import { asks, GIB, judged, node, sized } from './fit-cases.ts';

const nodesArbitrary = fc.array(
  fc.record({ cpu: fc.integer({ min: 0, max: 6 }), memory: fc.integer({ min: 0, max: 6 }) }),
  { maxLength: 4 },
);
const nodesOf = (sizes: readonly { cpu: number; memory: number }[]): FitNode[] =>
  sizes.map(({ cpu, memory }, index) =>
    node(`n-${index}`, { allocatable: { cpuMillis: cpu * 1000, memoryBytes: memory * GIB, pods: 3 } }),
  );

describe('laws of fit', () => {
  lawTest.prop([
    nodesArbitrary,
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 0, max: 12 }),
  ])('is exact for one workload: what fits is the sum of what fits on each node', (sizes, cpu, memory, replicas) => {
    const room = sizes.reduce(
      (sum, one) => sum + Math.min(3, Math.floor(one.cpu / cpu), Math.floor(one.memory / memory)),
      0,
    );
    const result = judged(sized(cpu, `${memory}Gi`, {}, { replicas }), nodesOf(sizes));
    expect(result.ok).toBe(replicas <= room);
    if (!result.ok) expect(result.blocked[0]).toMatchObject({ fits: room, wanted: replicas });
  });

  const workload = fc.record({
    cpu: fc.integer({ min: 1, max: 3 }),
    memory: fc.integer({ min: 1, max: 3 }),
    replicas: fc.integer({ min: 0, max: 4 }),
  });
  lawTest.prop([nodesArbitrary, fc.array(workload, { minLength: 1, maxLength: 3 })])(
    'a placement never overfills a node, and holds every pod when all fit',
    (sizes, workloads) => {
      const objects = workloads.map(({ cpu, memory, replicas }, index) => ({
        ...sized(cpu, `${memory}Gi`, {}, { replicas }),
        metadata: { name: `w-${index}` },
      }));
      const nodes = nodesOf(sizes);
      const result = judgeFit(asks(...objects), { nodes, pods: [] });
      for (const [index, { cpu, memory }] of sizes.entries()) {
        const taken = result.placed.map(({ object, nodes: on }) => ({
          count: on[`n-${index}`] ?? 0,
          of: workloads[Number(object.slice(-1))],
        }));
        expect(taken.reduce((sum, { count, of }) => sum + count * (of?.cpu ?? 0), 0)).toBeLessThanOrEqual(cpu);
        expect(taken.reduce((sum, { count, of }) => sum + count * (of?.memory ?? 0), 0)).toBeLessThanOrEqual(memory);
        expect(taken.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(3);
      }
      const placed = result.placed.reduce(
        (sum, { nodes: on }) => sum + Object.values(on).reduce((a, b) => a + b, 0),
        0,
      );
      if (result.ok) expect(placed).toBe(workloads.reduce((sum, { replicas }) => sum + replicas, 0));
    },
  );

  lawTest.prop([nodesArbitrary, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 8 })])(
    'one more node never makes one workload fit worse',
    (sizes, cpu, replicas) => {
      const object = sized(cpu, '1Gi', {}, { replicas });
      const fits = (nodes: readonly FitNode[]): boolean => judged(object, nodes).ok;
      expect(fits(nodesOf(sizes)) && !fits([...nodesOf(sizes), node('more')])).toBe(false);
    },
  );
});
