/** Result of one linear or integer program. */
export interface Solution {
  objective: number;
  /** By the name of the variable. */
  values: Readonly<Record<string, number>>;
  /** Price of each row by its name; of linear programs. */
  duals: Readonly<Record<string, number>>;
}

/**
 * What solves linear and integer programs, written in CPLEX' LP format. It has a budget of time and keeps to it: `solve` answers
 * undefined when it is used up, or when no optimum was found within it. That makes it an argument of decisions, which know no clock.
 */
export interface LinearSolver {
  solve(program: string): Solution | undefined;
}
