import { mean, median } from './statistics.ts';
import { straightLine } from './straight-line.ts';

const WEEK = 7;

export interface Weekdays {
  /** The daily values without what the day of the week adds. */
  adjusted: Float64Array;
  /** What it adds `ahead` days after the last value (from 1). */
  ahead: (ahead: number) => number;
}

/** Takes the weekday out of daily values: the median distance of each from a straight line. Under two weeks there is none. */
export function takeOutWeekdays(values: Float64Array): Weekdays {
  const count = values.length;
  if (count < 2 * WEEK) return { adjusted: values.slice(), ahead: () => 0 };
  const phase = (place: number): number => (((place - count) % WEEK) + WEEK) % WEEK;
  let shape = new Float64Array(WEEK);
  let adjusted = values.slice();
  for (let round = 0; round < 2; round++) {
    const { slope, level } = straightLine(adjusted);
    const distances = values.map((value, place) => value - level - slope * (place - count + 1));
    shape = shape.map((_, day) => median(distances.filter((_value, place) => phase(place) === day)));
    const middle = mean(shape);
    shape = shape.map(value => value - middle);
    adjusted = values.map((value, place) => value - (shape[phase(place)] ?? 0));
  }
  return { adjusted, ahead: steps => shape[(steps - 1) % WEEK] ?? 0 };
}
