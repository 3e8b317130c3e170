import type { LinearSolver, Solution } from '../decisions/placement/solver.ts';

/** Its types are those of the CommonJS file; the ES module's default is the loader itself. */
type Loader = typeof import('highs')['default'];

/** Less than this is no time to solve anything in. */
const LEAST_MS = 5;

/**
 * HiGHS (WebAssembly, in this thread), loaded when it is asked for. All programs together take about `budgetMs`: each has what is left
 * of it, and after it none is begun. A program that has no optimum, or none in time, is undefined.
 */
export async function openSolver(budgetMs: number): Promise<LinearSolver> {
  const { default: load } = await import('highs');
  const highs = await (load as unknown as Loader)();
  const end = performance.now() + budgetMs;
  return {
    solve(program) {
      const left = end - performance.now();
      if (left < LEAST_MS) return undefined;
      const solved = highs.solve(program, { time_limit: left / 1000, mip_rel_gap: 0, output_flag: false });
      return solved.Status === 'Optimal' ? solutionOf(solved) : undefined;
    },
  };
}

function solutionOf(solved: {
  ObjectiveValue: number;
  Columns: Readonly<Record<string, object>>;
  Rows: readonly object[];
}): Solution {
  const primal = (column: object): number => ('Primal' in column ? Number(column.Primal) : 0);
  return {
    objective: solved.ObjectiveValue,
    values: Object.fromEntries(Object.entries(solved.Columns).map(([name, column]) => [name, primal(column)])),
    duals: Object.fromEntries(
      solved.Rows.flatMap(row => ('Name' in row && 'Dual' in row ? [[String(row.Name), Number(row.Dual)]] : [])),
    ),
  };
}
