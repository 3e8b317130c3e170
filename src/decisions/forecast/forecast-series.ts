import type { Forecast, ForecastMade, ForecastQuestion, ForecastWarning } from './answer.ts';
import { DAY_MS, dateOf } from './calendar.ts';
import { comingHours } from './coming-hours.ts';
import { SUSTAINED_DAYS } from './crossing.ts';
import { crossingDates } from './crossing-dates.ts';
import { dailyBacktest, dailyPaths, spreadOf } from './daily-forecast.ts';
import { type DailyHistory, dailyHistory } from './daily-history.ts';
import { GROWTH_DAYS, growth } from './growth.ts';
import { historyWarnings } from './history-warnings.ts';
import { type HourlyHistory, hourlyHistory } from './hourly-history.ts';
import { readSamples } from './read-samples.ts';
import { quantilesAt } from './spread.ts';
import { clamp, median } from './statistics.ts';
import { whyInsufficient } from './sufficiency.ts';

const MOST_HORIZON_DAYS = 730;
const SEED = 1;

/**
 * How a measured resource goes on: its coming hours and days with bounds, its growth, and when it crosses a threshold for three days.
 * Any history gets an answer: one too short, too thin or too old says so and draws nothing.
 */
export function forecastSeries(question: ForecastQuestion): Forecast {
  const nowDay = Math.floor(question.now_ms / DAY_MS);
  const { byHour, warnings } = readSamples(question.samples, question.now_ms);
  const days = dailyHistory(byHour, nowDay);
  const lack = whyInsufficient(byHour, days, nowDay);
  return lack === undefined
    ? forecastOf(question, nowDay, days, hourlyHistory(byHour), warnings)
    : { ...lack, warnings };
}

function forecastOf(
  question: ForecastQuestion,
  nowDay: number,
  days: DailyHistory,
  hours: HourlyHistory,
  found: readonly ForecastWarning[],
): ForecastMade {
  const { unit, threshold, ceiling = Number.POSITIVE_INFINITY, seed = SEED } = question;
  const horizonDays = Math.round(clamp(question.horizon_days || 1, 1, MOST_HORIZON_DAYS));
  const unitSize = usualSize(days.values);
  const values = days.values.map(value => value / unitSize);
  const last = days.firstDay + values.length - 1;
  const first = Math.max(last + 1, nowDay);
  const passed = first - last - 1;
  const told = nowDay + horizonDays - first + 1;

  const span = Math.max(passed + told + SUSTAINED_DAYS - 1, GROWTH_DAYS);
  const { paths, shifts } = dailyPaths(values, span, seed, ceiling / unitSize);
  const spread = spreadOf(paths);
  const shown = (value: number): number => value * unitSize;
  const dailyTest = dailyBacktest(values, seed, ceiling / unitSize);
  const hourly = comingHours(hours, question.now_ms, horizonDays, unitSize, ceiling);
  const gapsPercent = gaps(days, hourly === undefined ? undefined : hours);
  return {
    verdict: 'forecast',
    unit,
    history: {
      resolution: hourly === undefined ? 'daily' : hours.isAll ? 'hourly' : 'mixed',
      days: days.measuredDays,
      gaps_percent: gapsPercent,
      daily: Array.from(days.values, (value, place) => ({ date: dateOf(days.firstDay + place), value })),
    },
    hourly: hourly?.points ?? [],
    daily: Array.from({ length: told }, (_, place) => ({
      date: dateOf(first + place),
      ...quantilesAt(spread, passed + place, shown),
    })),
    growth: {
      per_30_days: growth(paths, shown),
      level_shifts: shifts
        .toSorted((left, right) => left.place - right.place)
        .map(({ place, size }) => ({ date: dateOf(days.firstDay + place), size: shown(size) })),
    },
    crossing:
      threshold === undefined || !Number.isFinite(threshold)
        ? null
        : crossingDates({ threshold, days, paths, unitSize, passed, told }),
    backtest: { hourly: hourly?.backtest ?? null, daily: dailyTest && { ...dailyTest, mae: shown(dailyTest.mae) } },
    warnings: [
      ...found,
      ...historyWarnings({ days, nowDay, horizonDays, gapsPercent, hasHours: hourly !== undefined }),
    ],
  };
}

/** The power of two at the usual value: to divide by it changes no digit, and makes every tolerance relative. */
function usualSize(values: Float64Array): number {
  const usual = median(values.filter(value => value > 0));
  return usual > 0 ? 2 ** Math.floor(Math.log2(usual)) : 1;
}

/** Per cent of the days, or where hourly is worse of its hours, that had no value. */
function gaps(days: DailyHistory, hours: HourlyHistory | undefined): number {
  const missingDays = 1 - days.measuredDays / days.values.length;
  const missingHours = hours === undefined ? 0 : 1 - hours.measuredHours / hours.values.length;
  return 100 * Math.max(missingDays, missingHours);
}
