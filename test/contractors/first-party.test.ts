import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capabilities } from '../../src/contractors/capability-map.ts';
import { type Contractors, openContractors } from '../../src/contractors/registry.ts';
import { mintAuthorization } from '../../src/model/authorization.ts';
import { type Simulation, startSimulation } from '../../src/simulation/simulation.ts';
import { clusterConfig, divisionError, never, authorization as template } from './fixtures/bench.ts';

const home = mkdtempSync(join(tmpdir(), 'gm-first-party-'));
const cluster = 'staging';
const authorization = mintAuthorization({ ...template.grounds, cluster });
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

let simulation: Simulation;
let contractors: Contractors;
let endpoints: string[] = [];
const worker = () => {
  const machines = [...(simulation.world.clusters.get(cluster)?.machines.values() ?? [])];
  const address = machines.map(machine => machine.ip).find(ip => !endpoints.includes(ip)) ?? '';
  return { address, endpoints };
};
const plane = () => ({ address: endpoints[0] ?? '', endpoints: endpoints.slice(1) });

function open(context = cluster) {
  const { talosconfig } = simulation.connection;
  const talos = { contractor: 'talos', talosconfig, context, endpoints };
  return contractors.forCluster(clusterConfig({ name: cluster, simulated: true, talos }));
}

function start(): Contractors {
  return openContractors(
    {
      contractors: {
        talos: {
          command: process.execPath,
          args: ['--import', 'tsx', resolve('src/main.ts'), 'contractor', 'talos'],
          env: { TALOSCTL: join(simulation.connection.path, 'talosctl') },
        },
      },
    },
    {
      receiptsDirectory: join(home, 'receipts'),
      clock: { now: () => simulation.world.now(), sleep: () => Promise.resolve() },
      log: quiet,
    },
  );
}

beforeAll(async () => {
  simulation = await startSimulation({ home, speed: 60, seed: 1 });
  endpoints = simulation.connection.clusters[cluster]?.endpoints ?? [];
  contractors = start();
});
afterAll(async () => {
  await contractors?.close();
  await simulation?.close();
  rmSync(home, { recursive: true, force: true });
});

describe('the first-party contractor over the rehearsal fleet', () => {
  it('is recognised, offers everything and is proved honest', async () => {
    const { reader } = open();
    await expect(reader.capabilities(never)).resolves.toEqual({
      profile: 'own',
      offered: Object.keys(capabilities),
      keepsReceipts: true,
      clientVersion: 'v1.13.9',
    });
    const truth = await reader.truth(never);
    expect(truth.verdict, truth.evidence.join('; ')).toBe('verified');
  });

  it('R22: tells machines, services, members and etcd', async () => {
    const { reader } = open();
    await expect(reader.machine(worker(), never)).resolves.toMatchObject({
      address: worker().address,
      version: 'v1.12.11',
      stage: 'running',
      ready: true,
      platform: 'metal',
      error: undefined,
    });
    const view = await reader.etcd(plane(), never);
    expect(view).toMatchObject({ alarms: [], error: undefined });
    expect(view.members).toHaveLength(3);
    expect(view.members?.map(member => member.id)).toContain(view.status?.leaderId);
    expect(await reader.members(plane(), never)).toHaveLength(6);
    expect((await reader.services(plane(), never)).find(service => service.id === 'etcd')?.health).toBe('OK');
    expect((await reader.logs({ ...plane(), service: 'etcd' }, never)).length).toBeGreaterThan(0);
    await expect(reader.version(plane(), never)).resolves.toEqual({ server: 'v1.12.11', client: 'v1.13.9' });
  });

  it('its failures come back under our codes', async () => {
    const { reader } = open('elsewhere');
    expect((await divisionError(reader.version(plane(), never))).message).toContain('client_config');
    const nowhere = await divisionError(open().reader.machine({ ...worker(), address: '10.255.255.1' }, never));
    expect(nowhere.code).toBe('CONTRACTOR_FAILED');
  });

  it('R22: saves a snapshot', async () => {
    const { actor } = open();
    const path = join(home, 'one.db');
    const saved = await actor.snapshot(authorization, { ...plane(), path }, never);
    expect(saved).toMatchObject({ path, bytes: statSync(path).size, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('SAFETY 3: dispatches a reboot once, keeps its receipt over a restart, and the bootID changes', async () => {
    const { actor, reader } = open();
    const machine = await reader.machine(worker(), never);
    const bound = { systemUuid: machine.systemUuid ?? '', bootId: machine.bootId ?? '' };
    const attempt = { ...worker(), ...bound, attemptId: 'reboot-1' };
    await expect(reader.attempt('reboot-1', never)).resolves.toEqual({ state: 'absent' });
    await expect(actor.reboot(authorization, attempt, never)).resolves.toMatchObject({ accepted: true });
    await expect(actor.reboot(authorization, attempt, never)).resolves.toMatchObject({ accepted: true });
    await contractors.close();
    contractors = start();
    const later = open().reader;
    await expect
      .poll(async () => later.attempt('reboot-1', never), { timeout: 20_000, interval: 200 })
      .toMatchObject({ state: 'exited', exitCode: 0 });
    const bootId = async () => (await later.machine(worker(), never).catch(() => machine)).bootId;
    await expect.poll(bootId, { timeout: 20_000, interval: 200 }).not.toBe(machine.bootId);
    expect(simulation.ledgers()[cluster]?.reboots).toHaveLength(1);
  });
});
