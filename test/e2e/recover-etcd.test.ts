/** A fleet that has lost etcd's quorum, through real parts: proved, restored from a verified snapshot, killed on the way, joined again. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { CLUSTER, type Home, homeForTest } from './division-home.ts';
import { killAtOnce } from './processes.ts';
import { controlPlane, talosctl } from './simulated-talosctl.ts';

const WIPE = ['reset', '--graceful=false', '--reboot', '--system-labels-to-wipe=EPHEMERAL', '--wait=false'];
const task = { playbook: 'recover_etcd', cluster: CLUSTER };

const snapshots = (home: Home): string => join(home.directory, 'snapshots');

async function takeSnapshot(home: Home, node: string): Promise<string> {
  await mkdir(snapshots(home), { recursive: true, mode: 0o700 });
  const path = join(snapshots(home), `${CLUSTER}.snapshot`);
  await talosctl(home, node, 'etcd', 'snapshot', path);
  await chmod(path, 0o600);
  return path;
}

const etcdOf = async (home: Home) => {
  const world = (await home.control('/world')) as {
    clusters: Record<string, { etcd: { has_quorum: boolean; members: unknown[] } }>;
  };
  return world.clusters[CLUSTER]?.etcd;
};

/** At the clock's own pace, so that neither has joined again before the other's data is gone. */
async function loseQuorum(home: Home, nodes: readonly string[]): Promise<void> {
  await home.control('/clock', { speed: 1 });
  await Promise.all(nodes.map(node => talosctl(home, node, ...WIPE)));
  await vi.waitFor(async () => expect((await etcdOf(home))?.has_quorum).toBe(false), {
    timeout: 60_000,
    interval: 100,
  });
  await home.control('/clock', { advance_ms: 20_000, speed: 150 });
}

async function planned(host: Awaited<ReturnType<Home['host']>>) {
  const { structured } = await host.call('decompose_task', { task });
  return structured.plan as { plan_hash: string; authority: { level: string }; preflight: { blocked: unknown[] } };
}

describe('recover_etcd', () => {
  it('R244, R245, R246: a lost quorum is proved, restored from a verified snapshot and joined; killed on the way, nothing is done twice', async () => {
    const home = await homeForTest({ controlPlanes: 3, workers: 1 });
    const host = await home.host();
    await host.call('cluster_health', {});
    const [first = '', second = '', third = ''] = await controlPlane(home);
    await takeSnapshot(home, first);
    await loseQuorum(home, [second, third]);

    const plan = await planned(host);
    expect(plan).toMatchObject({ authority: { level: 'cortex-prime' }, preflight: { blocked: [] } });
    const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
    await home.written(id, entry => entry.kind === 'intent' && entry.effect.kind === 'reset');
    await killAtOnce(await home.executorPid());
    await host.call('get_operation', { operation_id: id });
    await home.written(id, entry => entry.kind === 'intent' && entry.effect.kind === 'recover_etcd');
    await killAtOnce(await home.executorPid());
    await host.call('get_operation', { operation_id: id });
    await host.end(id, 'succeeded', 150_000);

    expect(await etcdOf(home)).toMatchObject({ has_quorum: true, members: [{}, {}, {}] });
    expect((await home.nodes()).every(({ ready }) => ready)).toBe(true);
    const journal = await home.journal(id);
    const attempts = journal.flatMap(entry =>
      entry.kind === 'intent' && 'attempt_id' in entry.effect
        ? [`${entry.effect.kind} ${entry.effect.attempt_id}`]
        : [],
    );
    expect(new Set(attempts).size).toBe(new Set(attempts.map(each => each.split('.').slice(0, -1).join('.'))).size);
    expect(new Set(attempts.filter(each => each.startsWith('recover_etcd'))).size).toBe(1);
    const done = journal.flatMap(entry => (entry.kind === 'step' && entry.state === 'done' ? [entry.step] : []));
    expect(done.indexOf(`${CLUSTER}/prove_quorum_lost`)).toBeGreaterThanOrEqual(0);
    const looks = journal.filter(entry => entry.kind === 'step' && entry.step === `${CLUSTER}/prove_quorum_lost`);
    const [began, ended] = [looks.at(0), looks.at(-1)].map(entry => Date.parse(entry?.at ?? ''));
    expect((ended ?? 0) - (began ?? 0)).toBeGreaterThanOrEqual(120_000);
    const ledger = await home.ledger();
    expect(ledger.max_reboots_per_boot).toBe(1);
  }, 240_000);

  it('R244: a snapshot that is not whole is refused, and so is a restore over a quorum that stands: nothing is wiped', async () => {
    const home = await homeForTest({ controlPlanes: 3, workers: 1 });
    const host = await home.host();
    await host.call('cluster_health', {});
    const [first = ''] = await controlPlane(home);
    const path = await takeSnapshot(home, first);
    const plan = await planned(host);
    const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
    const failed = await host.end(id, 'failed');
    expect(failed.stopped).toMatchObject({ code: 'QUORUM_AT_RISK' });

    const bytes = await readFile(path);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    await writeFile(path, bytes);
    await host.resume(id, 'once more');
    await host.end(id, 'failed');
    const journal = await home.journal(id);
    expect(journal.filter(entry => entry.kind === 'intent' && entry.effect.kind === 'reset')).toEqual([]);
    expect(await home.ledger()).toMatchObject({ reboots: [], etcd_quorum_lost: 0 });
  }, 120_000);
});
