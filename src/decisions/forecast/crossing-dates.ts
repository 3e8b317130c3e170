import type { Crossing } from './answer.ts';
import { dateOf } from './calendar.ts';
import { crossingDays, lastingSince, SUSTAINED_DAYS } from './crossing.ts';
import type { DailyHistory } from './daily-history.ts';

export interface CrossingQuestion {
  /** In the unit of the days. */
  threshold: number;
  days: DailyHistory;
  /** Futures from the day after the last of `days`, in `unitSize`s. */
  paths: readonly Float64Array[];
  unitSize: number;
  /** Days after history that are passed already, and those told about. */
  passed: number;
  told: number;
}

/** When the threshold is crossed; days since history that are passed already count as the first one told. */
export function crossingDates({ threshold, days, paths, unitSize, passed, told }: CrossingQuestion): Crossing {
  const asked = { threshold, sustained_days: SUSTAINED_DAYS };
  const since = lastingSince(days.values, threshold);
  if (since !== undefined) {
    const begun = dateOf(days.firstDay + since);
    const certain = { p10: begun, p50: begun, p90: begun, probability_by_day: Array.from({ length: told }, () => 1) };
    return { ...asked, already_above: true, ...certain };
  }
  const { dayBy, probability } = crossingDays(paths, threshold / unitSize, passed + told);
  const dateBy = (share: number): string | null => {
    const day = dayBy(share);
    return day === undefined ? null : dateOf(days.firstDay + days.values.length + Math.max(passed, day));
  };
  return {
    ...asked,
    already_above: false,
    p10: dateBy(0.1),
    p50: dateBy(0.5),
    p90: dateBy(0.9),
    probability_by_day: probability.slice(passed),
  };
}
