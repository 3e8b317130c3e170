/** A home of its own for a test: a small simulated fleet at speed, ended with everything that runs in it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { executorOf } from '../../src/division/directory.ts';
import { SimulationConnection } from '../../src/model/simulation-connection.ts';

export const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Home {
  directory: string;
  division: string;
  environment: Record<string, string>;
  simulation(): Promise<SimulationConnection>;
  /** GET or POST on the simulation's control URL. */
  control(path: string, body?: Record<string, unknown>): Promise<unknown>;
  executorPid(): Promise<number | undefined>;
  remove(): Promise<void>;
}

interface HomeOptions {
  controlPlanes?: number;
  workers?: number;
  pods?: number;
  speed?: number;
  talosVersion?: string;
}

export async function openHome(options: HomeOptions = {}): Promise<Home> {
  const directory = await mkdtemp(join(tmpdir(), 'containers-gm-test-'));
  const fleet = join(directory, 'fleet.json');
  const cluster = {
    name: 'staging',
    environment: 'staging',
    control_planes: options.controlPlanes ?? 3,
    workers: options.workers ?? 2,
    pods: options.pods ?? 60,
    budgets: 3,
    ...(options.talosVersion !== undefined && { talos_version: options.talosVersion }),
  };
  await writeFile(fleet, JSON.stringify({ clusters: [cluster] }));
  const division = join(directory, 'coordination', 'divisions', 'containers');
  const simulation = async (): Promise<SimulationConnection> =>
    SimulationConnection.parse(JSON.parse(await readFile(join(directory, 'simulation', 'connection.json'), 'utf8')));
  const control = async (path: string, body?: Record<string, unknown>): Promise<unknown> => {
    const { control: url } = await simulation();
    const response = await fetch(new URL(path, url), body && { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    directory,
    division,
    environment: {
      CONTAINERS_GM_SIMULATION_CLUSTERS: fleet,
      CONTAINERS_GM_SIMULATION_SPEED: String(options.speed ?? 300),
    },
    simulation,
    control,
    executorPid: async () => (await executorOf(division))?.pid,
    remove: async () => {
      const pid = (await executorOf(division).catch(() => undefined))?.pid;
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      await control('/stop', {}).catch(() => undefined);
      await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
