import { describe, expect, it } from 'vitest';
import { Fleet } from '../../../src/decisions/placement/fleet.ts';
import { headroom } from '../../../src/decisions/placement/headroom.ts';
import { bindOne, boundOf } from './literal.ts';
import { drawFrom, randomFleet } from './random-fleet.ts';
import { withoutUnit } from './units.ts';

const CASES = 2_000;

describe('headroom', () => {
  it(`is what a pod-by-pod simulation fills the fleet with, in ${CASES} random cases, most of them in closed form`, () => {
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
