import { at, mean } from './statistics.ts';

export interface StraightLine {
  slope: number;
  /** At the last value. */
  level: number;
  residuals: Float64Array;
  /** Standard deviation of the residuals. */
  deviation: number;
  /** Standard error of the slope, were the residuals independent. */
  slopeError: number;
}

/** Least squares over equally spaced values. */
export function straightLine(values: Float64Array): StraightLine {
  const count = values.length;
  const middle = (count - 1) / 2;
  const average = mean(values);
  let [covariance, spread] = [0, 0];
  for (let index = 0; index < count; index++) {
    covariance += (index - middle) * (at(values, index) - average);
    spread += (index - middle) ** 2;
  }
  const slope = spread > 0 ? covariance / spread : 0;
  const residuals = values.map((value, index) => value - average - slope * (index - middle));
  let squares = 0;
  for (const residual of residuals) squares += residual * residual;
  const deviation = Math.sqrt(squares / Math.max(1, count - 2));
  const slopeError = spread > 0 ? deviation / Math.sqrt(spread) : 0;
  return { slope, level: average + slope * middle, residuals, deviation, slopeError };
}
