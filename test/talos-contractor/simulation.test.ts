import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Simulation, startSimulation } from '../../src/simulation/simulation.ts';
import { type Contractor, startContractor } from './contractor-process.ts';

let simulation: Simulation;
let directory: string;

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), 'simulation-'));
  directory = await mkdtemp(join(tmpdir(), 'receipts-'));
  simulation = await startSimulation({ home, speed: 60, seed: 1 });
}, 60_000);

afterAll(async () => {
  await simulation.close();
});

function start(): Promise<Contractor> {
  const { path, talosconfig } = simulation.connection;
  const env = { PATH: `${path}:/usr/bin:/bin`, HOME: tmpdir(), TALOSCONFIG: talosconfig, GM_RECEIPTS_DIR: directory };
  return startContractor(env);
}

function cluster(name: string) {
  const found = simulation.connection.clusters[name];
  if (found === undefined) throw new Error(`the fleet has no cluster ${name}`);
  return found;
}

it('the contractor answers every read of a control plane node of the simulated fleet', async () => {
  const { talos_context: context, endpoints } = cluster('staging');
  const [node = ''] = endpoints;
  const target = { context, node, endpoints };
  const { call } = await start();
  expect((await call('talos_contexts')).structured).toMatchObject({ client: expect.stringMatching(/^v1\./) });
  const machine = (await call('talos_machine', target)).structured;
  expect(machine).toMatchObject({
    node,
    server: 'v1.12.11',
    stage: 'running',
    ready: true,
    platform: 'metal',
    unanswered: [],
  });
  expect(machine.schematic).toMatch(/^[0-9a-f]{64}$/);
  for (const tool of [
    'talos_version',
    'talos_members',
    'talos_services',
    'talos_etcd_members',
    'talos_etcd_status',
    'talos_etcd_alarms',
  ] as const)
    expect({ tool, ...(await call(tool, target)) }).toMatchObject({ tool, isError: false });
  expect(await call('talos_logs', { ...target, service: 'etcd', tail_lines: 5 })).toMatchObject({ isError: false });
  const path = join(directory, 'db.snapshot');
  expect((await call('talos_etcd_snapshot', { ...target, path })).structured).toMatchObject({ path });
  const absent = await call('talos_logs', { ...target, service: 'gm-probe', tail_lines: 5 });
  expect(absent).toMatchObject({ isError: true });
  const impossible = await call('talos_version', { ...target, node: '192.0.2.1' });
  expect(impossible.error).toMatchObject({ error_class: 'unreachable' });
}, 60_000);

it('an install of a worker ends with exit 0 at once, and the machine comes back in another boot with the new version', async () => {
  const { talos_context: context, endpoints, installer } = cluster('staging');
  const { call } = await start();
  const members = (await call('talos_members', { context, node: endpoints[0], endpoints })).structured.members;
  const worker = (members as { machine_type: string; addresses: string[] }[]).find(
    one => one.machine_type === 'worker',
  );
  const target = { context, node: worker?.addresses[0] ?? '', endpoints };
  const before = (await call('talos_machine', target)).structured;
  const image = installer.replace('{schematic}', String(before.schematic)).replace('{version}', 'v1.13.9');
  const attempt = { ...target, attempt_id: 'simulated-1', system_uuid: before.system_uuid, boot_id: before.boot_id };
  const answer = await call('talos_install', { ...attempt, image, reboots: true });
  expect(answer).toMatchObject({ isError: false, structured: { state: 'running' } });
  const receipt = async () => (await call('talos_attempt', { attempt_id: 'simulated-1' })).structured;
  await vi.waitFor(async () => expect(await receipt()).toMatchObject({ state: 'exited', exit_code: 0 }), 30_000);
  await vi.waitFor(
    async () =>
      expect((await call('talos_machine', target)).structured).toMatchObject({ server: 'v1.13.9', stage: 'running' }),
    { timeout: 60_000, interval: 500 },
  );
  const after = (await call('talos_machine', target)).structured;
  expect(after.boot_id).not.toBe(before.boot_id);
  expect(after.schematic).toBe(before.schematic);
  expect((await call('talos_install', { ...attempt, image, reboots: true })).structured).toMatchObject({
    state: 'exited',
  });
  const stale = await call('talos_reboot', { ...attempt, attempt_id: 'simulated-2' });
  expect(stale.error).toMatchObject({ error_class: 'precondition' });
  expect(simulation.ledgers().staging).toMatchObject({ max_installs_per_boot: 1 });
}, 120_000);
