import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TalosToolName } from '../../src/model/talos.ts';
import type { ClusterSpec } from '../../src/simulation/fleet.ts';
import { type Simulation, startSimulation } from '../../src/simulation/simulation.ts';
import { type Contractor, startContractor } from './contractor-process.ts';

/** Cluster seconds a wall second. */
export const SPEED = 120;

export interface Fleet {
  simulation: Simulation;
  /** GM_SECRETS_DIR. */
  secrets: string;
  /** What a contractor of this fleet is started with. */
  env: Record<string, string>;
  start(): Promise<Contractor>;
  control(name: string): string[];
  /** Cluster seconds a wall second, from now on; SPEED at first. */
  pace(speed: number): Promise<void>;
  workers(name: string): string[];
  close(): Promise<void>;
}

/** Two small clusters, `one` of 3 + 1 nodes and `two` of 1 + 1, and what our contractor needs to reach them. */
export async function smallFleet(two: Partial<ClusterSpec> = {}): Promise<Fleet> {
  const home = await mkdtemp(join(tmpdir(), 'fleet-'));
  const secrets = join(home, 'secrets');
  const size = { environment: 'staging' as const, workers: 1, pods: 40, budgets: 1 };
  const clusters = [
    { name: 'one', control_planes: 3, ...size },
    { name: 'two', control_planes: 1, ...size, ...two },
  ];
  const simulation = await startSimulation({ home: join(home, 'fleet'), speed: SPEED, seed: 1, fleet: { clusters } });
  const { path, talosconfig } = simulation.connection;
  const env = {
    PATH: `${path}:/usr/bin:/bin`,
    HOME: home,
    TALOSCONFIG: talosconfig,
    GM_RECEIPTS_DIR: join(home, 'receipts'),
    GM_SECRETS_DIR: secrets,
  };
  const addresses = (name: string, role: string): string[] =>
    [...(simulation.world.clusters.get(name)?.machines.values() ?? [])].flatMap(machine =>
      machine.role === role ? [machine.ip] : [],
    );
  return {
    simulation,
    secrets,
    env,
    start: () => startContractor(env),
    control: name => addresses(name, 'controlplane'),
    pace: async speed => {
      const url = new URL('/clock', simulation.connection.control);
      const response = await fetch(url, { method: 'POST', body: JSON.stringify({ speed }) });
      if (!response.ok) throw new Error(await response.text());
    },
    workers: name => addresses(name, 'worker'),
    async close() {
      await simulation.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Identity and boot of a machine, for an attempt. */
export async function boundTo(
  { call }: Contractor,
  target: Record<string, unknown>,
): Promise<{ system_uuid: unknown; boot_id: unknown }> {
  const { structured } = await call('talos_machine', { ...target, parts: ['system_uuid', 'boot_id'] });
  return { system_uuid: structured.system_uuid, boot_id: structured.boot_id };
}

/** Dispatches an attempt of that tool on that machine, bound to its present boot. */
export async function attempted(
  contractor: Contractor,
  tool: TalosToolName,
  target: Record<string, unknown>,
  id: string,
  rest: Record<string, unknown> = {},
) {
  const bound = await boundTo(contractor, target);
  return await contractor.call(tool, { ...target, ...bound, attempt_id: id, ...rest });
}
