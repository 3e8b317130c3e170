import type { RequestListener } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import { DivisionError } from '../../src/errors.ts';
import { node, status } from './api-objects.ts';
import { authorization, connect, never } from './cluster-fixture.ts';
import { loopback } from './loopback.ts';

const cordon = { node: 'w-1', resourceVersion: '7', owner: 'op-1', priorUnschedulable: false };
const pod = { namespace: 'shop', name: 'web-1', uid: 'uid-web-1' };

const json =
  (code: number, body: unknown, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

/** Answers in turn, the last for ever; counts requests. */
async function scripted(...answers: RequestListener[]) {
  let count = 0;
  const server = await loopback((request, response) => {
    const answer = answers[count] ?? answers.at(-1);
    count++;
    answer?.(request, response);
  });
  return { ...server, count: () => count };
}

const open = async (): Promise<void> => undefined;
const reset: RequestListener = request => request.socket.resetAndDestroy();

describe('a write', () => {
  test('goes to another server when the first can’t have received it', async () => {
    const down = await scripted(json(200, {}));
    await down.stop();
    const up = await scripted(json(200, node('w-1')));
    const { writer } = await connect({ servers: [down.url, up.url] });
    expect(await writer.cordon(authorization, cordon, never())).toBe('cordoned');
    expect(up.count()).toBe(1);
  });

  test('that may have arrived is not sent again: the caller looks', async () => {
    const broken = await scripted(reset);
    const up = await scripted(json(200, node('w-1')));
    const { writer } = await connect({ servers: [broken.url, up.url] });
    await expect(writer.cordon(authorization, cordon, never())).rejects.toMatchObject({
      code: 'KUBERNETES_UNAVAILABLE',
    });
    expect([broken.count(), up.count()]).toEqual([1, 0]);
  });

  test('refused with a Retry-After is repeated after it', async () => {
    const busy = await scripted(json(429, status(429), { 'Retry-After': '0' }), json(200, node('w-1')));
    const { writer } = await connect({ servers: [busy.url] });
    expect(await writer.cordon(authorization, cordon, never())).toBe('cordoned');
    expect(busy.count()).toBe(2);
  });

  test('refused with 5xx is not repeated, here or elsewhere', async () => {
    const failing = await scripted(json(500, status(500)));
    const up = await scripted(json(200, node('w-1')));
    const { writer } = await connect({ servers: [failing.url, up.url] });
    await expect(writer.cordon(authorization, cordon, never())).rejects.toMatchObject({
      code: 'KUBERNETES_UNAVAILABLE',
    });
    expect([failing.count(), up.count()]).toEqual([1, 0]);
  });
});

describe('an eviction', () => {
  test('whose connection breaks is transient, asked once', async () => {
    const broken = await scripted(reset);
    const { writer } = await connect({ servers: [broken.url] });
    expect((await writer.evict(authorization, pod, never(), open)).kind).toBe('transient');
    expect(broken.count()).toBe(1);
  });

  test('while every server is down is transient', async () => {
    const down = await scripted(reset);
    await down.stop();
    const { writer } = await connect({ servers: [down.url] });
    expect((await writer.evict(authorization, pod, never(), open)).kind).toBe('transient');
  });

  test.each(['OPERATION_CONFLICT', 'KUBERNETES_UNAVAILABLE'] as const)(
    'SAFETY 6: asks the fence on a connection that stands; stopped by it (%s), nothing was sent',
    async code => {
      const quiet = await scripted(json(201, status(201)));
      const { writer } = await connect({ servers: [quiet.url] });
      const lost = new DivisionError(code, 'stop', 'let it end');
      const fence = async (): Promise<void> => {
        await vi.waitFor(() => expect(quiet.sockets).toHaveLength(1), 20_000);
        throw lost;
      };
      await expect(writer.evict(authorization, pod, never(), fence)).rejects.toBe(lost);
      await vi.waitFor(() => expect(quiet.sockets[0]?.destroyed).toBe(true), 20_000);
      expect(quiet.count()).toBe(0);
      expect((await writer.evict(authorization, pod, never(), open)).kind).toBe('evicted');
      expect(quiet.count()).toBe(1);
    },
  );

  test('that is aborted is CANCELLED, and its socket goes', async () => {
    const quiet = await scripted(() => {});
    const { writer } = await connect({ servers: [quiet.url] });
    const controller = new AbortController();
    const call = expect(writer.evict(authorization, pod, controller.signal, open)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    await vi.waitFor(() => expect(quiet.count()).toBe(1), 20_000);
    controller.abort();
    await call;
    await vi.waitFor(() => expect(quiet.sockets[0]?.destroyed).toBe(true), 20_000);
  });
});
