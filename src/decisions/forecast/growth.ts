import type { Quantiles } from './answer.ts';
import { quantileOfSorted } from './statistics.ts';
import { straightLine } from './straight-line.ts';

export const GROWTH_DAYS = 30;

/** Growth over 30 days, by the slope of each path's first 30, each quantile as `shown` makes of it. */
export function growth(paths: readonly Float64Array[], shown: (value: number) => number): Quantiles {
  const slopes = paths.map(path => GROWTH_DAYS * straightLine(path.subarray(0, GROWTH_DAYS)).slope);
  const sorted = Float64Array.from(slopes).sort();
  const by = (share: number): number => shown(quantileOfSorted(sorted, share));
  return { p2_5: by(0.025), p10: by(0.1), p50: by(0.5), p90: by(0.9), p97_5: by(0.975) };
}
