const LEAST_PIVOT = 1e-12;

/**
 * Solves a symmetric positive definite system by Cholesky's decomposition. `matrix` is square, row by row, of which only the lower
 * triangle is read; a pivot too small is raised, so that no answer is NaN.
 */
export function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const lower = decomposed(matrix, right.length);
  return backward(lower, forward(lower, right));
}

function decomposed(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column] ?? 0;
      for (let k = 0; k < column; k++) sum -= (lower[row * size + k] ?? 0) * (lower[column * size + k] ?? 0);
      const isPivot = row === column;
      lower[row * size + column] = isPivot
        ? Math.sqrt(Math.max(sum, LEAST_PIVOT))
        : sum / (lower[column * size + column] ?? 1);
    }
  }
  return lower;
}

function forward(lower: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const solution = right.slice();
  for (let row = 0; row < size; row++) {
    let sum = solution[row] ?? 0;
    for (let k = 0; k < row; k++) sum -= (lower[row * size + k] ?? 0) * (solution[k] ?? 0);
    solution[row] = sum / (lower[row * size + row] ?? 1);
  }
  return solution;
}

function backward(lower: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const solution = right.slice();
  for (let row = size - 1; row >= 0; row--) {
    let sum = solution[row] ?? 0;
    for (let k = row + 1; k < size; k++) sum -= (lower[k * size + row] ?? 0) * (solution[k] ?? 0);
    solution[row] = sum / (lower[row * size + row] ?? 1);
  }
  return solution;
}
