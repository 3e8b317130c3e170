import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { prometheusHistory } from '../../src/prometheus/usage-history.ts';
import { queriesOf } from './configured.ts';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const url = 'http://prometheus.test:9090';
const never = new AbortController().signal;
const queries = queriesOf(url, { pod_cpu_p95_cores: 'cpu', pod_memory_max_bytes: 'memory', pod_hours_seen: 'hours' });

const peaks = () => prometheusHistory('prod', { url, tokenFile: undefined, queries }).podPeaks(never);

type Told = Record<string, string>;
const vector = (told: Told) =>
  HttpResponse.json({
    status: 'success',
    data: {
      resultType: 'vector',
      result: Object.entries(told).map(([name, amount]) => {
        const [namespace, pod] = name.split('/');
        return { metric: { namespace, pod }, value: [1_790_000_000, amount] };
      }),
    },
  });
const answering = (by: Record<string, Told>): void =>
  server.use(
    http.get(`${url}/api/v1/query`, ({ request }) =>
      vector(by[new URL(request.url).searchParams.get('query') ?? ''] ?? {}),
    ),
  );

describe('what pods used over a week', () => {
  it('R312: is in millicores and bytes, with the whole days each was seen in', async () => {
    answering({
      cpu: { 'shop/web-1': '0.25', 'shop/web-2': '1' },
      memory: { 'shop/web-1': '1048576', 'shop/web-2': '2097152' },
      hours: { 'shop/web-1': '168', 'shop/web-2': '47' },
    });
    expect(await peaks()).toEqual([
      { namespace: 'shop', pod: 'web-1', cpuMillis: 250, memoryBytes: 1_048_576, historyDays: 7 },
      { namespace: 'shop', pod: 'web-2', cpuMillis: 1000, memoryBytes: 2_097_152, historyDays: 1 },
    ]);
  });

  it('leaves out what only one query knows, what is of no pod, and what is no amount', async () => {
    const all = { 'shop/web': '1', 'shop/nan': 'NaN', 'shop/minus': '-1', 'shop/empty': '', 'shop/': '1', '/web': '1' };
    answering({ cpu: { ...all, 'shop/other': '1' }, memory: all, hours: { ...all, 'shop/third': '1' } });
    expect((await peaks()).map(({ pod }) => pod)).toEqual(['web']);
  });

  it('is an error with a remedy when one query is refused, or answers ranges', async () => {
    server.use(http.get(`${url}/api/v1/query`, () => HttpResponse.text('', { status: 422 })));
    await expect(peaks()).rejects.toMatchObject({
      code: 'CONTRACTOR_FAILED',
      remedy: expect.stringContaining('queries'),
    });
    server.use(
      http.get(`${url}/api/v1/query`, () =>
        HttpResponse.json({ status: 'success', data: { resultType: 'matrix', result: [] } }),
      ),
    );
    await expect(peaks()).rejects.toMatchObject({ code: 'CONTRACTOR_UNINTELLIGIBLE' });
  });
});
