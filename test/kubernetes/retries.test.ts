import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { status } from './api-objects.ts';
import { connect, never, ONE, recordingLog, TWO } from './cluster-fixture.ts';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const PATH = '/api/v1/namespaces/kube-system';
const found = () => HttpResponse.json({ metadata: { name: 'kube-system', uid: 'cluster-uid' } });

/** Answers in turn, the last for ever; counts requests. */
function script(base: string, ...answers: (() => Response)[]) {
  const seen: number[] = [];
  server.use(
    http.get(`${base}${PATH}`, () => {
      seen.push(performance.now());
      return (answers[seen.length - 1] ?? answers.at(-1) ?? found)();
    }),
  );
  return seen;
}

const fail =
  (code: number, headers: Record<string, string> = {}) =>
  () =>
    HttpResponse.json(status(code), { status: code, headers });

describe('reads that fail for a while', () => {
  test.each([429, 500, 502, 503, 504])('%d is asked again, with back-off', async code => {
    const seen = script(ONE, fail(code), fail(code), found);
    const { reader } = await connect();
    expect(await reader.identity(never())).toBe('cluster-uid');
    expect(seen).toHaveLength(3);
  });

  test('Retry-After is waited for, as client-go does', async () => {
    const seen = script(ONE, fail(429, { 'Retry-After': '1' }), found);
    const { reader } = await connect();
    expect(await reader.identity(never())).toBe('cluster-uid');
    expect((seen[1] ?? 0) - (seen[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test('a Retry-After beyond the call’s deadline is not waited for', async () => {
    const seen = script(ONE, fail(503, { 'Retry-After': '3600' }));
    const { reader } = await connect();
    await expect(reader.identity(never())).rejects.toMatchObject({ code: 'KUBERNETES_UNAVAILABLE', retry: 'later' });
    expect(seen).toHaveLength(1);
  });

  test('retries are bounded', async () => {
    const seen = script(ONE, fail(500));
    const { reader } = await connect();
    await expect(reader.identity(never())).rejects.toMatchObject({ code: 'KUBERNETES_UNAVAILABLE' });
    expect(seen).toHaveLength(4);
  });

  test('an abort ends the wait for a Retry-After', async () => {
    script(ONE, fail(429, { 'Retry-After': '30' }));
    const { reader } = await connect();
    const startedAt = performance.now();
    await expect(reader.identity(AbortSignal.timeout(100))).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });

  test.each([400, 404, 409, 422, 501])('%d is not asked again', async code => {
    const seen = script(ONE, fail(code));
    const { reader } = await connect();
    await expect(reader.identity(never())).rejects.toMatchObject({ code: 'KUBERNETES_UNAVAILABLE' });
    expect(seen).toHaveLength(1);
  });
});

describe('several servers', () => {
  test('a 5xx goes to the next server, which is then asked first', async () => {
    const one = script(ONE, fail(503));
    const two = script(TWO, found);
    const { reader } = await connect({ servers: [ONE, TWO] });
    await reader.identity(never());
    await reader.identity(never());
    expect([one.length, two.length]).toEqual([1, 2]);
  });

  test('a lost connection goes to the next server, and is logged', async () => {
    script(ONE, () => HttpResponse.error());
    const two = script(TWO, found);
    const { log, lines } = recordingLog();
    const { reader } = await connect({ servers: [ONE, TWO], log });
    expect(await reader.identity(never())).toBe('cluster-uid');
    expect(two).toHaveLength(1);
    expect(lines).toMatchObject([
      { level: 'warn', event: 'kubernetes.server_unreachable', fields: { server: 'one.test:6443' } },
    ]);
  });

  test('the cluster is unavailable only when every server is', async () => {
    const one = script(ONE, () => HttpResponse.error());
    const two = script(TWO, () => HttpResponse.error());
    const { reader } = await connect({ servers: [ONE, TWO] });
    await expect(reader.identity(never())).rejects.toMatchObject({ code: 'KUBERNETES_UNAVAILABLE', retry: 'later' });
    expect(one.length).toBe(two.length);
  });

  test('SAFETY 4, 5: servers are asked each by itself, and one that is down does not hide the others', async () => {
    server.use(
      http.get(`${ONE}/version`, () => HttpResponse.json({ gitVersion: 'v1.35.4' })),
      http.get(`${ONE}/readyz/etcd`, () => new Response('etcd failed: reason withheld', { status: 500 })),
      http.get(`${TWO}/version`, () => HttpResponse.error()),
      http.get(`${TWO}/readyz/etcd`, () => HttpResponse.error()),
    );
    const { reader } = await connect({ servers: [ONE, TWO] });
    const [one, two] = await reader.servers(never());
    expect(one).toEqual({ url: ONE, reachable: true, version: 'v1.35.4', etcdReady: false, error: undefined });
    expect(two).toMatchObject({ url: TWO, reachable: false, version: undefined, etcdReady: 'unknown' });
    expect(two?.error).toContain('no API server answered');
  });

  test.each([
    ['a version that is none', () => HttpResponse.json({ gitVersion: 'latest' })],
    ['no version', () => HttpResponse.json({})],
    ['a login page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['denied', fail(403)],
  ])('%s is not an API server that answers', async (_title, answer) => {
    server.use(
      http.get(`${ONE}/version`, answer),
      http.get(`${ONE}/readyz/etcd`, () => new Response('<html>')),
    );
    const { reader } = await connect();
    expect(await reader.servers(never())).toMatchObject([
      { reachable: false, version: undefined, etcdReady: 'unknown' },
    ]);
  });
});
