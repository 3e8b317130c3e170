import { describe, expect, it } from 'vitest';
import { openSolver } from '../../src/solver/highs.ts';

const PROGRAM = ['Maximize', ' obj: 3 x + 2 y', 'Subject To', ' r: x + y <= 4', ' s: x <= 2.5'];

describe('the solver', () => {
  it('solves linear programs with prices of their rows, and integer ones', async () => {
    const solver = await openSolver(10_000);
    const linear = solver.solve([...PROGRAM, 'End'].join('\n'));
    expect(linear).toEqual({ objective: 10.5, values: { x: 2.5, y: 1.5 }, duals: { r: 2, s: 1 } });
    const whole = solver.solve([...PROGRAM, 'General', ' x y', 'End'].join('\n'));
    expect(whole).toMatchObject({ objective: 10, values: { x: 2, y: 2 } });
  });

  it('has no answer where there is no optimum, and begins nothing once its time is up', async () => {
    const solver = await openSolver(10_000);
    expect(solver.solve('Maximize\n obj: x\nSubject To\n r: x >= 1\nEnd')).toBeUndefined();
    expect((await openSolver(0)).solve([...PROGRAM, 'End'].join('\n'))).toBeUndefined();
  });
});
