/** Forecasts in words: the same sentence for a person, a model and a picture. */
import type { Crossing, ForecastMade } from '../forecast/answer.ts';
import type { MetricOutlook } from './outlook.ts';
import type { CapacityMetric } from './series.ts';

const NAMES: Readonly<Record<CapacityMetric, string>> = {
  cpu_used: 'CPU used',
  memory_used: 'memory used',
  cpu_requested: 'CPU requested',
  memory_requested: 'memory requested',
};

export const metricName = (metric: CapacityMetric): string => NAMES[metric];

const percent = (value: number): string => `${Math.round(value)} %`;

/** Shares of paths are not known to the percent: what is rare is "under 1 %", never 0. */
function chance(share: number): string {
  if (share >= 0.995) return 'over 99 %';
  return share < 0.005 ? 'under 1 %' : percent(100 * share);
}

function crossingWords(crossing: Crossing, until: string): string {
  const { already_above: isAbove, p10, p50, p90, probability_by_day: shares } = crossing;
  if (isAbove) return `is above it since ${p10 ?? 'now'}`;
  const byThen = `${chance(shares.at(-1) ?? 0)} by ${until}`;
  if (p10 === null) return `stays below it (odds of crossing ${byThen})`;
  if (p50 === null) return `may cross it from ${p10} on, more likely not (${byThen})`;
  return p90 === null
    ? `may cross it from ${p10} on, as likely as not by ${p50} (${byThen})`
    : `crosses it between ${p10} and ${p90}, as likely as not by ${p50}`;
}

const growthWords = ({ growth }: ForecastMade): string => {
  const { p50 } = growth.per_30_days;
  const points = Math.abs(p50) < 0.05 ? 'no growth' : `${p50 > 0 ? '+' : ''}${p50.toFixed(1)} points in 30 days`;
  const shift = growth.level_shifts.at(-1);
  return shift
    ? `${points}; its level ${shift.size > 0 ? 'rose' : 'fell'} by ${Math.abs(shift.size).toFixed(0)} points on ${shift.date}`
    : points;
};

/** "CPU used of production, 62 % now, threshold 80 %: crosses it between …; +2.5 points in 30 days" */
export function outlookSentence(cluster: string, outlook: MetricOutlook): string {
  const { metric, thresholdPercent, nowPercent, forecast } = outlook;
  const now = nowPercent === undefined ? 'not measured now' : `${percent(nowPercent)} now`;
  const about = `${NAMES[metric]} of ${cluster}, ${now}, threshold ${thresholdPercent} %`;
  if (forecast.verdict === 'insufficient_history') {
    const { have_days: have, need_days: need } = forecast;
    return `${about}: insufficient history, ${Math.round(have * 10) / 10} of ${need} days`;
  }
  const crossing =
    forecast.crossing === null ? '' : `${crossingWords(forecast.crossing, forecast.daily.at(-1)?.date ?? 'then')}; `;
  return `${about}: ${crossing}${growthWords(forecast)}`;
}
