import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Contractor } from './contractor-process.ts';
import { attempted, type Fleet, SPEED, smallFleet } from './fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await smallFleet();
  await mkdir(fleet.secrets, { mode: 0o700 });
}, 60_000);
afterAll(() => fleet?.close());

/** The one control plane node of cluster two; reached through itself, as there is no other. */
const two = () => ({ context: 'two', node: fleet.control('two')[0] ?? '', endpoints: fleet.control('two') });
const of = (node: string) => ({ context: 'one', node, endpoints: fleet.control('one') });
const begins = { timeout: 60_000, interval: 300 };

async function exited(contractor: Contractor, id: string): Promise<void> {
  const receipt = async () => (await contractor.call('talos_attempt', { attempt_id: id })).structured;
  await vi.waitFor(async () => expect(await receipt()).toMatchObject({ state: 'exited', exit_code: 0 }), begins);
}

const etcdOf = async ({ call }: Contractor, target: ReturnType<typeof two>): Promise<string> => {
  const services = (await call('talos_services', target)).structured.services as { id: string; state: string }[];
  return services?.find(({ id }) => id === 'etcd')?.state ?? 'unknown';
};

/**
 * Wipes etcd's data on all its nodes, which then wait to be told what to do. Meanwhile the cluster's time goes as slowly as ours: the
 * first would be back, and join the etcd that is left, before a busy machine has wiped the last.
 */
async function wiped(contractor: Contractor, targets: ReturnType<typeof two>[], id: string): Promise<void> {
  const order = { graceful: false, reboots: true, labels: ['EPHEMERAL'] };
  await fleet.pace(1);
  for (const [index, target] of targets.entries()) {
    const alone = { ...target, endpoints: [target.node] };
    const answer = await attempted(contractor, 'talos_reset', alone, `${id}-${index}`, order);
    expect(answer.structured).toMatchObject({ state: 'running' });
  }
  await fleet.pace(SPEED);
  for (const target of targets)
    await vi.waitFor(async () => expect(await etcdOf(contractor, target)).toBe('Preparing'), begins);
}

describe('a bootstrap', () => {
  const bootstrap = (contractor: Contractor, id: string) =>
    attempted(contractor, 'talos_bootstrap', two(), id, { control_plane: fleet.control('two') });

  it('SAFETY 3: is refused while etcd runs, is done once it waits, and never again in the life of the cluster', async () => {
    const contractor = await fleet.start();
    const early = await bootstrap(contractor, 'bootstrap-0');
    expect(early.error).toMatchObject({ error_class: 'precondition', message: expect.stringContaining('is Running') });
    await wiped(contractor, [two()], 'wipe-0001');
    expect((await bootstrap(contractor, 'bootstrap-1')).structured).toMatchObject({ state: 'running' });
    await exited(contractor, 'bootstrap-1');
    await vi.waitFor(async () => expect(await etcdOf(contractor, two())).toBe('Running'), begins);
    await wiped(contractor, [two()], 'wipe-0002');
    const again = await bootstrap(contractor, 'bootstrap-2');
    expect(again.error).toMatchObject({ error_class: 'precondition' });
    expect(again.error.message).toContain('bootstrap-1');
  }, 180_000);

  it('is refused while a control plane node does not tell whether etcd runs there', async () => {
    const contractor = await fleet.start();
    const control_plane = [...fleet.control('two'), '192.0.2.1'];
    const answer = await attempted(contractor, 'talos_bootstrap', two(), 'bootstrap-3', { control_plane });
    expect(answer.error.message).toContain('192.0.2.1 does not tell whether etcd runs there (unreachable)');
  }, 60_000);
});

describe('a recovery from a snapshot', () => {
  it('SAFETY 10: begins from a sound snapshot only, while etcd runs nowhere, and the others join', async () => {
    const contractor = await fleet.start();
    const [first = '', second = '', third = ''] = fleet.control('one');
    const path = join(fleet.secrets, 'db.snapshot');
    const { sha256 } = (await contractor.call('talos_etcd_snapshot', { ...of(first), path })).structured;
    const recover = async (id: string, change: Record<string, unknown> = {}) =>
      await attempted(contractor, 'talos_recover_etcd', of(first), id, {
        path,
        sha256,
        control_plane: fleet.control('one'),
        gone: [],
        ...change,
      });
    const alive = await recover('recover-1', { gone: [second, third] });
    expect(alive.error.message).toContain(`etcd on ${second} is Running`);
    await wiped(contractor, [first, second, third].map(of), 'wipe-0003');
    const altered = join(fleet.secrets, 'altered.snapshot');
    const bytes = await readFile(path);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    await writeFile(altered, bytes);
    expect((await recover('recover-2', { path: altered })).error.message).toContain('torn or altered');
    expect((await recover('recover-3', { sha256: '0'.repeat(64) })).error.message).toContain('another snapshot');
    expect((await recover('recover-4', { path: `${path}.not` })).error).toMatchObject({ error_class: 'not_found' });
    expect((await recover('recover-5')).structured).toMatchObject({ state: 'running' });
    await exited(contractor, 'recover-5');
    const members = async () =>
      ((await contractor.call('talos_etcd_members', of(first))).structured.members ?? []) as unknown[];
    await vi.waitFor(async () => expect(await members()).toHaveLength(3), begins);
  }, 240_000);
});
