/** Clusters that fail, through real parts: seen for what they are, told to whom they concern, escalated, and seen recovered. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { fleetForTest, type Home } from './division-home.ts';
import { killAtOnce } from './processes.ts';

const run = promisify(execFile);

const cluster = (name: string, planes: number, workers: number) => ({
  name,
  environment: 'staging',
  control_planes: planes,
  workers,
  pods: 6 * planes + 4 * workers + 8,
  budgets: 2,
  utilisation: 0.2,
});

interface Machine {
  name: string;
  ip: string;
}

async function machines(home: Home, name: string): Promise<Machine[]> {
  const { clusters } = (await home.control('/world')) as { clusters: Record<string, { nodes: Machine[] }> };
  return clusters[name]?.nodes ?? [];
}

async function switchOff(home: Home, name: string, nodes: readonly string[]): Promise<void> {
  const { path, talosconfig, clusters } = await home.simulation();
  const all = await machines(home, name);
  for (const node of nodes) {
    const ip = all.find(machine => machine.name === node)?.ip ?? '';
    const where = ['--talosconfig', talosconfig, '--context', clusters[name]?.talos_context ?? '', '-n', ip, '-e', ip];
    await run(join(path, 'talosctl'), [...where, 'shutdown', '--force', '--wait=false']);
  }
}

const switchOn = async (home: Home, name: string, nodes: readonly string[]): Promise<void> => {
  for (const node of nodes) await home.control('/power', { cluster: name, node });
};

/** Until nobody leads its etcd. */
const leaderless = (home: Home, name: string): Promise<void> =>
  vi.waitFor(
    async () => {
      const { clusters } = (await home.control('/world')) as {
        clusters: Record<string, { etcd: { leader: unknown } }>;
      };
      expect(clusters[name]?.etcd.leader).toBeNull();
    },
    { timeout: 30_000, interval: 50 },
  );

describe('cluster_failure', () => {
  it('R239, R240, R247: two clusters fail: alarm, reserve, the four conditions of Cortex Prime each told once, recovered, reviewed', async () => {
    const home = await fleetForTest([cluster('production', 3, 1), cluster('staging', 1, 1)]);
    const host = await home.host();
    await host.call('cluster_health', {});
    await switchOff(home, 'production', ['production-cp-2', 'production-cp-3']);
    await switchOff(home, 'staging', ['staging-cp-1']);
    await Promise.all([leaderless(home, 'production'), leaderless(home, 'staging')]);
    const task = { playbook: 'cluster_failure', clusters: ['production', 'staging'] };
    const plan = (await host.call('decompose_task', { task })).structured.plan as { plan_hash: string };
    expect(plan).toMatchObject({ preflight: { blocked: [] } });
    const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
    await home.written(
      id,
      entry => entry.kind === 'step' && entry.step === 'production/recover' && entry.state === 'waiting',
    );
    // Another executor goes on an hour later.
    await killAtOnce(await home.executorPid());
    await home.control('/clock', { advance_ms: 61 * 60_000 });
    await host.call('get_operation', { operation_id: id });
    await home.written(
      id,
      entry =>
        entry.kind === 'step' &&
        entry.step === 'production/recover' &&
        entry.state === 'waiting' &&
        entry.reason.includes('over an hour'),
    );
    await switchOn(home, 'production', ['production-cp-2', 'production-cp-3']);
    await switchOn(home, 'staging', ['staging-cp-1']);
    const operation = await host.end(id, 'succeeded', 120_000);

    expect(await told(home)).toEqual([
      'architectural_change',
      'data_loss_risk',
      'multi_cluster_failure',
      'recovery_over_an_hour',
    ]);
    const done = (operation.steps ?? []).filter(({ state }) => state === 'done').map(step => step.id);
    expect(done).toEqual(expect.arrayContaining(['notify', 'activate', 'escalate', 'incident', 'review']));
    for (const name of ['production', 'staging']) {
      expect(done.filter(step => step.startsWith(`${name}/`)).map(step => step.split('/').at(-1))).toEqual([
        'assess',
        'triage',
        'coordinate',
        'recover',
        'rejoin',
        'verify',
      ]);
    }
    expect((await home.journal(id)).filter(({ kind }) => kind === 'intent')).toEqual([]);
  }, 150_000);
});

/** Conditions that Cortex Prime was told of, once each time. */
async function told(home: Home): Promise<string[]> {
  const folder = join(home.directory, 'coordination', 'escalations');
  const names = await readdir(folder);
  const all = await Promise.all(
    names.map(
      async name => JSON.parse(await readFile(join(folder, name), 'utf8')) as { context?: { condition?: string } },
    ),
  );
  return all.flatMap(({ context }) => context?.condition ?? []).toSorted();
}
