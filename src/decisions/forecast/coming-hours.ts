import type { Backtest, HourlyPoint } from './answer.ts';
import { HOUR_MS } from './calendar.ts';
import { type HourlyForecast, hourlyForecast } from './hourly-forecast.ts';
import type { HourlyHistory } from './hourly-history.ts';
import { quantilesAt } from './spread.ts';

const DAY = 24;
const WEEK = 168;
/** Share of the stretch's hours that must have been measured. */
const LEAST_MEASURED = 0.5;
const MOST_STALE_HOURS = 48;

export interface ComingHours {
  points: HourlyPoint[];
  backtest: Backtest | null;
}

/** The hours after `nowMs`, at most a week of them; undefined without a week of hourly history up to the last days. */
export function comingHours(
  history: HourlyHistory,
  nowMs: number,
  days: number,
  unitSize: number,
  ceiling: number,
): ComingHours | undefined {
  const stale = Math.max(0, Math.floor(nowMs / HOUR_MS) - history.lastHour);
  const isThin = history.values.length < WEEK || history.measuredHours < LEAST_MEASURED * history.values.length;
  if (isThin || stale > MOST_STALE_HOURS) return undefined;
  const ahead = Math.min(days * DAY, WEEK);
  const { spread, backtest }: HourlyForecast = hourlyForecast(
    history.values.map(value => value / unitSize),
    stale + ahead,
  );
  const points = Array.from({ length: ahead }, (_, index) => ({
    at: new Date((history.lastHour + 1 + stale + index) * HOUR_MS).toISOString(),
    ...quantilesAt(spread, stale + index, value => Math.min(ceiling, Math.max(0, value * unitSize))),
  }));
  return { points, backtest: backtest && { ...backtest, mae: backtest.mae * unitSize } };
}
