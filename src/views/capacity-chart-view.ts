import { type CapacityChart, capacityChart } from '../chart/capacity-chart.ts';
import { leading, type MetricOutlook } from '../decisions/capacity/outlook.ts';
import { metricName, outlookSentence } from '../decisions/capacity/sentence.ts';
import { samplesOf } from '../decisions/capacity/series.ts';
import type { ForecastMade } from '../decisions/forecast/answer.ts';
import type { CapacityReading } from '../operations/read-capacity.ts';

/** The past is shown for so long as the future, but at least a month of it. */
const PAST_DAYS_MIN = 30;
const HOURS_SHOWN = 14 * 24;

function madeChart(made: ForecastMade): Pick<CapacityChart, 'history' | 'historyName' | 'forecast' | 'crossing'> {
  const { daily, history, crossing } = made;
  const day = (date: string): number => Date.parse(`${date}T00:00:00Z`);
  const dayOrNone = (date: string | null): number | undefined => (date === null ? undefined : day(date));
  return {
    history: history.daily
      .slice(-Math.max(PAST_DAYS_MIN, daily.length))
      .map(({ date, value }) => ({ at: day(date), percent: value })),
    historyName: 'daily P95',
    forecast: daily.map(({ date, ...point }) => ({ at: day(date), ...point })),
    crossing:
      crossing === null || crossing.p10 === null
        ? undefined
        : { p10: day(crossing.p10), p50: dayOrNone(crossing.p50), p90: dayOrNone(crossing.p90) },
  };
}

/** Hours as they are: too few for a line ahead. */
function pastChart(reading: CapacityReading, { metric }: MetricOutlook) {
  const samples = samplesOf(reading.points, metric, reading.allocatable).slice(-HOURS_SHOWN);
  return {
    history: samples.map(({ at_ms: at, value }) => ({ at, percent: value })),
    historyName: 'samples',
    forecast: [],
    crossing: undefined,
  };
}

/** The picture of the metric that matters first, as SVG; its alternative text is the sentence that the result says. */
export function capacityPicture(reading: CapacityReading): string {
  const outlook = leading(reading.metrics);
  if (outlook === undefined) throw new TypeError('no metric is looked at');
  const { forecast, metric, thresholdPercent } = outlook;
  return capacityChart({
    title: `${metricName(metric)} of ${reading.cluster}, percent of allocatable`.replace(/^m/, 'M'),
    sentence: outlookSentence(reading.cluster, outlook),
    now: reading.nowMs,
    thresholdPercent,
    simulated: reading.simulated,
    ...(forecast.verdict === 'forecast' ? madeChart(forecast) : pastChart(reading, outlook)),
  });
}
