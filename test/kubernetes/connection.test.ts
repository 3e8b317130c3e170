import { getEventListeners } from 'node:events';
import http, { type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { exchange } from '../../src/kubernetes/exchange.ts';
import { list } from './api-objects.ts';
import { connect, never } from './cluster-fixture.ts';
import { loopback } from './loopback.ts';

const identity: RequestListener = (_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ metadata: { name: 'kube-system', uid: 'cluster-uid' } }));
};

/** Takes requests and never answers. */
function silent() {
  const asked: string[] = [];
  const listener: RequestListener = request => {
    asked.push(request.url ?? '');
  };
  return { asked, listener };
}

const isGone = (socket: Socket | undefined) => socket === undefined || socket.destroyed;

describe('connections to real sockets', () => {
  test('one kept-alive socket serves many calls', async () => {
    const server = await loopback(identity);
    const { reader } = await connect({ servers: [server.url] });
    for (let call = 0; call < 50; call++) await reader.identity(never());
    expect(server.sockets).toHaveLength(1);
  });

  test('close ends kept-alive sockets and what is under way', async () => {
    const quiet = silent();
    const server = await loopback(quiet.listener);
    const connection = await connect({ servers: [server.url] });
    const call = connection.reader.identity(never());
    const refused = expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    await vi.waitFor(() => expect(quiet.asked).toHaveLength(1), 20_000);
    connection.close();
    await refused;
    await vi.waitFor(() => expect(isGone(server.sockets[0])).toBe(true), 20_000);
    await expect(connection.reader.identity(never())).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  test('an abort really aborts: the server sees its socket go', async () => {
    const quiet = silent();
    const server = await loopback(quiet.listener);
    const { reader } = await connect({ servers: [server.url] });
    const controller = new AbortController();
    const call = reader.identity(controller.signal);
    const refused = expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    await vi.waitFor(() => expect(quiet.asked).toHaveLength(1), 20_000);
    controller.abort();
    await refused;
    await vi.waitFor(() => expect(isGone(server.sockets[0])).toBe(true), 20_000);
    expect(quiet.asked).toHaveLength(1);
  });

  test('an abort in the middle of an answer aborts too', async () => {
    const server = await loopback((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.write('{"metadata":');
    });
    const { reader } = await connect({ servers: [server.url] });
    const controller = new AbortController();
    const refused = expect(reader.identity(controller.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
    await vi.waitFor(() => expect(server.sockets).toHaveLength(1), 20_000);
    controller.abort();
    await refused;
    await vi.waitFor(() => expect(isGone(server.sockets[0])).toBe(true), 20_000);
  });

  test('a signal that is aborted already sends nothing', async () => {
    const quiet = silent();
    const server = await loopback(quiet.listener);
    const { reader } = await connect({ servers: [server.url] });
    await expect(reader.identity(AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(quiet.asked).toEqual([]);
  });

  test('a reset connection, in or before the answer, is asked of the other server', async () => {
    const resets: RequestListener[] = [
      request => request.socket.resetAndDestroy(),
      (request, response) => {
        response.write('{"meta');
        setImmediate(() => request.socket.resetAndDestroy());
      },
    ];
    for (const listener of resets) {
      const broken = await loopback(listener);
      const well = await loopback(identity);
      const { reader } = await connect({ servers: [broken.url, well.url] });
      expect(await reader.identity(never())).toBe('cluster-uid');
      expect(broken.sockets.length).toBe(1);
    }
  });

  test('a server that dies between two calls is replaced by the other, and comes back into use', async () => {
    const first = await loopback(identity);
    const second = await loopback(identity);
    const { reader } = await connect({ servers: [first.url, second.url] });
    await reader.identity(never());
    expect([first.sockets.length, second.sockets.length]).toEqual([1, 0]);
    await first.stop();
    expect(await reader.identity(never())).toBe('cluster-uid');
    expect(second.sockets.length).toBe(1);
  });

  test('a read outlives a restart of the only server', async () => {
    let requests = 0;
    const server = await loopback((request, response) => {
      requests++;
      if (requests === 1) request.socket.resetAndDestroy();
      else identity(request, response);
    });
    const { reader } = await connect({ servers: [server.url] });
    expect(await reader.identity(never())).toBe('cluster-uid');
  });

  test('when one of several reads fails the others are aborted', async () => {
    const aborted: string[] = [];
    const server = await loopback((request, response) => {
      if (request.url?.includes('poddisruptionbudgets')) response.writeHead(403).end();
      else if (request.url?.includes('daemonsets')) request.on('close', () => aborted.push('daemonsets'));
      else response.setHeader('content-type', 'application/json').end(JSON.stringify(list([])));
    });
    const { reader } = await connect({ servers: [server.url] });
    await expect(reader.facts(never())).rejects.toThrow();
    await vi.waitFor(() => expect(aborted).toEqual(['daemonsets']), 20_000);
  });

  test('many reads under one signal leave no listener and no warning behind', async () => {
    const warnings: Error[] = [];
    const keep = (warning: Error) => warnings.push(warning);
    process.on('warning', keep);
    onTestFinished(() => {
      process.off('warning', keep);
    });
    const servers = await Promise.all(Array.from({ length: 6 }, () => loopback(identity)));
    const { reader } = await connect({ servers: servers.map(({ url }) => url) });
    const signal = never();
    for (let round = 0; round < 12; round++) await reader.servers(signal);
    await expect(reader.facts(signal)).rejects.toMatchObject({ code: 'KUBERNETES_UNAVAILABLE' });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test('a server that does not answer a probe is given up after its short deadline', async () => {
    const server = await loopback(silent().listener);
    const { reader } = await connect({ servers: [server.url] });
    const startedAt = performance.now();
    expect(await reader.servers(never())).toMatchObject([{ reachable: false, etcdReady: 'unknown' }]);
    expect(performance.now() - startedAt).toBeLessThan(6000);
  });

  test('an attempt’s deadline destroys its socket and says that the request may have arrived', async () => {
    const server = await loopback(silent().listener);
    const agent = new http.Agent({ keepAlive: true });
    const request = { method: 'GET', url: new URL(server.url), headers: {}, body: undefined, agent };
    const limits = { connectMs: 1000, attemptMs: 50 };
    await expect(exchange(request, limits, never())).rejects.toMatchObject({ code: 'DEADLINE', isNeverSent: false });
    await vi.waitFor(() => expect(isGone(server.sockets[0])).toBe(true), 20_000);
  });

  test('a connection that is refused was never sent', async () => {
    const server = await loopback(identity);
    await server.stop();
    const agent = new http.Agent();
    const request = { method: 'GET', url: new URL(server.url), headers: {}, body: undefined, agent };
    const limits = { connectMs: 1000, attemptMs: 1000 };
    await expect(exchange(request, limits, never())).rejects.toMatchObject({ code: 'ECONNREFUSED', isNeverSent: true });
  });
});
