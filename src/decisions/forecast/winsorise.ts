import { at, clamp, median, robustDeviation } from './statistics.ts';

const DAYS_EACH_SIDE = 3;
const DEVIATIONS = 6;

/**
 * Draws each value to within 6 deviations of the median of the same hour on the 3 days before and after and of its two neighbours
 * (Hampel's filter along the season): a spike goes, a change of level stays.
 */
export function winsorise(values: Float64Array, period: number): Float64Array {
  const around = new Float64Array(2 * DAYS_EACH_SIDE + 3);
  const centre = values.map((_, index) => {
    let count = 0;
    for (let days = -DAYS_EACH_SIDE; days <= DAYS_EACH_SIDE; days++) {
      const value = values[index + days * period];
      if (value !== undefined) around[count++] = value;
    }
    for (const beside of [values[index - 1], values[index + 1]]) if (beside !== undefined) around[count++] = beside;
    return median(around.subarray(0, count));
  });
  const reach = DEVIATIONS * robustDeviation(values.map((value, index) => value - at(centre, index)));
  if (reach === 0) return values.slice();
  return values.map((value, index) => clamp(value, at(centre, index) - reach, at(centre, index) + reach));
}
