import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addPod, type Served, served } from './hand-made-cluster.ts';
import { brief, openWatch } from './stream.ts';

let at: Served;
beforeEach(async () => {
  at = await served();
});
afterEach(() => at.api.close());

const url = (node: string): string => at.api.servers.get(node) ?? '';

/** The status, or the code of the connection's failure. */
async function ask(base: string, path = '/readyz'): Promise<number | string> {
  try {
    const response = await fetch(`${base}${path}`);
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
    return cause?.code ?? 'failed';
  }
}

describe('servers', () => {
  it('a node that goes down refuses connections and cuts its watches; it comes back on its port', async () => {
    const watch = await openWatch({ vip: url('cp-1') ?? '' }, '/api/v1/pods?watch=true');
    at.cluster.setServer('cp-1', false);
    await expect.poll(watch.ending).toBe('cut');
    expect(await ask(url('cp-1'))).toBe('ECONNREFUSED');
    expect(await ask(url('cp-2'))).toBe(200);
    at.cluster.setServer('cp-1', true);
    await expect.poll(() => ask(url('cp-1'))).toBe(200);
  });

  it('the VIP moves to a server that is up, cutting what was open on it; with none it refuses', async () => {
    const watch = await openWatch(at.api, '/api/v1/pods?watch=true');
    at.cluster.setServer('cp-2', false);
    addPod(at.cluster, 'a');
    await expect.poll(() => brief(watch.events)).toEqual(['ADDED a']);
    at.cluster.setServer('cp-2', true);
    at.cluster.setServer('cp-1', false);
    await expect.poll(watch.ending).toBe('cut');
    await expect.poll(() => ask(at.api.vip)).toBe(200);
    at.cluster.setServer('cp-2', false);
    expect(await ask(at.api.vip)).toBe('ECONNREFUSED');
    at.cluster.setServer('cp-2', true);
    await expect.poll(() => ask(at.api.vip)).toBe(200);
  });

  it('a port taken meanwhile is waited for', async () => {
    at.cluster.setServer('cp-1', false);
    const squatter = createServer();
    const { port } = new URL(url('cp-1'));
    await new Promise<void>(resolve => {
      squatter.listen(Number(port), '127.0.0.1', resolve);
    });
    at.cluster.setServer('cp-1', true);
    await new Promise(resolve => {
      squatter.close(resolve);
    });
    await expect.poll(() => ask(url('cp-1'))).toBe(200);
  });

  it('counts requests by verb and resource', async () => {
    await ask(at.api.vip, '/api/v1/pods');
    await ask(at.api.vip, '/api/v1/nodes/w-1');
    await ask(at.api.vip, '/readyz/etcd');
    expect(at.cluster.ledger.report().api_requests).toEqual({ 'list pods': 1, 'get nodes': 1, 'get /readyz/etcd': 1 });
  });
});

describe('faults at the edge', () => {
  const strikes = async (fault: Record<string, unknown>, paths: readonly string[]): Promise<(number | string)[]> => {
    at.cluster.faults.arm(fault);
    const answers = [];
    for (const path of paths) answers.push(await ask(at.api.vip, path));
    return answers;
  };

  it.each([
    ['429 twice', { kind: 'api_429', count: 2 }, ['/version', '/version', '/version'], [429, 429, 200]],
    ['503 by default', { kind: 'api_5xx' }, ['/version', '/version'], [503, 200]],
    [
      '500 of lists of pods only',
      { kind: 'api_5xx', status: 500, verb: 'list', resource: 'pods' },
      ['/api/v1/nodes', '/api/v1/pods'],
      [200, 500],
    ],
    ['a reset', { kind: 'api_reset' }, ['/version', '/version'], ['ECONNRESET', 200]],
    ['of another server', { kind: 'api_5xx', node: 'cp-2', count: 1 }, ['/version'], [200]],
  ])('%s', async (_title, fault, paths, expected) => {
    expect(await strikes(fault, paths)).toEqual(expected);
  });

  it('a 429 storm carries Retry-After and no DisruptionBudget cause', async () => {
    at.cluster.faults.arm({ kind: 'api_429', retry_after_seconds: 3 });
    const response = await fetch(`${at.api.vip}/api/v1/pods`);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(await response.json()).toMatchObject({ reason: 'TooManyRequests', details: { retryAfterSeconds: 3 } });
  });

  it('a refused write has no effect', async () => {
    at.cluster.faults.arm({ kind: 'api_5xx', verb: 'create' });
    const body = JSON.stringify({ metadata: { name: 'c' } });
    const headers = { 'Content-Type': 'application/json' };
    const post = () => fetch(`${at.api.vip}/api/v1/namespaces/default/configmaps`, { method: 'POST', body, headers });
    expect([(await post()).status, (await post()).status]).toEqual([503, 201]);
  });

  it('a slow answer is late by its delay', async () => {
    at.cluster.faults.arm({ kind: 'api_slow', delay_ms: 300, count: 1 });
    const started = performance.now();
    await ask(at.api.vip, '/version');
    expect(performance.now() - started).toBeGreaterThanOrEqual(295);
  });
});
