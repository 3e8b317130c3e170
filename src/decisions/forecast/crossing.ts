import { at } from './statistics.ts';

/** Fewer days above are a peak, not a lack of capacity (seed: a threshold sustained). */
export const SUSTAINED_DAYS = 3;

/** Where the first run of at least three values above `threshold` begins. */
export function firstSustained(values: Float64Array, threshold: number): number | undefined {
  let above = 0;
  for (let place = 0; place < values.length; place++) {
    above = at(values, place) > threshold ? above + 1 : 0;
    if (above === SUSTAINED_DAYS) return place - SUSTAINED_DAYS + 1;
  }
  return undefined;
}

/** Where the run of at least three values above `threshold` that lasts to the end began. */
export function lastingSince(values: Float64Array, threshold: number): number | undefined {
  let place = values.length;
  while (place > 0 && at(values, place - 1) > threshold) place--;
  return values.length - place >= SUSTAINED_DAYS ? place : undefined;
}

export interface CrossingDays {
  /** The first day by which that share of the paths has crossed; undefined: not within the days asked for. */
  dayBy: (share: number) => number | undefined;
  /** Share of the paths that have crossed by each day; never falls. */
  probability: number[];
}

/** When simulated paths cross, over their first `days` days. */
export function crossingDays(paths: readonly Float64Array[], threshold: number, days: number): CrossingDays {
  const begun = new Float64Array(days);
  for (const path of paths) {
    const day = firstSustained(path, threshold);
    if (day !== undefined && day < days) begun[day] = at(begun, day) + 1;
  }
  let crossed = 0;
  const probability = Array.from(begun, count => {
    crossed += count;
    return crossed / Math.max(1, paths.length);
  });
  const dayBy = (share: number): number | undefined => {
    const day = probability.findIndex(likelihood => likelihood >= share);
    return day < 0 ? undefined : day;
  };
  return { dayBy, probability };
}
