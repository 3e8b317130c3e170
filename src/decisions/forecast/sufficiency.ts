import type { InsufficientHistory } from './answer.ts';
import type { DailyHistory } from './daily-history.ts';

const HOURS = 24;
export const NEED_DAYS = 7;
/** Whole days of those: a week of hours may begin and end within a day. */
const NEED_WHOLE_DAYS = 5;
const MOST_STALE_DAYS = 7;

/** Why no forecast can be made; undefined: it can. */
export function whyInsufficient(
  byHour: ReadonlyMap<number, number>,
  days: DailyHistory,
  nowDay: number,
): Omit<InsufficientHistory, 'warnings'> | undefined {
  const touchedDays = new Set([...byHour.keys()].map(hour => Math.floor(hour / HOURS))).size;
  const have = Math.max(days.measuredDays, Math.min(touchedDays, Math.floor(byHour.size / HOURS)));
  const lack = (reason: InsufficientHistory['reason'], message: string): Omit<InsufficientHistory, 'warnings'> => {
    return { verdict: 'insufficient_history', reason, message, have_days: have, need_days: NEED_DAYS };
  };
  if (have < NEED_DAYS && touchedDays < NEED_DAYS) {
    return lack('too_short', `${have} of the ${NEED_DAYS} days of history that a forecast needs.`);
  }
  if (have < NEED_DAYS || days.measuredDays < NEED_WHOLE_DAYS) {
    return lack(
      'too_many_gaps',
      `Of ${touchedDays} days with values only ${days.measuredDays} have enough of them, without long gaps.`,
    );
  }
  const staleDays = nowDay - (days.firstDay + days.values.length - 1);
  if (staleDays <= MOST_STALE_DAYS) return undefined;
  return lack(
    'too_old',
    `The last whole day of history is ${staleDays} days ago; a forecast needs one of the last ${MOST_STALE_DAYS}.`,
  );
}
