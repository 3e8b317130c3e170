import { describe, expect, it } from 'vitest';
import { foldOperation } from '../../src/decisions/operation-state.ts';
import type { NodeState } from '../../src/model/operation.ts';
import { noObservations, projectOperation } from '../../src/operations/project.ts';
import { ModelWorld } from '../decisions/upgrade-turn/model-world.ts';

const names = ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'];

describe('the record of an operation', () => {
  it.each<[NodeState, number]>([
    ['done', 1],
    ['skipped', 1],
    ['failed', 0],
    ['rolled_back', 0],
    ['in_doubt', 0],
    ['draining', 0],
  ])('counts a node that is %s as %i done', (state, done) => {
    const world = new ModelWorld(names, new Map());
    const plan = world.plan();
    const at = new Date(world.now).toISOString();
    const seen = foldOperation(plan, [
      { kind: 'started', sequence: 1, at },
      { kind: 'observed', cluster: 'production', node: 'worker-1', state, reason: '', evidence: [], sequence: 2, at },
    ]);
    const { progress, nodes_by_state } = projectOperation(plan, 'op-1', seen, noObservations, at);
    expect(progress).toEqual({ done, total: names.length });
    expect(nodes_by_state[state]).toBe(1);
  });
});
