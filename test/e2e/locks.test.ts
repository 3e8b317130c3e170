/** One general manager a directory and a cluster, with real executors that are stopped, continued and rivalled (SAFETY 6). */
import { mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { identify, isStopped } from '../../src/host/process-identity.ts';
import type { JournalEntry } from '../../src/model/journal.ts';
import { runProgram } from './command-line.ts';
import { CLUSTER, Home, onlyNode, openHome } from './division-home.ts';
import type { Host } from './host.ts';

const worker = (number: number): string => `${CLUSTER}-worker-${number}`;
const SPEED = 75;
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/containers-gm';

let home: Home;
let host: Host;
beforeAll(async () => {
  home = await openHome({ controlPlanes: 1, workers: 5, apps: 20, speed: SPEED });
  host = await home.host();
  await host.call('cluster_health');
}, 60_000);
afterAll(() => home.remove());

const upgradeOf = (node: string) => ({ clusters: [CLUSTER], to_version: 'v1.13.9', node_selector: onlyNode(node) });

const intends =
  (...kinds: string[]) =>
  (entry: JournalEntry): boolean =>
    entry.kind === 'intent' && kinds.includes(entry.effect.kind);

/** The cluster's time goes as slowly as ours: it does little while we look, however busy the machine. */
async function inSlowTime<T>(look: () => Promise<T>): Promise<T> {
  await home.control('/clock', { speed: 1 });
  try {
    return await look();
  } finally {
    await home.control('/clock', { speed: SPEED });
  }
}

/** Stops the executor when it has begun to drain; it is continued with the test at the latest. */
async function stoppedExecutor(id: string): Promise<number> {
  await home.written(id, intends('evict'));
  return inSlowTime(stopped);
}

async function stopped(): Promise<number> {
  const pid = await home.executorPid();
  const identity = await identify(pid);
  process.kill(pid, 'SIGSTOP');
  onTestFinished(() => {
    try {
      process.kill(pid, 'SIGCONT');
    } catch {
      // It has ended.
    }
  });
  await expect.poll(() => identity && isStopped(identity), { timeout: 5_000 }).toBe(true);
  return pid;
}

interface Lease {
  metadata: { annotations?: Record<string, string> };
  spec: { holderIdentity?: string };
}

async function leaseUrl(): Promise<URL> {
  const { clusters } = await home.simulation();
  return new URL(LEASE, clusters[CLUSTER]?.servers[0]);
}

async function lease(): Promise<Lease> {
  return (await (await fetch(await leaseUrl())).json()) as Lease;
}

/** Writes another holder into the Lease, as who edits it by hand would. */
async function giveLeaseTo(holder: string): Promise<void> {
  const now = await lease();
  const body = JSON.stringify({
    ...now,
    metadata: { ...now.metadata, annotations: {} },
    spec: { holderIdentity: holder },
  });
  const response = await fetch(await leaseUrl(), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(response.status, await response.text()).toBe(200);
}

async function expectOneInstall(node: string): Promise<void> {
  const ledger = await home.ledger();
  expect(ledger.installs.filter(install => install.node === node)).toHaveLength(1);
  expect(ledger).toMatchObject({ max_installs_per_boot: 1, max_reboots_per_boot: 1, pdb_violations: 0 });
  expect(Math.max(0, ...Object.values(ledger.evictions_by_pod_uid))).toBe(1);
}

it('an executor that is stopped keeps its directory: another gives way and says so, calls name it and the remedy; continued, it finishes', async () => {
  const id = await host.upgrade(upgradeOf(worker(1)));
  const pid = await stoppedExecutor(id);
  const named = new RegExp(`process ${pid}.*kill -CONT ${pid}`, 's');

  const other = await runProgram(['--home', home.directory, 'executor'], home.environment);
  expect(other).toMatchObject({ exitCode: 0, stdout: '' });
  expect(other.stderr).toMatch(/executor\.locked/);
  expect(other.stderr).toMatch(named);
  const { structured } = await host.call('get_operation', { operation_id: id });
  expect(structured.executor_problem).toMatch(named);
  const given = { operation_id: id, action: 'resume', reason: 'see whether it listens' };
  const refusal = await host.refusal('control_operation', given);
  expect(refusal.code).toBe('DIRECTORY_LOCKED');
  expect(`${refusal.message} ${refusal.remedy}`).toMatch(named);
  // What was asked lies there for the holder: nobody else takes it, or waits for it.
  expect(await runProgram(['--home', home.directory, 'executor'], home.environment)).toMatchObject({ exitCode: 0 });
  expect(await home.executorPid()).toBe(pid);

  process.kill(pid, 'SIGCONT');
  await host.end(id, 'succeeded');
  expect(await home.executorPid()).toBe(pid);
  await expectOneInstall(worker(1));
}, 90_000);

describe('the Lease is taken away from an executor that is stopped in mid-drain', () => {
  it('continued, it sends nothing more and halts; the Lease is taken back only when a person says that its holder is gone', async () => {
    const id = await host.upgrade(upgradeOf(worker(2)));
    const pid = await stoppedExecutor(id);
    await giveLeaseTo('op-elsewhere');
    // As long as a check of the Lease stands for what is sent after it; nobody takes a cluster over faster.
    await setTimeout(6_000);
    const before = await home.ledger();
    process.kill(pid, 'SIGCONT');

    const halted = await host.end(id, 'halted');
    expect(halted.stopped).toMatchObject({
      code: 'OPERATION_CONFLICT',
      reason: expect.stringContaining('op-elsewhere'),
      remedy: expect.stringContaining(`control_operation resolve with node ${CLUSTER} as abandon`),
    });
    const after = await home.ledger();
    expect(after.evictions_by_pod_uid).toEqual(before.evictions_by_pod_uid);
    expect(after.installs.filter(({ node }) => node === worker(2))).toEqual([]);
    expect((await lease()).spec.holderIdentity).toBe('op-elsewhere');

    const control = { operation_id: id, reason: 'its host was scrapped' };
    await host.resume(id, control.reason);
    expect((await host.end(id, 'halted')).stopped?.code).toBe('OPERATION_CONFLICT');

    const resolve = { ...control, action: 'resolve', node: CLUSTER, as: 'abandon' };
    expect((await host.refusal('control_operation', { ...resolve, as: 'done' })).code).toBe('INPUT_INVALID');
    await giveLeaseTo('op-third');
    expect((await host.refusal('control_operation', resolve)).code).toBe('OPERATION_CONFLICT');
    await giveLeaseTo('op-elsewhere');
    await host.control(resolve);
    await host.resume(id, control.reason);
    await host.end(id, 'succeeded');
    expect((await lease()).spec.holderIdentity).toBeUndefined();
    await expectOneInstall(worker(2));
  }, 90_000);
});

describe('two division directories that work on one cluster', () => {
  it('the second does nothing and names the holder, also when both started the very same plan', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'containers-gm-test-'));
    const second = new Home(directory, home.environment);
    await symlink(join(home.directory, 'simulation'), join(directory, 'simulation'));
    onTestFinished(() => second.remove());
    const rival = await second.host();

    const same = await host.call('rolling_upgrade', upgradeOf(worker(3)));
    expect((await rival.call('rolling_upgrade', upgradeOf(worker(3)))).structured.plan_hash).toBe(
      same.structured.plan_hash,
    );
    const other = await rival.call('rolling_upgrade', upgradeOf(worker(4)));
    const start = async (by: Host, { plan_hash }: Record<string, unknown>) =>
      String((await by.call('rolling_upgrade', { plan_hash })).structured.operation_id);
    const id = await start(host, same.structured);
    await home.written(id, entry => entry.kind === 'outcome' && entry.effect.kind === 'hold_lease');

    const { twin, otherId, halted } = await inSlowTime(async () => {
      expect(await start(rival, same.structured)).toBe(id);
      const twin = await rival.end(id, 'halted');
      const otherId = await start(rival, other.structured);
      return { twin, otherId, halted: await rival.end(otherId, 'halted') };
    });
    expect(twin.stopped).toMatchObject({
      code: 'OPERATION_CONFLICT',
      reason: expect.stringMatching(`${id}.* in another division directory`),
    });
    expect(halted.stopped).toMatchObject({ code: 'OPERATION_CONFLICT', reason: expect.stringContaining(id) });
    for (const name of [id, otherId]) {
      const sent = (await second.journal(name)).filter(entry => entry.kind === 'intent');
      expect(sent.filter(entry => !intends('hold_lease')(entry))).toEqual([]);
    }
    await host.end(id, 'succeeded');
    await expectOneInstall(worker(3));

    await rival.resume(otherId, 'the other has ended');
    await rival.end(otherId, 'succeeded');
    await expectOneInstall(worker(4));
  }, 120_000);
});
