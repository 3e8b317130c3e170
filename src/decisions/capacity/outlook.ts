import type { CapacityAmounts, CapacityPoint } from '../../model/capacity.ts';
import type { Forecast } from '../forecast/answer.ts';
import { forecastSeries } from '../forecast/forecast-series.ts';
import { amountIn, type CapacityMetric, capacityMetrics, isCpu, samplesOf } from './series.ts';

interface Thresholds {
  node_cpu_percent: number;
  node_memory_percent: number;
}

/** A cluster now, as far as forecasts are concerned. */
export interface CapacityNow {
  /** Of all nodes. */
  allocatable: CapacityAmounts;
  requested: CapacityAmounts;
  /** Undefined: the cluster has no metrics API, or it did not answer. */
  used: CapacityAmounts | undefined;
}

/** One metric's past, present and future, in percent of what the nodes can give now. */
export interface MetricOutlook {
  metric: CapacityMetric;
  thresholdPercent: number;
  /** Undefined: not known. */
  nowPercent: number | undefined;
  forecast: Forecast;
}

export interface OutlookQuestion {
  points: readonly CapacityPoint[];
  now: CapacityNow;
  /** Epoch milliseconds of the cluster's clock. */
  nowMs: number;
  horizonDays: number;
  thresholds: Thresholds;
}

/** The forecast of each metric, against the division's thresholds: node CPU 80 %, memory 85 % (seed lines 221-222). */
export function outlooks({ points, now, nowMs, horizonDays, thresholds }: OutlookQuestion): MetricOutlook[] {
  return capacityMetrics.map(metric => {
    const thresholdPercent = isCpu(metric) ? thresholds.node_cpu_percent : thresholds.node_memory_percent;
    const amounts = metric.endsWith('used') ? now.used : now.requested;
    const whole = amountIn(metric, now.allocatable);
    return {
      metric,
      thresholdPercent,
      nowPercent: amounts && whole > 0 ? (100 * amountIn(metric, amounts)) / whole : undefined,
      forecast: forecastSeries({
        samples: samplesOf(points, metric, now.allocatable),
        unit: 'percent',
        threshold: thresholdPercent,
        now_ms: nowMs,
        horizon_days: horizonDays,
      }),
    };
  });
}

/** When its first tenth of the paths has crossed; later than all dates when it does not within the horizon. */
const crossesAt = ({ forecast: made }: MetricOutlook): number =>
  made.verdict === 'forecast' && made.crossing?.p10 ? Date.parse(made.crossing.p10) : Number.POSITIVE_INFINITY;

/** The metric to speak of first: the one that may cross first, else the one that is nearest to its threshold, else the first that has a forecast. */
export function leading(metrics: readonly MetricOutlook[]): MetricOutlook | undefined {
  const share = ({ nowPercent = -1, thresholdPercent }: MetricOutlook): number => nowPercent / thresholdPercent;
  const isMade = ({ forecast: { verdict } }: MetricOutlook): number => (verdict === 'forecast' ? 0 : 1);
  return metrics.toSorted(
    (one, other) =>
      isMade(one) - isMade(other) || Math.sign(crossesAt(one) - crossesAt(other) || 0) || share(other) - share(one),
  )[0];
}
