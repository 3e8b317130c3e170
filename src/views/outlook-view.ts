/** One metric's forecast as capacity_forecast shows it: percent of what the nodes can give now. */
import type { MetricOutlook } from '../decisions/capacity/outlook.ts';
import { outlookSentence } from '../decisions/capacity/sentence.ts';
import type { ForecastMade } from '../decisions/forecast/answer.ts';

/** Days ahead of which probabilities and points are told. */
const DAYS_AHEAD = [7, 30, 60, 90, 180, 365];
const SHIFTS_MAX = 3;

export const rounded = (value: number, digits = 1): number => Math.round(value * 10 ** digits) / 10 ** digits;

const dated = (daily: ForecastMade['daily']): ForecastMade['daily'] =>
  DAYS_AHEAD.flatMap(days => daily[days - 1] ?? []);

function madeView({ crossing, daily, growth, history }: ForecastMade): Record<string, unknown> {
  const { p10, p50, p90 } = growth.per_30_days;
  return {
    history_days: history.days,
    growth: {
      points_per_30_days: { p10: rounded(p10, 2), p50: rounded(p50, 2), p90: rounded(p90, 2) },
      level_shifts: growth.level_shifts.slice(-SHIFTS_MAX).map(({ date, size }) => ({ date, points: rounded(size) })),
    },
    ...(crossing && {
      crossing: { already_above: crossing.already_above, p10: crossing.p10, p50: crossing.p50, p90: crossing.p90 },
      probability_of_crossing_by_days: Object.fromEntries(
        DAYS_AHEAD.filter(days => days <= daily.length).map(days => [
          String(days),
          rounded(crossing.probability_by_day[days - 1] ?? 0, 3),
        ]),
      ),
    }),
  };
}

/** The line itself, and how it would have done before. */
function evidenceView({ daily, backtest: { daily: byDay, hourly } }: ForecastMade): Record<string, unknown> {
  const backtest = byDay ?? hourly;
  return {
    points: dated(daily).map(point => ({
      date: point.date,
      p10: rounded(point.p10),
      p50: rounded(point.p50),
      p90: rounded(point.p90),
    })),
    backtest: backtest && {
      origins: backtest.origins,
      horizon_days: backtest.horizon_days,
      mean_absolute_error_points: rounded(backtest.mae, 2),
      ratio_to_seasonal_naive: ratio(backtest.ratio_to_seasonal_naive),
      ratio_to_linear: ratio(backtest.ratio_to_linear),
      coverage_of_80_percent_band: rounded(backtest.coverage_80, 2),
    },
  };
}

const ratio = (value: number | null): number | null => (value === null ? null : rounded(value, 2));

/** One metric; without enough history no date and no line, only what is there and what is needed. */
export function outlookView(cluster: string, outlook: MetricOutlook, withEvidence: boolean): Record<string, unknown> {
  const { metric, thresholdPercent, nowPercent, forecast } = outlook;
  return {
    metric,
    unit: 'percent_of_allocatable',
    statistic: 'daily_p95',
    verdict: forecast.verdict,
    sentence: outlookSentence(cluster, outlook),
    now_percent: nowPercent === undefined ? null : rounded(nowPercent),
    threshold: {
      percent: thresholdPercent,
      ...(forecast.verdict === 'forecast' && forecast.crossing && { sustained_days: forecast.crossing.sustained_days }),
    },
    ...(forecast.verdict === 'forecast'
      ? { ...madeView(forecast), ...(withEvidence && evidenceView(forecast)) }
      : { reason: forecast.reason, have_days: rounded(forecast.have_days), need_days: forecast.need_days }),
  };
}
