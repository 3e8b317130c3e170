import type { CapacityAmounts, CapacityPoint } from '../../model/capacity.ts';
import type { Sample } from '../forecast/answer.ts';

const HOUR_MS = 3_600_000;

/** What is forecast of a cluster: each in percent of what all its nodes can give now. */
export const capacityMetrics = ['cpu_used', 'memory_used', 'cpu_requested', 'memory_requested'] as const;
export type CapacityMetric = (typeof capacityMetrics)[number];

export const isCpu = (metric: CapacityMetric): boolean => metric.startsWith('cpu');

/** The amount that a metric is about, millicores or bytes. */
export const amountIn = (metric: CapacityMetric, amounts: CapacityAmounts): number =>
  isCpu(metric) ? amounts.cpuMillis : amounts.memoryBytes;

function amountsAt(metric: CapacityMetric, { requested, used, usedP95 }: CapacityPoint): CapacityAmounts | undefined {
  return metric.endsWith('used') ? (usedP95 ?? used) : requested;
}

/**
 * The history of one metric. Always in percent of what there is now: in percent of what there was, a node that came would look like
 * load that went.
 */
export function samplesOf(
  points: readonly CapacityPoint[],
  metric: CapacityMetric,
  allocatable: CapacityAmounts,
): Sample[] {
  const whole = amountIn(metric, allocatable);
  if (!(whole > 0)) return [];
  return points.flatMap(point => {
    const amounts = amountsAt(metric, point);
    return amounts ? [{ at_ms: point.at, value: (100 * amountIn(metric, amounts)) / whole }] : [];
  });
}

/** Both histories, oldest first: an hour that the monitoring system knows is taken from it, as far as it tells of it. */
export function mergedHistory(kept: readonly CapacityPoint[], monitored: readonly CapacityPoint[]): CapacityPoint[] {
  const hourOf = ({ at, span }: CapacityPoint): string => `${span} ${Math.floor(at / HOUR_MS)}`;
  const merged = new Map(kept.map(point => [hourOf(point), point]));
  for (const point of monitored) {
    const known = merged.get(hourOf(point));
    merged.set(hourOf(point), {
      ...point,
      nodes: point.nodes ?? known?.nodes,
      allocatable: point.allocatable ?? known?.allocatable,
      requested: point.requested ?? known?.requested,
      used: point.used ?? known?.used,
    });
  }
  return [...merged.values()].sort((one, other) => one.at - other.at);
}
