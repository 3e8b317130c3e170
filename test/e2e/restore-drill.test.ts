/** Backups restored into a scratch cluster, through real parts: compared with what lives, timed, wiped; killed on the way. */
import { chmod, mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { fleetForTest, type Home } from './division-home.ts';
import { killAtOnce } from './processes.ts';
import { talosctl } from './simulated-talosctl.ts';

const CONFIGURATION = `version: v1alpha1\nmachine:\n  type: controlplane\n  token: hunter2.secret\n  install:\n    disk: /dev/sda\n    image: factory.talos.dev/metal-installer/${'0'.repeat(64)}:v1.12.11\n  kubelet:\n    image: ghcr.io/siderolabs/kubelet:v1.35.4\ncluster:\n  clusterName: scratch\n`;

function withScratch(hasScratch = true): Promise<Home> {
  const staging = { name: 'staging', control_planes: 1, workers: 1, pods: 22, budgets: 2, utilisation: 0.2 };
  const scratch = { name: 'scratch', control_planes: 1, workers: 0, awaits_creation: true };
  return fleetForTest(hasScratch ? [staging, scratch] : [staging]);
}

async function backedUp(home: Home): Promise<string> {
  const folder = join(home.directory, 'secrets', 'scratch');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'control-plane.yaml'), CONFIGURATION, { mode: 0o600 });
  const snapshots = join(home.directory, 'snapshots');
  await mkdir(snapshots, { recursive: true, mode: 0o700 });
  const [plane = ''] = (await home.simulation()).clusters.staging?.endpoints ?? [];
  const path = join(snapshots, 'staging.snapshot');
  await talosctl(home, plane, 'etcd', 'snapshot', path);
  await chmod(path, 0o600);
  return path;
}

const task = { playbook: 'backup_validation', restore: true };

interface Machine {
  name: string;
  stage: string;
  system_uuid: string;
}

const scratchOf = async (home: Home): Promise<Machine | undefined> => {
  const { clusters } = (await home.control('/world')) as { clusters: Record<string, { nodes: Machine[] }> };
  return clusters.scratch?.nodes[0];
};

describe('a restore drill', () => {
  it('R139, R141: restores the snapshot into the scratch machine, compares it, measures the time and wipes it; killed twice, each once', async () => {
    const home = await withScratch();
    const host = await home.host();
    const health = await host.call('cluster_health', {});
    expect(JSON.stringify(health.structured)).not.toContain('scratch');
    await backedUp(home);
    const { structured } = await host.call('decompose_task', { task });
    const plan = structured.plan as { plan_hash: string };
    expect(plan).toMatchObject({ preflight: { blocked: [] }, authority: { level: 'coo', action: 'cluster.create' } });
    const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
    for (const kind of ['recover_etcd', 'reset'] as const) {
      await home.written(id, entry => entry.kind === 'intent' && entry.effect.kind === kind);
      await killAtOnce(await home.executorPid());
      await host.call('get_operation', { operation_id: id });
    }
    const operation = await host.end(id, 'succeeded', 120_000);
    expect(operation.result_summary).toMatch(/backup of staging restored in \d+ min/);
    const steps = new Map((operation.steps ?? []).map(step => [step.id, step]));
    const compared = steps.get('staging/scratch/compare');
    expect(compared).toMatchObject({
      result: { outcome: 'restored', kinds: { Deployment: { missing: 0, back: 0 }, Namespace: { missing: 0 } } },
    });
    expect(Number(compared?.result?.rto_minutes)).toBeGreaterThanOrEqual(1);
    expect(steps.get('staging/recovery_time')?.result).toMatchObject({ rto_minutes: compared?.result?.rto_minutes });
    const attempts = (await home.journal(id)).flatMap(entry =>
      entry.kind === 'intent' && 'attempt_id' in entry.effect ? [entry.effect.attempt_id] : [],
    );
    expect(new Set(attempts).size).toBe(2);
    const { staging, scratch } = (await home.control('/ledger')) as Record<string, { bootstraps: unknown[] }>;
    expect(staging).toMatchObject({ bootstraps: [], reboots: [], installs: [] });
    expect(scratch?.bootstraps).toMatchObject([{ kind: 'snapshot' }]);
    expect(await scratchOf(home)).toMatchObject({ stage: 'maintenance' });
  }, 180_000);

  it('R139: an object that the backup lacks fails the drill and is named; the machine is wiped all the same', async () => {
    const home = await withScratch();
    const host = await home.host();
    await host.call('cluster_health', {});
    const path = await backedUp(home);
    const [server = ''] = (await home.simulation()).clusters.staging?.servers ?? [];
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'forgotten' } };
    const made = await fetch(`${server}/api/v1/namespaces`, {
      method: 'POST',
      body: JSON.stringify(namespace),
      headers: { 'content-type': 'application/json' },
    });
    expect(made.ok).toBe(true);
    // As if the snapshot had been taken after it.
    const later = new Date(Date.now() + 86_400_000);
    await utimes(path, later, later);
    const plan = (await host.call('decompose_task', { task })).structured.plan as { plan_hash: string };
    const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
    const failed = await host.end(id, 'failed', 120_000);
    expect(failed.stopped).toMatchObject({ code: 'RECORD_CORRUPT' });
    expect(failed.stopped?.reason).toContain('Namespace forgotten');
    expect(await scratchOf(home)).toMatchObject({ stage: 'maintenance' });
    const written = failed.steps?.find(step => step.id === 'staging/recovery_time');
    expect(written?.result).toMatchObject({ rto_minutes: null });
  }, 180_000);

  it('R139: without a scratch cluster it is told as not possible, with what to provide, and never as passed', async () => {
    const home = await withScratch(false);
    const host = await home.host();
    await host.call('cluster_health', {});
    await backedUp(home);
    const plan = (await host.call('decompose_task', { task })).structured.plan as { plan_hash: string };
    const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
    const { steps = [] } = await host.end(id, 'succeeded');
    const drill = steps.find(step => step.id === 'staging/drill_restore');
    expect(drill).toMatchObject({ state: 'failed', code: 'CAPABILITY_MISSING' });
    expect(drill?.remedy).toContain('scratch: true');
  }, 60_000);

  it('R139: a machine that has a configuration is not touched', async () => {
    const home = await withScratch();
    const host = await home.host();
    await host.call('cluster_health', {});
    await backedUp(home);
    const [address = ''] = (await home.simulation()).clusters.scratch?.endpoints ?? [];
    const path = join(home.directory, 'secrets', 'scratch', 'control-plane.yaml');
    await talosctl(home, address, 'apply-config', '--insecure', '--file', path);
    await vi.waitFor(async () => expect(await scratchOf(home)).toMatchObject({ stage: 'booting' }), {
      timeout: 30_000,
      interval: 100,
    });
    const plan = (await host.call('decompose_task', { task })).structured.plan as { plan_hash: string };
    const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
    const failed = await host.end(id, 'failed');
    expect(failed.stopped?.reason).toContain('has a configuration already');
    expect((await home.journal(id)).filter(({ kind }) => kind === 'intent')).toEqual([]);
  }, 60_000);
});
