import { mean } from './statistics.ts';

const MOST_LAGS = 30;

/** An autoregression around the mean, by Yule-Walker and Levinson's recursion, its order by Akaike's criterion. */
export function autoregression(values: Float64Array, steps: number): Float64Array {
  const count = values.length;
  const middle = mean(values);
  const centred = values.map(value => value - middle);
  const lags = Math.min(MOST_LAGS, Math.floor(count / 8));
  const covariances = new Float64Array(lags + 1).map((_, lag) => {
    let sum = 0;
    for (let index = lag; index < count; index++) sum += (centred[index] ?? 0) * (centred[index - lag] ?? 0);
    return sum / count;
  });
  const weights = levinson(covariances, count);
  const path = new Float64Array(count + steps);
  path.set(centred);
  for (let index = count; index < path.length; index++) {
    let sum = 0;
    for (let lag = 1; lag < weights.length; lag++) sum += (weights[lag] ?? 0) * (path[index - lag] ?? 0);
    path[index] = sum;
  }
  return path.subarray(count).map(value => value + middle);
}

const SINGULAR = 1e-12;

/** The weights by lag (0 unused) of the order with the least criterion. */
function levinson(covariances: Float64Array, count: number): Float64Array {
  const variance = covariances[0] ?? 0;
  let best = new Float64Array(1);
  if (variance < SINGULAR) return best;
  let weights = new Float64Array(covariances.length);
  let left = variance * (1 + 1e-6);
  let least = count * Math.log(variance);
  for (let order = 1; order < covariances.length; order++) {
    let unexplained = covariances[order] ?? 0;
    for (let lag = 1; lag < order; lag++) unexplained -= (weights[lag] ?? 0) * (covariances[order - lag] ?? 0);
    const partial = unexplained / left;
    const before = weights;
    weights = before.map((weight, lag) => (lag < order ? weight - partial * (before[order - lag] ?? 0) : weight));
    weights[order] = partial;
    left *= 1 - partial * partial;
    const criterion = count * Math.log(Math.max(Number.MIN_VALUE, left)) + 2 * (order + 1);
    if (criterion < least) {
      least = criterion;
      best = weights.slice(0, order + 1);
    }
  }
  return best;
}
