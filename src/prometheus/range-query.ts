/** A range query that yields one series. */
import * as z from 'zod';
import { askPrometheus, type PrometheusServer, unintelligible } from './ask.ts';

const Matrix = z.looseObject({
  status: z.literal('success'),
  data: z.looseObject({
    resultType: z.literal('matrix'),
    result: z.array(z.looseObject({ values: z.array(z.tuple([z.number(), z.string()])) })),
  }),
});

export interface RangeQuery {
  /** PromQL that yields one series. */
  promql: string;
  /** Epoch milliseconds. */
  from: number;
  to: number;
  stepMs: number;
}

/** Values by epoch milliseconds, oldest first; NaN and infinities are gaps (Prometheus HTTP API, range vectors). */
export type Series = readonly { at: number; value: number }[];

/** Asks `api/v1/query_range`, with the errors of `askPrometheus`. */
export async function rangeQuery(server: PrometheusServer, query: RangeQuery, signal: AbortSignal): Promise<Series> {
  const search = {
    query: query.promql,
    start: String(query.from / 1000),
    end: String(query.to / 1000),
    step: String(query.stepMs / 1000),
  };
  const { result } = (await askPrometheus(server, { path: 'query_range', search, answer: Matrix }, signal)).data;
  if (result.length > 1)
    throw unintelligible(server, `answered ${result.length} series for one: let the query yield one, as sum(…)`);
  const values = result[0]?.values ?? [];
  return values
    .map(([seconds, amount]) => ({ at: seconds * 1000, value: amount.trim() === '' ? Number.NaN : Number(amount) }))
    .filter(point => Number.isFinite(point.at) && Number.isFinite(point.value))
    .sort((one, other) => one.at - other.at);
}
