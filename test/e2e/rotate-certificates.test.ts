/** Certificates through real parts: client credentials renewed; a new Talos authority after its dry run, killed on the way. */
import { copyFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLUSTER, homeForTest } from './division-home.ts';
import { killAtOnce } from './processes.ts';

describe('rotate_certificates', () => {
  it('R134: a new kubeconfig is in secrets_dir, 0600, and nowhere else', async () => {
    const home = await homeForTest({ controlPlanes: 1, workers: 1 });
    const host = await home.host();
    const task = { playbook: 'rotate_certificates', cluster: CLUSTER };
    const plan = (await host.call('decompose_task', { task })).structured.plan as { plan_hash: string };
    const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
    const operation = await host.end(id, 'succeeded');
    const secrets = join(home.directory, 'secrets');
    const [file = ''] = (await readdir(secrets)).filter(name => name.endsWith('.kubeconfig'));
    expect((await stat(join(secrets, file))).mode & 0o777).toBe(0o600);
    expect(JSON.stringify([operation, await home.journal(id)])).not.toMatch(/client-key-data|PRIVATE KEY/);
    expect((await home.ledger()).reboots).toEqual([]);
  }, 90_000);

  it('a new Talos authority is made once, after its dry run, by Cortex Prime’s decision', async () => {
    const home = await homeForTest({ controlPlanes: 1, workers: 1 });
    const host = await home.host();
    const task = { playbook: 'rotate_certificates', cluster: CLUSTER, what: 'talos-ca' };
    const plan = (await host.call('decompose_task', { task })).structured.plan as {
      plan_hash: string;
      authority: { level: string };
    };
    expect(plan.authority.level).toBe('cortex-prime');
    const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
    await home.written(id, entry => entry.kind === 'intent' && entry.effect.kind === 'rotate_certificates');
    await killAtOnce(await home.executorPid());
    // Who holds the talosconfig puts the new one in its place: nobody else's credentials are ours to replace.
    await host.call('get_operation', { operation_id: id });
    await home.written(
      id,
      entry => entry.kind === 'step' && entry.state === 'waiting' && entry.reason.includes('old authority'),
    );
    const { talosconfig } = await home.simulation();
    await copyFile(join(home.directory, 'secrets', `${CLUSTER}-${id}.talosconfig`), talosconfig);
    await host.end(id, 'succeeded');
    const journal = await home.journal(id);
    const attempts = journal.flatMap(entry =>
      entry.kind === 'intent' && entry.effect.kind === 'rotate_certificates' ? [entry.effect.attempt_id] : [],
    );
    expect(new Set(attempts).size).toBe(1);
    expect(JSON.stringify(journal)).not.toContain('PRIVATE KEY');
  }, 90_000);
});
