import { DivisionError } from '../errors.ts';
import { type CapacityAmounts, type CapacityPoint, type HistoryMetric, historyMetrics } from '../model/capacity.ts';
import type { PrometheusConfig } from '../model/config.ts';
import type { UsageHistory } from '../ports/usage-history.ts';
import { podPeaks } from './pod-peaks.ts';
import { rangeQuery, type Series } from './range-query.ts';

const HOUR_MS = 3_600_000;

type Hours = ReadonlyMap<number, Partial<Record<HistoryMetric, number>>>;

/** What each hour was told to be; negative amounts are no amounts. */
function byHour(answers: readonly { metric: HistoryMetric; series: Series }[]): Hours {
  const hours = new Map<number, Partial<Record<HistoryMetric, number>>>();
  for (const { metric, series } of answers) {
    for (const { at, value } of series) {
      if (value < 0) continue;
      const hour = Math.floor(at / HOUR_MS) * HOUR_MS;
      hours.set(hour, { ...hours.get(hour), [metric]: value });
    }
  }
  return hours;
}

function amounts(
  cores: number | undefined,
  memoryBytes: number | undefined,
  pods: number | undefined,
): CapacityAmounts | undefined {
  if (cores === undefined || memoryBytes === undefined) return undefined;
  return { cpuMillis: cores * 1000, memoryBytes, pods };
}

const pointOf = (at: number, told: Partial<Record<HistoryMetric, number>>): CapacityPoint => ({
  at,
  span: 'hour',
  nodes: told.nodes,
  allocatable: amounts(told.cpu_allocatable_cores, told.memory_allocatable_bytes, undefined),
  requested: amounts(told.cpu_requested_cores, told.memory_requested_bytes, told.pods),
  used: amounts(told.cpu_used_cores, told.memory_used_bytes, told.pods),
  usedP95: undefined,
});

/** The history of one cluster in Prometheus: one query a metric, the cluster’s an hour a step (ports/usage-history.ts). */
export function prometheusHistory(cluster: string, config: PrometheusConfig): UsageHistory {
  const server = { url: config.url, tokenFile: config.tokenFile };
  return {
    cluster,
    podPeaks: signal => podPeaks(server, config.queries, signal),
    async hours({ from, to }, signal) {
      const range = { from: Math.ceil(from / HOUR_MS) * HOUR_MS, to, stepMs: HOUR_MS };
      const asked = await Promise.all(
        historyMetrics.map(async metric => {
          try {
            const series = await rangeQuery(server, { promql: config.queries[metric], ...range }, signal);
            return { metric, series, error: undefined };
          } catch (error) {
            if (!(error instanceof DivisionError) || error.code === 'CANCELLED') throw error;
            return { metric, series: undefined, error };
          }
        }),
      );
      const answers = asked.flatMap(({ metric, series }) => (series ? [{ metric, series }] : []));
      const errors = asked.flatMap(({ metric, error }) => (error ? [{ metric, error }] : []));
      if (answers.length === 0 && errors[0]) throw errors[0].error;
      const empty = answers.filter(({ series }) => series.length === 0).map(({ metric }) => `${metric}: no value`);
      return {
        points: [...byHour(answers)].sort(([one], [other]) => one - other).map(([at, told]) => pointOf(at, told)),
        missing: [...errors.map(({ metric, error }) => `${metric}: ${error.message}`), ...empty],
      };
    },
  };
}
