/** A value by its place; 0 outside. */
export const at = (values: Float64Array, index: number): number => values[index] ?? 0;

export function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

/** Of values in rising order, between neighbours in proportion (Hyndman and Fan 1996, type 7); 0 of none. */
export function quantileOfSorted(sorted: Float64Array, share: number): number {
  const place = clamp(share, 0, 1) * (sorted.length - 1);
  const below = Math.floor(place);
  const low = at(sorted, below);
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}

export function quantile(values: Float64Array, share: number): number {
  return quantileOfSorted(values.slice().sort(), share);
}

export function median(values: Float64Array): number {
  return quantile(values, 0.5);
}

export function rootMeanSquare(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return values.length === 0 ? 0 : Math.sqrt(sum / values.length);
}

/** The standard deviation of normal values by their median distance from 0, which a few outliers do not move. */
export function robustDeviation(distances: Float64Array): number {
  return 1.4826 * median(distances.map(Math.abs));
}

export const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
