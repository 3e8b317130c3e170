import type { ForecastWarning } from './answer.ts';
import type { DailyHistory } from './daily-history.ts';

/** Days from which growth is told from noise by all simulations. */
const SHORT_DAYS = 45;
const YEAR_SEEN_DAYS = 400;

export interface KnownHistory {
  days: DailyHistory;
  nowDay: number;
  horizonDays: number;
  gapsPercent: number;
  hasHours: boolean;
}

/** What the history cannot show. */
export function historyWarnings({ days, nowDay, horizonDays, gapsPercent, hasHours }: KnownHistory): ForecastWarning[] {
  const span = days.values.length;
  const staleDays = nowDay - (days.firstDay + span);
  const warnings: (ForecastWarning | false)[] = [
    gapsPercent > 0 && {
      code: 'gaps_filled',
      message: `${gapsPercent.toFixed(1)} % of the history had no value and was filled.`,
    },
    staleDays > 0 && {
      code: 'history_ended_early',
      message: `History ended ${staleDays + 1} days ago; the bounds begin there.`,
    },
    span < SHORT_DAYS && {
      code: 'short_history',
      message: `${span} days of history show growth poorly; the bounds are wide.`,
    },
    !hasHours && {
      code: 'no_hourly_history',
      message: 'Without a week of hourly history there is no forecast of the coming hours.',
    },
    span < YEAR_SEEN_DAYS && {
      code: 'no_yearly_seasonality',
      message: `${span} days of history cannot show what comes once a year, such as peaks before holidays.`,
    },
    horizonDays > span && {
      code: 'horizon_beyond_history',
      message: `The horizon of ${horizonDays} days is longer than the ${span} days of history.`,
    },
  ];
  return warnings.filter(warning => warning !== false);
}
