import { solve } from './linear-equations.ts';
import { robustDeviation } from './statistics.ts';

export interface Regression {
  /** Row by row, `columns` values each. */
  rows: Float64Array;
  columns: number;
  targets: Float64Array;
  /** Added to the diagonal: draws the column's weight to 0. */
  ridge: Float64Array;
  /** Residuals beyond so many deviations count less (Huber). */
  reach: number;
  rounds: number;
}

export interface Fitted {
  weights: Float64Array;
  residuals: Float64Array;
  deviation: number;
}

const LEAST_DEVIATION = 1e-9;

/** Ridge regression with Huber's loss, by repeated weighted least squares. */
export function robustRegression({ rows, columns, targets, ridge, reach, rounds }: Regression): Fitted {
  const trust = new Float64Array(targets.length).fill(1);
  let fitted: Fitted = { weights: new Float64Array(columns), residuals: targets, deviation: 0 };
  for (let round = 0; round < rounds; round++) {
    const weights = weighted(rows, columns, targets, ridge, trust);
    const residuals = targets.map((target, row) => target - product(rows, row * columns, weights));
    const deviation = robustDeviation(residuals) || LEAST_DEVIATION;
    residuals.forEach((residual, row) => {
      const distance = Math.abs(residual);
      trust[row] = distance <= reach * deviation ? 1 : (reach * deviation) / distance;
    });
    fitted = { weights, residuals, deviation };
  }
  return fitted;
}

function product(rows: Float64Array, from: number, weights: Float64Array): number {
  let sum = 0;
  for (let column = 0; column < weights.length; column++) sum += (rows[from + column] ?? 0) * (weights[column] ?? 0);
  return sum;
}

function weighted(
  rows: Float64Array,
  columns: number,
  targets: Float64Array,
  ridge: Float64Array,
  trust: Float64Array,
): Float64Array {
  const matrix = new Float64Array(columns * columns);
  const right = new Float64Array(columns);
  for (let row = 0; row < targets.length; row++) {
    const from = row * columns;
    for (let column = 0; column < columns; column++) {
      const scaled = (trust[row] ?? 0) * (rows[from + column] ?? 0);
      right[column] = (right[column] ?? 0) + scaled * (targets[row] ?? 0);
      const place = column * columns;
      for (let other = 0; other <= column; other++) {
        matrix[place + other] = (matrix[place + other] ?? 0) + scaled * (rows[from + other] ?? 0);
      }
    }
  }
  for (let column = 0; column < columns; column++) {
    matrix[column * columns + column] = (matrix[column * columns + column] ?? 0) + (ridge[column] ?? 0);
  }
  return solve(matrix, right);
}
