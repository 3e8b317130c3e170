/** Hosts that come and go on one division: whatever becomes of them, one executor goes on with one operation. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CLUSTER, type Home, onlyNode, openHome } from './division-home.ts';
import type { Host } from './host.ts';
import { endings, executorsOf, HandFrontEnd } from './hosts-front-end.ts';
import { isRunning, killAtOnce } from './processes.ts';

const worker = (number: number): string => `${CLUSTER}-worker-${number}`;
const WORKERS = endings.length + 2;
const RESTARTS = 20;
const AT_ONCE = 4;

const startedNodes: string[] = [];
let home: Home;
let observer: Host;

beforeAll(async () => {
  home = await openHome({ controlPlanes: 1, workers: WORKERS });
  observer = await home.host();
});
afterAll(() => home.remove());

async function planFor(node: string): Promise<string> {
  const plan = await observer.call('rolling_upgrade', {
    clusters: [CLUSTER],
    to_version: 'v1.13.9',
    node_selector: onlyNode(node),
  });
  return String(plan.structured.plan_hash);
}

async function operationIds(): Promise<string[]> {
  const { structured } = await observer.call('get_operation');
  return (structured.operations as { operation_id: string }[]).map(operation => operation.operation_id);
}

/** Each node that was upgraded, once; nothing refused by a budget was forced. */
async function nothingTwice(): Promise<void> {
  const ledger = await home.ledger();
  expect(ledger).toMatchObject({ max_installs_per_boot: 1, max_reboots_per_boot: 1, pdb_violations: 0 });
  expect(ledger.installs.map(install => install.node).sort()).toEqual([...startedNodes].sort());
  expect(Math.max(0, ...Object.values(ledger.evictions_by_pod_uid))).toBeLessThanOrEqual(1);
}

describe.each(endings.map((ending, index) => ({ ending, node: worker(index + 1) })))(
  'a front end ended by $ending',
  ({ ending, node }) => {
    const exitCode = ending === 'SIGKILL' ? null : 0;

    it('while it plans: it is gone at once, and nothing was started', async () => {
      const before = await operationIds();
      const front = await HandFrontEnd.start(home);
      await front.begin('rolling_upgrade', { clusters: [CLUSTER], to_version: 'v1.13.9' });
      expect(await front.end(ending)).toBe(exitCode);
      expect(await operationIds()).toEqual(before);
    });

    it('just after it started a plan, then while it waits: the operation is one and goes on to its end', async () => {
      const plan = await planFor(node);
      const starter = await HandFrontEnd.start(home);
      await starter.begin('rolling_upgrade', { plan_hash: plan });
      expect(await starter.end(ending)).toBe(exitCode);

      // Whether its request was left is not known to its host: to start again is harmless.
      const again = await observer.call('rolling_upgrade', { plan_hash: plan });
      const id = String(again.structured.operation_id);
      startedNodes.push(node);
      const executor = await home.executorPid();
      const waiter = await HandFrontEnd.start(home);
      await waiter.begin('get_operation', { operation_id: id, wait_ms: 25_000 });
      expect(await waiter.end(ending)).toBe(exitCode);
      expect(isRunning(executor)).toBe(true);
      expect((await operationIds()).filter(known => known === id)).toEqual([id]);

      await observer.end(id, 'succeeded');
      expect(await home.executorPid()).toBe(executor);
      await nothingTwice();
    }, 90_000);
  },
);

it(`${RESTARTS} hosts started and killed -9 while the executor is dead: one executor comes, and the operation is unharmed`, async () => {
  const node = worker(WORKERS - 1);
  const id = await observer.upgrade({ clusters: [CLUSTER], node_selector: onlyNode(node) });
  startedNodes.push(node);
  await home.written(id, entry => entry.kind === 'intent' && entry.effect.kind === 'cordon');
  await killAtOnce(await home.executorPid());

  const comeAndGo = async (): Promise<void> => {
    const front = await HandFrontEnd.start(home);
    await front.begin('get_operation', { operation_id: id, wait_ms: 25_000 });
    await front.end('SIGKILL');
  };
  for (let done = 0; done < RESTARTS; done += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, comeAndGo));
  }
  await observer.end(id, 'succeeded');
  await vi.waitFor(async () => expect(await executorsOf(home)).toEqual([await home.executorPid()]), {
    timeout: 20_000,
  });
  const locks = (await readdir(join(home.division, 'operations'))).filter(name => name.includes('lock'));
  expect(locks).toHaveLength(1);
  expect(await readdir(join(home.division, 'operations', 'requests'))).toEqual([]);
  await nothingTwice();
}, 120_000);

it('two hosts at once: they plan the same, start it as one operation, and both control it', async () => {
  const node = worker(WORKERS);
  const other = await home.host();
  const given = { clusters: [CLUSTER], to_version: 'v1.13.9', node_selector: onlyNode(node) };
  const hosts = [observer, other];
  const plans = await Promise.all(hosts.map(host => host.call('rolling_upgrade', given)));
  const [plan, ...others] = plans.map(answer => String(answer.structured.plan_hash));
  expect(others).toEqual([plan]);

  const started = await Promise.all(
    [...hosts, ...hosts].map(host => host.call('rolling_upgrade', { plan_hash: plan })),
  );
  const ids = new Set(started.map(answer => String(answer.structured.operation_id)));
  expect(ids.size).toBe(1);
  const [id = ''] = ids;
  startedNodes.push(node);

  const control = (host: Host, action: string) =>
    host.call('control_operation', { operation_id: id, action, reason: `${action} by one of two` });
  await Promise.all(hosts.map(host => control(host, 'pause')));
  await Promise.all(hosts.map(host => control(host, 'resume')));
  const ends = await Promise.all(hosts.map(host => host.end(id, 'succeeded')));
  expect(ends[0]).toEqual(ends[1]);
  const journal = await home.journal(id);
  expect(journal.filter(entry => entry.kind === 'queued')).toHaveLength(1);
  expect(journal.filter(entry => entry.kind === 'finished')).toHaveLength(1);
  await nothingTwice();
}, 90_000);
