import { expect, it } from 'vitest';
import { isCordoned } from '../../../src/simulation/world/controllers/node-fit.ts';
import { MINUTE, machineOf, nodeOf, pass } from '../world/worlds.ts';
import type { Faces } from './faces.ts';
import { evict, faces, podNamed } from './faces.ts';

const NODES = '/api/v1/nodes';
const WORKER = 'small-worker-1';

async function failureOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return 'an answer';
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string; message?: string } };
    return cause?.code ?? cause?.message ?? name;
  }
}

it.each([
  {
    kind: 'api_429',
    arm: { count: 2, retry_after_seconds: 3 },
    shows: async (at: Faces) => [(await at.ask(NODES)).code, (await at.ask(NODES)).code, (await at.ask(NODES)).code],
    expected: [429, 429, 200],
  },
  {
    kind: 'api_5xx',
    arm: { status: 502, verb: 'list', resource: 'nodes' },
    shows: async (at: Faces) => [
      (await at.ask('/api/v1/pods')).code,
      (await at.ask(NODES)).code,
      (await at.ask(NODES)).code,
    ],
    expected: [200, 502, 200],
  },
  {
    kind: 'api_reset',
    arm: { node: 'small-cp-2' },
    shows: async (at: Faces) => [
      (await at.ask(NODES)).code,
      await failureOf(at.ask(NODES, { at: at.api.servers.get('small-cp-2') ?? '' })),
    ],
    expected: [200, 'ECONNRESET'],
  },
  {
    kind: 'api_slow',
    arm: { delay_ms: 300 },
    shows: async (at: Faces) => {
      const start = performance.now();
      const { code } = await at.ask(NODES);
      return [code, performance.now() - start >= 290];
    },
    expected: [200, true],
  },
])('$kind on the Kubernetes face; talosctl knows nothing of it', async ({ kind, arm, shows, expected }) => {
  const at = await faces();
  at.cluster.faults.arm({ kind, ...arm });
  expect((await at.talosctl('-n 10.5.0.2 version')).exit).toBe(0);
  expect(await shows(at)).toEqual(expected);
});

it('api_half_open: the connection is taken and never answered; when the fault is cleared it is cut', async () => {
  const at = await faces();
  const fault = at.cluster.faults.arm({ kind: 'api_half_open', resource: 'nodes' });
  expect(await failureOf(at.ask(NODES, { timeoutMs: 300 }))).toBe('TimeoutError');
  const [waiting, early] = [failureOf(at.ask(NODES)), failureOf(at.ask(NODES))];
  expect((await at.ask('/api/v1/namespaces')).code).toBe(200);
  await expect.poll(() => at.cluster.ledger.report().api_requests['list nodes']).toBe(3);
  at.cluster.faults.clear(fault.id);
  expect([await waiting, await early]).toEqual(['UND_ERR_SOCKET', 'UND_ERR_SOCKET']);
  expect((await at.ask(NODES)).code).toBe(200);
});

it.each([
  {
    what: 'a cordon',
    write: (at: Faces) => at.ask(`${NODES}/${WORKER}`, { method: 'PATCH', body: { spec: { unschedulable: true } } }),
  },
  { what: 'an eviction', write: (at: Faces) => evict(at, 'edge', podNamed(at.cluster, 'edge', 'gateway')) },
])('api_lost_answer: $what is made, its answer is lost, and only once', async ({ what, write }) => {
  const at = await faces();
  at.cluster.faults.arm({ kind: 'api_lost_answer' });
  expect((await at.ask(NODES)).code).toBe(200);
  expect(await failureOf(write(at))).toBe('ECONNRESET');
  if (what === 'a cordon') expect(isCordoned(nodeOf(at.cluster, WORKER))).toBe(true);
  else expect(at.cluster.ledger.report().evictions_accepted).toBe(1);
  expect(at.cluster.faults.list()).toEqual([]);
});

it('api_lost_answer leaves a write that is refused its answer', async () => {
  const at = await faces();
  at.cluster.faults.arm({ kind: 'api_lost_answer' });
  expect((await at.ask(`${NODES}/nobody`, { method: 'DELETE' })).code).toBe(404);
  expect(at.cluster.faults.list()).toHaveLength(1);
});

/** Collects what a watch says until it is stopped. */
async function watching(at: Faces, path: string): Promise<{ lines: string[]; stop(): void }> {
  const caller = new AbortController();
  const response = await fetch(`${at.api.vip}${path}`, { signal: caller.signal });
  const lines: string[] = [];
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? [])
      lines.push(
        ...decoder
          .decode(chunk as Uint8Array)
          .split('\n')
          .filter(Boolean),
      );
  };
  read().catch((error: unknown) => {
    if (!caller.signal.aborted) throw error;
  });
  return { lines, stop: () => caller.abort() };
}

it('api_stale_watch: lists are current, watches hear nothing, and all of it when the fault ends', async () => {
  const at = await faces();
  const { metadata } = (await at.ask(NODES)).json as { metadata: { resourceVersion: string } };
  const watch = await watching(at, `${NODES}?watch=true&resourceVersion=${metadata.resourceVersion}`);
  const fault = at.cluster.faults.arm({ kind: 'api_stale_watch', resource: 'nodes' });
  const body = { spec: { unschedulable: true } };
  await at.ask(`${NODES}/${WORKER}`, { method: 'PATCH', body });
  const late = await watching(at, `${NODES}?watch=true&resourceVersion=${metadata.resourceVersion}`);
  expect((await at.ask(`${NODES}/${WORKER}`)).json).toMatchObject(body);
  pass(at.world, MINUTE);
  expect([watch.lines, late.lines]).toEqual([[], []]);
  at.cluster.faults.clear(fault.id);
  for (const { lines } of [watch, late]) {
    await expect.poll(() => lines.length).toBeGreaterThan(0);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ type: 'MODIFIED', object: { metadata: { name: WORKER } } });
  }
  const heard = watch.lines.length;
  await at.ask(`${NODES}/${WORKER}`, { method: 'PATCH', body: { spec: { unschedulable: false } } });
  await expect.poll(() => watch.lines.length).toBeGreaterThan(heard);
  watch.stop();
  late.stop();
});

it('a machine that is down refuses on its own server; talosctl and the VIP go by another', async () => {
  const at = await faces();
  at.cluster.faults.arm({ kind: 'node_never_returns', node: 'small-cp-1' });
  await at.talosctl('-n 10.5.0.2 reboot --wait=false');
  pass(at.world, MINUTE);
  expect(machineOf(at.cluster, 'small-cp-1').stage).toBe('off');
  await expect
    .poll(() => failureOf(at.ask(NODES, { at: at.api.servers.get('small-cp-1') ?? '' })))
    .toBe('ECONNREFUSED');
  expect((await at.ask(NODES)).code).toBe(200);
  expect((await at.talosctl('-n 10.5.0.2 version')).stderr).toContain('no route to host');
});
