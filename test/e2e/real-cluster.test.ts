/** The simulation's configuration files in a division.yaml: to the product a cluster as real as any. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SimulationConnection } from '../../src/model/simulation-connection.ts';
import { program, runProgram } from './command-line.ts';
import { onlyNode } from './division-home.ts';
import { Host } from './host.ts';
import { sweepProcesses } from './processes.ts';

const NAME = 'production';
const FLEET = { clusters: [{ name: NAME, control_planes: 1, workers: 2, pods: 22, budgets: 1 }] };

let folder: string;
let home: string;
let simulation: ChildProcess;
let connection: SimulationConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'containers-gm-test-'));
  home = join(folder, 'home');
  await mkdir(home);
  await mkdir(join(folder, 'no-programs'));
  const fleet = join(folder, 'fleet.json');
  await writeFile(fleet, JSON.stringify(FLEET));
  const args = ['--home', join(folder, 'fleet'), 'simulate', '--clusters', fleet, '--speed', '10'];
  simulation = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  if (!simulation.stdout) throw new Error('the simulation has no stdout');
  const [line] = await once(createInterface({ input: simulation.stdout }), 'line');
  connection = SimulationConnection.parse(JSON.parse(String(line)));
});
afterAll(async () => {
  simulation.kill('SIGKILL');
  await sweepProcesses(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

interface Change {
  mode?: 'observe' | 'operate';
  kubeconfig?: string;
  context?: string;
  prometheus?: { url: string };
}

/** The options that name a division.yaml with this cluster. JSON is YAML. */
async function division(change: Change = {}): Promise<string[]> {
  const cluster = connection.clusters[NAME];
  if (!cluster) throw new Error(`there is no cluster ${NAME}`);
  const yaml = {
    clusters: {
      [NAME]: {
        ...(change.mode !== undefined && { mode: change.mode }),
        kubernetes: {
          kubeconfig: change.kubeconfig ?? connection.kubeconfig,
          context: change.context ?? cluster.context,
          servers: cluster.servers,
        },
        ...(change.prometheus && { prometheus: change.prometheus }),
        talos: { talosconfig: connection.talosconfig, context: cluster.talos_context, endpoints: cluster.endpoints },
      },
    },
  };
  const path = join(await mkdtemp(join(folder, 'division-')), 'division.yaml');
  await writeFile(path, JSON.stringify(yaml));
  return ['--division', path];
}

const withTalosctl = (): Record<string, string> => ({
  PATH: [connection.path, process.env.PATH ?? ''].join(delimiter),
});

describe('doctor', () => {
  const doctor = async (change: Change, environment: Record<string, string>) =>
    runProgram(['--home', home, ...(await division(change)), 'doctor'], environment);

  it('finds nothing wrong: a line a check, exit code 0', async () => {
    const { exitCode, stdout, stderr } = await doctor({}, withTalosctl());
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0, stderr: '' });
    for (const line of stdout.trim().split('\n')) expect(line).toMatch(/^ok {4}/);
    expect(stdout).toContain(`${NAME}: contractor talos`);
  });

  it.each<{ wrong: string; change: () => Change; says: string[] }>([
    {
      wrong: 'a kubeconfig that can’t be read',
      change: () => ({ kubeconfig: join(folder, 'no-kubeconfig') }),
      says: ['no-kubeconfig', 'ENOENT', 'kubernetes.kubeconfig', 'division.yaml'],
    },
    {
      wrong: 'a kubeconfig that is none',
      change: () => ({ kubeconfig: program }),
      says: [`${program} is not a kubeconfig`, 'kubectl --kubeconfig'],
    },
    {
      wrong: 'an unknown context',
      change: () => ({ context: 'admin@elsewhere' }),
      says: ['admin@elsewhere', 'kubernetes.context', 'division.yaml'],
    },
    {
      wrong: 'a Prometheus that is not there',
      change: () => ({ prometheus: { url: 'http://127.0.0.1:1' } }),
      says: [`${NAME}: Prometheus`, '127.0.0.1:1 can’t be reached', 'prometheus.url in division.yaml'],
    },
    {
      wrong: 'something else where Prometheus should be',
      change: () => ({ prometheus: { url: connection.control } }),
      says: [`${NAME}: Prometheus`, 'correct the cluster’s prometheus in division.yaml'],
    },
  ])('$wrong: named with its remedy, exit code 1', async ({ change, says }) => {
    const { exitCode, stdout, stderr } = await doctor(change(), withTalosctl());
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 1, stderr: '' });
    const failed = stdout.slice(stdout.indexOf('FAIL'));
    for (const text of says) expect(failed).toContain(text);
  });

  it('a missing talosctl: named with its remedy, what Kubernetes says is well is said, exit code 1', async () => {
    const { exitCode, stdout } = await doctor({}, { PATH: join(folder, 'no-programs') });
    expect(exitCode, stdout).toBe(1);
    expect(stdout).toMatch(new RegExp(`^ok {4}${NAME}: Kubernetes API`, 'm'));
    expect(stdout).toMatch(/^FAIL {2}.*talosctl.*\n {6}.*talosctl/m);
  });
});

describe('SAFETY 2: an upgrade of a real cluster', () => {
  /** Plans it and tries to start it: the refusal. */
  async function refusal(mode?: Change['mode']) {
    const host = await Host.open({ home, options: await division(mode && { mode }), environment: withTalosctl() });
    onTestFinished(() => host.close());
    const plan = await host.call('rolling_upgrade', {
      clusters: [NAME],
      to_version: 'v1.13.9',
      node_selector: onlyNode(`${NAME}-worker-1`),
    });
    expect(plan.structured.simulated).toBe(false);
    return host.refusal('rolling_upgrade', { plan_hash: plan.structured.plan_hash });
  }

  async function untouched(): Promise<void> {
    const ledger = await (await fetch(new URL('/ledger', connection.control))).json();
    expect(ledger).toMatchObject({ [NAME]: { installs: [], reboots: [], evictions_accepted: 0 } });
    const world = await (await fetch(new URL('/world', connection.control))).json();
    const { nodes } = (world as { clusters: Record<string, { nodes: { cordoned: boolean }[] }> }).clusters[NAME] ?? {};
    expect(nodes?.map(node => node.cordoned)).toEqual([false, false, false]);
    const operations = await readdir(join(home, 'coordination', 'divisions', 'containers', 'operations')).catch(
      () => [],
    );
    expect(operations.filter(name => name.startsWith('op-'))).toEqual([]);
  }

  it('is refused where division.yaml says no mode, which is observe', async () => {
    const { code, remedy } = await refusal();
    expect(code).toBe('AUTHORITY_REFUSED');
    expect(remedy).toContain('mode: operate in division.yaml');
    await untouched();
  });

  it('R154: asks for an approval in mode operate', async () => {
    expect((await refusal('operate')).code).toBe('APPROVAL_REQUIRED');
    await untouched();
  });
});
