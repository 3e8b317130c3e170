import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SimulationConnection } from '../../src/simulation/simulation.ts';
import type { RunningSimulation } from './processes.ts';
import { control, newHome, removeHome, runShim, startProcess } from './processes.ts';

const IMAGE =
  'factory.talos.dev/metal-installer/376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d32b4ba:v1.13.9';
const WAIT = { timeout: 30_000, interval: 50 };

interface WorldView {
  clusters: Record<
    string,
    { nodes: { name: string; version: string; boot_id: string; stage: string; ready: boolean; cordoned: boolean }[] }
  >;
}

async function nodeView(connection: SimulationConnection, cluster: string, name: string) {
  const { body } = await control(connection, 'GET', '/world');
  return (body as unknown as WorldView).clusters[cluster]?.nodes.find(node => node.name === name);
}

const home = newHome();
let simulation: RunningSimulation;
beforeAll(async () => {
  simulation = await startProcess(home, 0);
});
afterAll(async () => {
  await simulation.end('SIGTERM');
  removeHome(home);
});

describe('a simulation', () => {
  it('says where everything is, and writes it down', () => {
    const { connection } = simulation;
    expect(connection).toMatchObject({
      simulated: true,
      pid: simulation.process.pid,
      kubeconfig: join(home, 'kubeconfig'),
      talosconfig: join(home, 'talosconfig'),
      path: join(home, 'bin'),
      clock: { speed: 0 },
      clusters: {
        staging: {
          context: 'admin@staging',
          talos_context: 'staging',
          environment: 'staging',
          endpoints: ['10.5.0.2', '10.5.0.3', '10.5.0.4'],
        },
        production: { environment: 'production', installer: 'factory.talos.dev/metal-installer/{schematic}:{version}' },
      },
    });
    expect(connection.clusters.production?.servers).toHaveLength(3);
    expect(JSON.parse(readFileSync(join(home, 'connection.json'), 'utf8'))).toEqual(connection);
    const kubeconfig = readFileSync(connection.kubeconfig, 'utf8');
    expect(kubeconfig).toContain(`server: ${connection.clusters.staging?.vip}`);
  });

  it('shows the same nodes on both faces', async () => {
    const { connection } = simulation;
    const production = connection.clusters.production;
    const response = await fetch(`${production?.servers[1]}/api/v1/nodes`);
    const { items } = (await response.json()) as {
      items: { metadata: { name: string }; status: { nodeInfo: { bootID: string } } }[];
    };
    expect(items).toHaveLength(12);
    const args = ['--context', 'production', '-n', '10.6.1.3', '-e', '10.6.0.2'];
    const { stdout } = await runShim(connection, ['read', '/proc/sys/kernel/random/boot_id', ...args]);
    expect(stdout.trim()).toBe(
      items.find(({ metadata }) => metadata.name === 'production-worker-3')?.status.nodeInfo.bootID,
    );
  });

  it('prints as talosctl does: stdout and stderr apart, exit codes, several contexts', async () => {
    const { connection } = simulation;
    const version = await runShim(connection, ['version', '--short', '-n', '10.5.0.2']);
    expect(version).toMatchObject({ stderr: '', exit: 0 });
    expect(version.stdout).toMatch(
      /^Client:\nTalos v1\.13\.9\nServer:\n\tNODE: {8}10\.5\.0\.2\n\tTag: {9}v1\.12\.11\n/,
    );
    const health = await runShim(connection, ['health', '--context', 'production', '-n', '10.6.0.2']);
    expect([health.stdout, health.exit]).toEqual(['', 0]);
    expect(health.stderr).toContain('waiting for all k8s nodes to report schedulable: OK\n');
    const unknown = await runShim(connection, ['dance']);
    expect(unknown.stderr).toMatch(/^unknown command "dance" for "talosctl"\n/);
    expect(unknown.exit).toBe(1);
  });

  it('writes an etcd snapshot where the caller is', async () => {
    const { stdout, exit } = await runShim(
      simulation.connection,
      ['etcd', 'snapshot', 'db.snapshot', '-n', '10.5.0.2'],
      home,
    );
    const bytes = readFileSync(join(home, 'db.snapshot'));
    expect(exit).toBe(0);
    expect(stdout).toContain(`etcd snapshot saved to "db.snapshot" (${bytes.length} bytes)`);
    expect(bytes.length % 512).toBe(32);
    expect(createHash('sha256').update(bytes.subarray(0, -32)).digest().equals(bytes.subarray(-32))).toBe(true);
  });

  it('upgrades a control plane node: its API server goes and comes back, the ledger counts one install and one reboot', async () => {
    const { connection } = simulation;
    const before = await nodeView(connection, 'staging', 'staging-cp-2');
    const running = runShim(connection, [
      'upgrade',
      '-n',
      '10.5.0.3',
      '-e',
      '10.5.0.2',
      '--image',
      IMAGE,
      '--drain=false',
    ]);
    const server = connection.clusters.staging?.servers[1] ?? '';
    await vi.waitFor(async () => {
      await control(connection, 'POST', '/clock', { advance_ms: 5_000 });
      await expect(fetch(`${server}/version`)).rejects.toThrow();
    }, WAIT);
    expect((await fetch(`${connection.clusters.staging?.vip}/readyz`)).status).toBe(200);
    await vi.waitFor(async () => {
      await control(connection, 'POST', '/clock', { advance_ms: 5_000 });
      expect(await nodeView(connection, 'staging', 'staging-cp-2')).toMatchObject({
        version: 'v1.13.9',
        stage: 'running',
        ready: true,
      });
    }, WAIT);
    await control(connection, 'POST', '/clock', { advance_ms: 5_000 });
    const { stderr, exit } = await running;
    expect(stderr).toMatch(/"10\.5\.0\.3": post check passed\n$/);
    expect(exit).toBe(0);
    await vi.waitFor(async () => expect((await fetch(`${server}/version`)).status).toBe(200), WAIT);
    expect((await nodeView(connection, 'staging', 'staging-cp-2'))?.boot_id).not.toBe(before?.boot_id);
    const { body } = await control(connection, 'GET', '/ledger');
    expect(body.staging).toMatchObject({
      max_installs_per_boot: 1,
      max_reboots_per_boot: 1,
      control_plane_overlaps: 0,
      control_plane_down_maximum: 1,
      etcd_quorum_lost: 0,
      etcd_healthy_minimum: 2,
      talosctl_calls: { upgrade: 1 },
    });
  });

  it.each([
    ['POST', '/clock', {}, 'neither "advance_ms" nor "speed"'],
    ['POST', '/clock', { speed: -1 }, '"speed" -1 is no number >= 0'],
    ['POST', '/faults', { kind: 'api_429' }, 'unknown cluster undefined'],
    ['POST', '/faults', { cluster: 'staging', kind: 'rain' }, 'unknown fault kind "rain"'],
    ['POST', '/faults', { cluster: 'staging', kind: 'tool_hangs', node: 'x' }, 'unknown node "x" of staging'],
    ['POST', '/faults', '{', 'the body is no JSON'],
    ['POST', '/faults', '[]', 'the body is no JSON object'],
    ['PUT', '/owner', { pid: 'me' }, '"pid" "me" is no process id'],
    ['POST', '/talosctl', {}, '"argv" is no list of strings'],
  ])('answers %s %s %j with 400, what is wrong and a remedy', async (method, path, body, message) => {
    const answer = await control(simulation.connection, method, path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(message);
    expect(answer.body.remedy).toEqual(expect.any(String));
  });

  it('arms, lists and clears faults', async () => {
    const { connection } = simulation;
    const armed = await control(connection, 'POST', '/faults', { cluster: 'staging', kind: 'api_slow', delay_ms: 500 });
    expect(armed.body).toMatchObject({ id: expect.any(String), count: null, cluster: 'staging' });
    expect((await control(connection, 'GET', '/faults')).body.faults).toEqual([armed.body]);
    await control(connection, 'DELETE', `/faults?id=${String(armed.body.id)}`);
    expect((await control(connection, 'GET', '/faults')).body.faults).toEqual([]);
  });

  it('serves no other path, and no caller who names another host', async () => {
    expect((await control(simulation.connection, 'GET', '/nothing')).status).toBe(404);
    const url = new URL('/healthz', simulation.connection.control);
    const { request } = await import('node:http');
    const status = await new Promise(resolve => {
      request(url, { headers: { host: 'rebound.example' } }, response => resolve(response.resume().statusCode)).end();
    });
    expect(status).toBe(403);
  });

  it('refuses a second one in the same folder', async () => {
    await expect(startProcess(home, 0)).rejects.toThrow('ended before');
  });
});

describe('a simulation that ends', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'by %s is resumed as it was; talosctl says Unavailable meanwhile',
    async signal => {
      const folder = newHome();
      const first = await startProcess(folder, 0);
      await control(first.connection, 'POST', '/clock', { advance_ms: 3_600_000 });
      const { body } = await control(first.connection, 'GET', '/world');
      await vi.waitFor(() => {
        expect(
          (JSON.parse(readFileSync(join(folder, 'world.json'), 'utf8')) as { timeline: { now_ms: number } }).timeline
            .now_ms,
        ).toBe(Date.parse(String(body.now)));
      }, WAIT);
      await first.end(signal);
      const away = await runShim(first.connection, ['version', '-n', '10.5.0.2']);
      expect(away.stderr).toMatch(
        /^rpc error: code = Unavailable desc = connection error: .* connect: connection refused"\n$/,
      );
      expect(away.exit).toBe(1);
      const second = await startProcess(folder, 0);
      expect((await control(second.connection, 'GET', '/world')).body).toEqual(body);
      expect(await control(second.connection, 'POST', '/stop', {})).toMatchObject({ status: 200 });
      await vi.waitFor(() => expect(second.process.exitCode).toBe(0), WAIT);
      removeHome(folder);
    },
  );

  it('moves its time with the wall at its speed', async () => {
    const folder = newHome();
    const running = await startProcess(folder, 1_000);
    const { connection } = running;
    await vi.waitFor(async () => {
      const { body } = await control(connection, 'GET', '/clock');
      expect(Number(body.now_ms) - connection.clock.cluster_ms).toBeGreaterThan(100_000);
      const expected = connection.clock.cluster_ms + (Date.now() - connection.clock.wall_ms) * 1_000;
      expect(Math.abs(Number(body.now_ms) - expected)).toBeLessThan(60_000);
    }, WAIT);
    await running.end('SIGTERM');
    removeHome(folder);
  });
});
