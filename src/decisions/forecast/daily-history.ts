import { quantile } from './statistics.ts';

const HOURS = 24;
/** Hours a day needs to count as hourly sampled. */
const DENSE_HOURS = 12;
/** Hours the day that is not over needs: its 95th percentile will hardly move any more. */
const NEARLY_WHOLE_HOURS = 20;
/** The 95th percentile: the level of a day that threshold rules ask about (research: sustained load, not a spike of an hour). */
const DAY_SHARE = 0.95;

/** The 95th percentile of every day from the first on, by days since 1970; gaps drawn straight. */
export interface DailyHistory {
  firstDay: number;
  values: Float64Array;
  /** Days that had values of their own. */
  measuredDays: number;
}

/**
 * The days of the longest recent stretch that has values for at least half of its days. A day with few hours counts only away from
 * hourly sampled days: beside them it is a gap or not over yet.
 */
export function dailyHistory(byHour: ReadonlyMap<number, number>, nowDay: number): DailyHistory {
  const measured = withoutLongGaps(dailyValues(byHour, nowDay));
  const [first] = measured;
  const last = measured.at(-1);
  if (first === undefined || last === undefined)
    return { firstDay: nowDay, values: new Float64Array(), measuredDays: 0 };
  const values = new Float64Array(last.day - first.day + 1);
  let [before] = measured;
  for (const one of measured) {
    const start = before ?? one;
    for (let day = start.day + 1; day <= one.day; day++) {
      const share = (day - start.day) / (one.day - start.day);
      values[day - first.day] = start.value + share * (one.value - start.value);
    }
    values[one.day - first.day] = one.value;
    before = one;
  }
  return { firstDay: first.day, values, measuredDays: measured.length };
}

interface DailyValue {
  day: number;
  value: number;
}

function dailyValues(byHour: ReadonlyMap<number, number>, nowDay: number): DailyValue[] {
  const hoursOf = new Map<number, number[]>();
  for (const [hour, value] of byHour) {
    const day = Math.floor(hour / HOURS);
    const hours = hoursOf.get(day);
    if (hours === undefined) hoursOf.set(day, [value]);
    else hours.push(value);
  }
  const isDense = (day: number): boolean => (hoursOf.get(day)?.length ?? 0) >= DENSE_HOURS;
  const counts = ([day, hours]: [number, number[]]): boolean => {
    if (isDense(day)) return day !== nowDay || hours.length >= NEARLY_WHOLE_HOURS;
    return !isDense(day - 1) && !isDense(day + 1);
  };
  return [...hoursOf]
    .filter(counts)
    .map(([day, hours]) => ({ day, value: quantile(Float64Array.from(hours), DAY_SHARE) }));
}

/** Cuts before the longest gap until at least half of the days have values. */
function withoutLongGaps(measured: readonly DailyValue[]): readonly DailyValue[] {
  let kept = measured;
  for (;;) {
    const [first] = kept;
    const last = kept.at(-1);
    if (first === undefined || last === undefined || kept.length * 2 >= last.day - first.day + 1) return kept;
    let widest = 1;
    let after = 1;
    kept.forEach(({ day }, index) => {
      const gap = day - (kept[index - 1]?.day ?? day);
      if (gap >= widest) [widest, after] = [gap, index];
    });
    kept = kept.slice(after);
  }
}
