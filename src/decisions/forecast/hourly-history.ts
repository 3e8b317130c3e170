const HOURS = 24;
/** A day back belongs to the hourly sampled stretch when this many of its hours have values. */
const DENSE_HOURS = 12;
const MOST_MISSING_DAYS = 3;
/** More of the past makes the forecast slower but no better (8 weeks and a bit). */
const MOST_HOURS = 1_500;
const SHORT_GAP_HOURS = 3;

/** The last hourly sampled stretch, gaps filled. */
export interface HourlyHistory {
  /** Hours since 1970 of the last value. */
  lastHour: number;
  values: Float64Array;
  measuredHours: number;
  /** Nothing before the stretch but more hours. */
  isAll: boolean;
}

export function hourlyHistory(byHour: ReadonlyMap<number, number>): HourlyHistory {
  const last = Math.max(...[...byHour.keys()].slice(-1), 0);
  let first = last + 1;
  let missing = 0;
  for (let from = last - HOURS + 1; last - from < MOST_HOURS && missing <= MOST_MISSING_DAYS; from -= HOURS) {
    const present = hoursPresent(byHour, from, from + HOURS - 1);
    missing = present.length < DENSE_HOURS ? missing + 1 : 0;
    if (missing === 0) first = present[0] ?? from;
  }
  const values = new Float64Array(Math.max(0, last - first + 1)).map(
    (_, index) => byHour.get(first + index) ?? Number.NaN,
  );
  const measuredHours = values.filter(value => !Number.isNaN(value)).length;
  const daysBefore = new Set([...byHour.keys()].filter(hour => hour < first).map(hour => Math.floor(hour / HOURS)))
    .size;
  const isAll = byHour.size - measuredHours >= DENSE_HOURS * (daysBefore - 1);
  return { lastHour: last, values: filled(values), measuredHours, isAll };
}

function hoursPresent(byHour: ReadonlyMap<number, number>, from: number, to: number): number[] {
  const hours: number[] = [];
  for (let hour = from; hour <= to; hour++) if (byHour.has(hour)) hours.push(hour);
  return hours;
}

/** A short gap straight; a longer one as the mean of the same hour a day before and the next day that has it. */
function filled(values: Float64Array): Float64Array {
  const whole = values.slice();
  for (let start = 0; start < values.length; start++) {
    if (!Number.isNaN(whole[start])) continue;
    let end = start;
    while (end < values.length && Number.isNaN(values[end])) end++;
    const [before, after] = [whole[start - 1] ?? 0, values[end] ?? 0];
    for (let index = start; index < end; index++) {
      const straight = before + ((index - start + 1) / (end - start + 1)) * (after - before);
      whole[index] = end - start <= SHORT_GAP_HOURS ? straight : (sameHour(whole, values, index) ?? straight);
    }
  }
  return whole;
}

function sameHour(whole: Float64Array, values: Float64Array, index: number): number | undefined {
  const before = whole[index - HOURS];
  let next = index + HOURS;
  while (next < values.length && Number.isNaN(values[next])) next += HOURS;
  const after = values[next];
  if (before === undefined || after === undefined) return before ?? after;
  return (before + after) / 2;
}
