import { describe, expect, it } from 'vitest';
import type { Placement } from '../../../src/decisions/placement/answers.ts';
import { withoutUnit } from './units.ts';

describe('an answer', () => {
  it('has a unit in the name of every number, and the check would see one without', () => {
    const placement: Placement = {
      wanted_pods: 2,
      placed_pods: 1,
      unplaced_pods: 1,
      unplaced: [
        {
          workload: 'Deployment shop/web',
          pods: 1,
          requests: { cpu_millis: 1, memory_bytes: 1, extended_pieces: { 'nvidia.com/gpu': 1 } },
          blocked_nodes: [{ blocker: 'CPU', nodes: 3 }],
        },
      ],
      literal: [],
      not_modelled: [],
    };
    expect(withoutUnit(placement)).toEqual([]);
    expect(withoutUnit({ count: 1, list: [{ pods: 1, size: 2 }] })).toEqual(['.count', '.list[0].size']);
  });
});
