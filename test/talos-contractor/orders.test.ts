import { execFile } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Contractor } from './contractor-process.ts';
import { attempted, boundTo, type Fleet, smallFleet } from './fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await smallFleet();
  await mkdir(fleet.secrets, { mode: 0o700 });
}, 60_000);
afterAll(() => fleet?.close());

const plane = () => {
  const [node = '', ...endpoints] = fleet.control('one');
  return { context: 'one', node, endpoints };
};
const worker = () => ({ context: 'one', node: fleet.workers('one')[0] ?? '', endpoints: fleet.control('one') });
const receiptOf = async ({ call }: Contractor, id: string) =>
  (await call('talos_attempt', { attempt_id: id })).structured;
const exited = (contractor: Contractor, id: string, exit_code: number) =>
  vi.waitFor(async () => expect(await receiptOf(contractor, id)).toMatchObject({ state: 'exited', exit_code }), 60_000);
const kubelets = () =>
  [...(fleet.simulation.world.clusters.get('one')?.machines.values() ?? [])].map(machine => machine.kubelet_version);

describe('an upgrade of Kubernetes', () => {
  it('SAFETY 3: runs detached, one at a time a cluster; its receipt tells how far it is, and it may be run again', async () => {
    const contractor = await fleet.start();
    const before = kubelets();
    const upgrade = (id: string) =>
      attempted(contractor, 'talos_upgrade_kubernetes', plane(), id, { from: '1.35.4', to: '1.35.6', kubelets: false });
    expect((await upgrade('upgrade-1')).structured).toMatchObject({ state: 'running' });
    expect((await upgrade('upgrade-1')).structured).toMatchObject({ detail: expect.stringContaining('before') });
    expect((await upgrade('upgrade-2')).error).toMatchObject({ error_class: 'precondition' });
    await vi.waitFor(
      async () => expect((await receiptOf(contractor, 'upgrade-1')).stdout_tail).toContain('starting update'),
      20_000,
    );
    await exited(contractor, 'upgrade-1', 0);
    expect(kubelets()).toEqual(before);
    expect((await receiptOf(contractor, 'upgrade-1')).stdout_tail).toContain('skipped updating kubelet');
    expect((await upgrade('upgrade-3')).structured).toMatchObject({ state: 'running' });
    await exited(contractor, 'upgrade-3', 0);
  }, 120_000);
});

describe('a rotation of an authority', () => {
  it('SAFETY 3: happens once in a boot, its new talosconfig goes to a new file, and no key it prints is kept', async () => {
    const contractor = await fleet.start();
    const talosconfig_path = join(fleet.secrets, 'talosconfig');
    const rotate = (id: string, authority: string) =>
      attempted(contractor, 'talos_rotate_ca', plane(), id, { authority, talosconfig_path });
    await writeFile(talosconfig_path, 'the only one');
    expect((await rotate('rotate-0', 'kubernetes')).error).toMatchObject({ error_class: 'precondition' });
    await promisify(execFile)('rm', [talosconfig_path]);
    expect((await rotate('rotate-1', 'kubernetes')).structured).toMatchObject({ state: 'running' });
    await exited(contractor, 'rotate-1', 0);
    expect((await rotate('rotate-2', 'kubernetes')).error).toMatchObject({ error_class: 'precondition' });
    const receipts = join(fleet.secrets, '..', 'receipts');
    const found = promisify(execFile)('grep', ['-rlE', 'LS0t|PRIVATE KEY', receipts]);
    await expect(found).rejects.toMatchObject({ code: 1 });
    await expect(access(join(receipts, 'attempts', 'rotate-1', 'stdout'))).rejects.toThrow();
  }, 120_000);
});

describe('what takes a machine down', () => {
  it('SAFETY 3: a reset wipes what it names and boots once, however often it is dispatched', async () => {
    const contractor = await fleet.start();
    const before = await boundTo(contractor, worker());
    const order = { ...worker(), ...before, attempt_id: 'reset-001', graceful: false, reboots: true };
    const reset = (labels: string[], id = 'reset-001') =>
      contractor.call('talos_reset', { ...order, attempt_id: id, labels });
    expect((await reset([])).error).toMatchObject({ error_class: 'invalid_argument' });
    expect((await reset(['META'])).error).toMatchObject({ error_class: 'invalid_argument' });
    expect((await reset(['EPHEMERAL'])).structured).toMatchObject({ state: 'running' });
    await exited(contractor, 'reset-001', 0);
    expect((await reset(['EPHEMERAL'])).structured).toMatchObject({ state: 'exited' });
    expect((await reset(['STATE'])).error).toMatchObject({ error_class: 'precondition' });
    const boot = async () => (await boundTo(contractor, worker()).catch(() => before)).boot_id ?? before.boot_id;
    await vi.waitFor(async () => expect(await boot()).not.toBe(before.boot_id), { timeout: 60_000, interval: 500 });
    expect((await reset(['EPHEMERAL'], 'reset-002')).error).toMatchObject({ error_class: 'precondition' });
    expect(fleet.simulation.world.clusters.get('one')?.machines.get('one-worker-1')?.boots).toBe(2);
  }, 120_000);

  it('SAFETY 3: a rollback without another slot says so in its receipt, and is not tried again in this boot', async () => {
    const contractor = await fleet.start();
    const rollback = (id: string) => attempted(contractor, 'talos_rollback', plane(), id);
    expect((await rollback('rollback-1')).structured).toMatchObject({ state: 'running' });
    await exited(contractor, 'rollback-1', 1);
    expect((await receiptOf(contractor, 'rollback-1')).stderr_tail).toContain('no fallback found');
    expect((await rollback('rollback-2')).error).toMatchObject({ error_class: 'precondition' });
  }, 60_000);

  it('SAFETY 1: a machine is turned off only in the boot it was meant in', async () => {
    const contractor = await fleet.start();
    const bound = await boundTo(contractor, worker());
    const order = { ...worker(), ...bound, attempt_id: 'shutdown-1', force: true };
    const stale = { ...order, boot_id: '00000000-0000-4000-8000-000000000000' };
    expect((await contractor.call('talos_shutdown', stale)).error).toMatchObject({ error_class: 'precondition' });
    expect((await contractor.call('talos_shutdown', order)).structured).toMatchObject({ state: 'running' });
    await exited(contractor, 'shutdown-1', 0);
    const stage = () => fleet.simulation.world.clusters.get('one')?.machines.get('one-worker-1')?.stage;
    await vi.waitFor(() => expect(stage()).toBe('off'), 30_000);
  }, 60_000);
});
