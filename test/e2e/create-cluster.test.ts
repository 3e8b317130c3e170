/** A cluster made of machines in maintenance, through real parts: configured, bootstrapped once, joined; killed on the way. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLUSTER, type Home, homeForTest } from './division-home.ts';
import { killAtOnce } from './processes.ts';

const secrets = (home: Home): string => join(home.directory, 'secrets');

/** As `talosctl gen config` makes them, with what a machine needs here. */
const configOf = (type: string): string =>
  `version: v1alpha1\nmachine:\n  type: ${type}\n  token: hunter2.secret\n  install:\n    disk: /dev/sda\n    image: factory.talos.dev/metal-installer/${'0'.repeat(64)}:v1.12.11\n  kubelet:\n    image: ghcr.io/siderolabs/kubelet:v1.35.4\ncluster:\n  clusterName: ${CLUSTER}\n`;

async function giveConfigurations(home: Home): Promise<void> {
  const folder = join(secrets(home), CLUSTER);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [role, type] of [
    ['control-plane', 'controlplane'],
    ['worker', 'worker'],
  ] as const)
    await writeFile(join(folder, `${role}.yaml`), configOf(type), { mode: 0o600 });
}

describe('create_cluster', () => {
  it('R68, R194, R324: a cluster is made of machines in maintenance and bootstrapped once, ever, killed twice on the way', async () => {
    const home = await homeForTest({ controlPlanes: 3, workers: 2, awaitsCreation: true });
    const host = await home.host();
    await host.call('cluster_health', {});
    const { endpoints = [] } = (await home.simulation()).clusters[CLUSTER] ?? {};
    const addresses = ['10.5.1.1', '10.5.1.2', ...endpoints.toReversed()];
    const task = {
      playbook: 'create_cluster',
      name: CLUSTER,
      control_planes: 3,
      workers: 2,
      kubernetes_version: 'v1.35',
      labels: { pool: 'first' },
      addresses,
    };
    const early = await host.call('decompose_task', { task });
    const { blocked } = (early.structured.plan as { preflight: { blocked: { code: string }[] } }).preflight;
    expect(blocked.map(({ code }) => code)).toEqual(['INPUT_INVALID', 'INPUT_INVALID']);
    await giveConfigurations(home);
    const { structured } = await host.call('decompose_task', { task });
    const plan = structured.plan as { plan_hash: string };
    expect(plan).toMatchObject({ preflight: { blocked: [] }, authority: { level: 'coo', action: 'cluster.create' } });
    const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
    await home.written(id, entry => entry.kind === 'intent' && entry.effect.kind === 'apply_config');
    await killAtOnce(await home.executorPid());
    await host.call('get_operation', { operation_id: id });
    await home.written(id, entry => entry.kind === 'intent' && entry.effect.kind === 'bootstrap');
    await killAtOnce(await home.executorPid());
    await host.call('get_operation', { operation_id: id });
    const operation = await host.end(id, 'succeeded', 150_000);

    expect((await home.nodes()).map(({ ready }) => ready)).toEqual([true, true, true, true, true]);
    const ledger = await home.ledger();
    expect(ledger).toMatchObject({ bootstraps: [{ node: `${CLUSTER}-cp-1`, kind: 'anew' }], max_installs_per_boot: 1 });
    const journal = await home.journal(id);
    const attempts = journal.flatMap(entry =>
      entry.kind === 'intent' && entry.effect.kind === 'bootstrap' ? [entry.effect.attempt_id] : [],
    );
    expect(new Set(attempts).size).toBe(1);
    const labelled = journal.flatMap(entry =>
      entry.kind === 'intent' && entry.effect.kind === 'label_node' ? [entry.effect.node] : [],
    );
    expect([...new Set(labelled)].toSorted()).toEqual([`${CLUSTER}-worker-1`, `${CLUSTER}-worker-2`]);
    expect(operation.steps?.every(({ state }) => state === 'done')).toBe(true);

    const [kubeconfig = ''] = (await readdir(secrets(home))).filter(name => name.endsWith('.kubeconfig'));
    expect(((await stat(join(secrets(home), kubeconfig))).mode & 0o777).toString(8)).toBe('600');
    const [, key = ''] = /client-key-data: (\S+)/.exec(await readFile(join(secrets(home), kubeconfig), 'utf8')) ?? [];
    expect(key.length).toBeGreaterThan(20);
    const said = [JSON.stringify(journal), await host.raw('get_operation', { operation_id: id, events_after: 0 })];
    for (const text of said) for (const secret of [key, 'hunter2.secret']) expect(text).not.toContain(secret);

    const again = await host.call('decompose_task', { task });
    const refused = (again.structured.plan as { preflight: { blocked: { code: string }[] } }).preflight.blocked;
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['OPERATION_CONFLICT']));
  }, 240_000);
});
