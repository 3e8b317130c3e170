import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { delay, HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { historyMetrics } from '../../src/model/capacity.ts';
import { prometheusHistory } from '../../src/prometheus/usage-history.ts';
import { queriesOf } from './configured.ts';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const URL_ = 'http://prometheus.test:9090';
const RANGE = `${URL_}/api/v1/query_range`;
const HOUR = 3_600_000;
const FROM = Date.parse('2026-11-22T00:00:00Z');
const range = { from: FROM, to: FROM + 3 * HOUR };
const never = new AbortController().signal;

const queries = queriesOf(URL_);
const nothingElse = Object.fromEntries(Object.keys(queries).map(metric => [metric, metric])) as typeof queries;

const history = (tokenFile?: string) => prometheusHistory('prod', { url: URL_, tokenFile, queries: nothingElse });
const matrix = (...series: [number, string][][]) =>
  HttpResponse.json({
    status: 'success',
    data: { resultType: 'matrix', result: series.map(values => ({ metric: {}, values })) },
  });
const hour = (index: number): number => FROM / 1000 + index * 3600;

/** Answers by metric; what is not named yields no series. */
const answering = (by: Record<string, [number, string][]>): void =>
  server.use(
    http.get(RANGE, ({ request }) => {
      const values = by[new URL(request.url).searchParams.get('query') ?? ''];
      return values ? matrix(values) : matrix();
    }),
  );

const everywhere = (answer: () => Response | Promise<Response>): void => server.use(http.get(RANGE, answer));

describe('the history in Prometheus', () => {
  it('is one point an hour, in millicores and bytes; what was not told is undefined and named', async () => {
    answering({
      cpu_used_cores: [
        [hour(0), '1.5'],
        [hour(1), '2'],
      ],
      memory_used_bytes: [
        [hour(0), '1e9'],
        [hour(1), '2e9'],
      ],
      nodes: [
        [hour(0), '3'],
        [hour(1), '4'],
      ],
    });
    const { points, missing } = await history().hours(range, never);
    expect(points).toMatchObject([
      { at: FROM, span: 'hour', nodes: 3, used: { cpuMillis: 1500, memoryBytes: 1e9 }, requested: undefined },
      { at: FROM + HOUR, nodes: 4, used: { cpuMillis: 2000, memoryBytes: 2e9 } },
    ]);
    expect(missing).toContain('cpu_requested_cores: no value');
    expect(missing).toHaveLength(5);
  });

  it('asks for whole hours, step 3600, and every metric once', async () => {
    const asked: URLSearchParams[] = [];
    server.use(
      http.get(RANGE, ({ request }) => {
        asked.push(new URL(request.url).searchParams);
        return matrix();
      }),
    );
    await history().hours({ from: FROM + 1, to: FROM + 2 * HOUR }, never);
    expect(asked.map(search => search.get('query') ?? '').toSorted()).toEqual(historyMetrics.toSorted());
    expect(asked[0]?.get('start')).toBe(String(hour(1)));
    expect(asked[0]?.get('step')).toBe('3600');
  });

  it('takes NaN, infinities, negative amounts and missing hours for gaps', async () => {
    answering({
      cpu_used_cores: [
        [hour(0), 'NaN'],
        [hour(1), '+Inf'],
        [hour(2), '-1'],
        [hour(3), '2'],
      ],
      memory_used_bytes: [
        [hour(0), '1'],
        [hour(1), '-Inf'],
        [hour(3), '5'],
      ],
    });
    const { points } = await history().hours(range, never);
    expect(points.filter(({ used }) => used !== undefined)).toMatchObject([
      { at: FROM + 3 * HOUR, used: { cpuMillis: 2000 } },
    ]);
  });

  it('sorts what comes in any order', async () => {
    answering({
      nodes: [
        [hour(2), '2'],
        [hour(0), '1'],
      ],
    });
    expect((await history().hours(range, never)).points.map(({ nodes }) => nodes)).toEqual([1, 2]);
  });

  it('keeps what answered when one query is refused, and says which was not', async () => {
    server.use(
      http.get(RANGE, ({ request }) =>
        new URL(request.url).searchParams.get('query') === 'nodes'
          ? HttpResponse.json({ status: 'error', errorType: 'bad_data' }, { status: 400 })
          : matrix([[hour(0), '1']]),
      ),
    );
    const { points, missing } = await history().hours(range, never);
    expect(points[0]?.used?.cpuMillis).toBe(1000);
    expect(missing).toEqual([expect.stringMatching(/^nodes: .*refuses the query \(HTTP 400\)/)]);
  });

  it.each<[string, () => Response, string]>([
    ['HTTP 500', () => HttpResponse.text('boom', { status: 500 }), 'CONTRACTOR_UNAVAILABLE'],
    [
      'HTTP 503 again and again',
      () => HttpResponse.text('', { status: 503, headers: { 'retry-after': '0' } }),
      'CONTRACTOR_UNAVAILABLE',
    ],
    ['HTTP 404', () => HttpResponse.text('', { status: 404 }), 'CONTRACTOR_FAILED'],
    ['HTTP 401', () => HttpResponse.text('', { status: 401 }), 'CONTRACTOR_FAILED'],
    [
      'a redirect',
      () => new HttpResponse(null, { status: 302, headers: { location: 'http://evil.test/' } }),
      'CONTRACTOR_FAILED',
    ],
    ['text', () => HttpResponse.text('<html>'), 'CONTRACTOR_UNINTELLIGIBLE'],
    [
      'JSON of another kind',
      () => HttpResponse.json({ status: 'success', data: { resultType: 'vector', result: [] } }),
      'CONTRACTOR_UNINTELLIGIBLE',
    ],
    [
      'values that are no texts',
      () => HttpResponse.json({ status: 'success', data: { resultType: 'matrix', result: [{ values: [[1, 2]] }] } }),
      'CONTRACTOR_UNINTELLIGIBLE',
    ],
    ['two series', () => matrix([[hour(0), '1']], [[hour(0), '2']]), 'CONTRACTOR_UNINTELLIGIBLE'],
    ['more than the bound', () => HttpResponse.text('x'.repeat(16 * 1024 * 1024 + 1)), 'CONTRACTOR_FAILED'],
    ['a broken connection', () => HttpResponse.error(), 'CONTRACTOR_UNAVAILABLE'],
  ])('%s is an error with a remedy that names the server, not the query’s answer', async (_what, answer, code) => {
    everywhere(answer);
    await expect(history().hours(range, never)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('prometheus.test:9090'),
      remedy: expect.stringMatching(/division\.yaml|later|sum\(/),
    });
  });

  it('asks an overloaded server once more, after what it says', async () => {
    const answers = new Map<string, number>();
    server.use(
      http.get(RANGE, ({ request }) => {
        const query = new URL(request.url).searchParams.get('query') ?? '';
        answers.set(query, (answers.get(query) ?? 0) + 1);
        return answers.get(query) === 1
          ? HttpResponse.text('', { status: 429, headers: { 'retry-after': '0' } })
          : matrix([[hour(0), '1']]);
      }),
    );
    expect((await history().hours(range, never)).missing).toEqual([]);
    expect([...answers.values()]).toEqual(Array(8).fill(2));
  });

  it('does not wait for one that wants an hour', async () => {
    let asked = 0;
    everywhere(() => {
      asked += 1;
      return HttpResponse.text('', { status: 429, headers: { 'retry-after': '3600' } });
    });
    await expect(history().hours(range, never)).rejects.toMatchObject({ code: 'CONTRACTOR_UNAVAILABLE' });
    expect(asked).toBe(8);
  });

  it('ends with its caller', async () => {
    everywhere(async () => {
      await delay('infinite');
      return matrix();
    });
    const controller = new AbortController();
    const asking = history().hours(range, controller.signal);
    controller.abort();
    await expect(asking).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('sends the token of the file as it is then, and never shows it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'containers-gm-token-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'token');
    await writeFile(file, 's3cr3t-value\n');
    const seen: (string | null)[] = [];
    server.use(
      http.get(RANGE, ({ request }) => {
        seen.push(request.headers.get('authorization'));
        return HttpResponse.text('s3cr3t-value is wrong', { status: 403 });
      }),
    );
    const error = await history(file)
      .hours(range, never)
      .catch((thrown: unknown) => thrown);
    expect(seen[0]).toBe('Bearer s3cr3t-value');
    expect(JSON.stringify(error)).toContain('CONTRACTOR_FAILED');
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('s3cr3t');
    await writeFile(file, 'with\ncontrol\u0001s3cr3t');
    const refused = await history(file)
      .hours(range, never)
      .catch((thrown: unknown) => thrown);
    expect(String(refused)).toContain('holds no token');
    expect(String(refused)).not.toContain('s3cr3t');
    await rm(file);
    await expect(history(file).hours(range, never)).rejects.toThrow('can’t be read');
  });

  it('has defaults that yield one series each', () => {
    for (const metric of historyMetrics) expect(queries[metric]).toMatch(/^(sum|count)\(/);
  });
});
