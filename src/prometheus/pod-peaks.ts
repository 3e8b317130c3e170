import * as z from 'zod';
import type { PrometheusConfig } from '../model/config.ts';
import type { PodPeak } from '../model/usage-facts.ts';
import { askPrometheus, type PrometheusServer } from './ask.ts';

const Vector = z.looseObject({
  status: z.literal('success'),
  data: z.looseObject({
    resultType: z.literal('vector'),
    result: z.array(
      z.looseObject({
        metric: z.looseObject({ namespace: z.string().optional(), pod: z.string().optional() }),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
});

const HOURS_A_DAY = 24;

/** Values by "namespace/pod"; what is of no pod, NaN, infinite or negative is left out. */
async function byPod(server: PrometheusServer, promql: string, signal: AbortSignal): Promise<Map<string, number>> {
  const { data } = await askPrometheus(server, { path: 'query', search: { query: promql }, answer: Vector }, signal);
  return new Map(
    data.result.flatMap(({ metric: { namespace, pod }, value: [, amount] }) => {
      const value = amount.trim() === '' ? Number.NaN : Number(amount);
      return namespace && pod && Number.isFinite(value) && value >= 0 ? [[`${namespace}/${pod}`, value] as const] : [];
    }),
  );
}

/** What each pod used at most over a week, of those that all three queries know (ports/usage-history.ts). */
export async function podPeaks(
  server: PrometheusServer,
  queries: PrometheusConfig['queries'],
  signal: AbortSignal,
): Promise<PodPeak[]> {
  const [cores, bytes, hours] = await Promise.all([
    byPod(server, queries.pod_cpu_p95_cores, signal),
    byPod(server, queries.pod_memory_max_bytes, signal),
    byPod(server, queries.pod_hours_seen, signal),
  ]);
  return [...cores].flatMap(([key, cpu]) => {
    const [memoryBytes, seen] = [bytes.get(key), hours.get(key)];
    if (memoryBytes === undefined || seen === undefined) return [];
    const [namespace = '', pod = ''] = key.split('/');
    return [{ namespace, pod, cpuMillis: cpu * 1000, memoryBytes, historyDays: Math.floor(seen / HOURS_A_DAY) }];
  });
}
