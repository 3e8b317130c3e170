import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BadRequest } from './bad-request.ts';
import type { ClusterConnection, SimulationConnection, TalosIdentity } from './connection-files.ts';
import { writeConnection } from './connection-files.ts';
import { serveControl } from './control.ts';
import type { FleetSpec } from './fleet.ts';
import { DEFAULT_FLEET } from './fleet.ts';
import { serveKubernetesApi } from './kubernetes-api/server.ts';
import type { LedgerReport } from './ledger.ts';
import { Owner } from './owner.ts';
import type { Scenario } from './scenario.ts';
import { playScenario } from './scenario.ts';
import { writeTalosctl } from './talosctl-face/executable.ts';
import { WallDriver } from './wall-driver.ts';
import type { SimCluster, World } from './world/cluster.ts';
import { talosIdentity } from './world/pki.ts';
import { createWorld } from './world/world.ts';
import { loadWorld, WorldFile } from './world-file.ts';

export type { SimulationConnection } from './connection-files.ts';

export interface SimulationOptions {
  /** Folder for the world, the configs and bin/talosctl; made when missing. */
  home: string;
  /** Cluster seconds a wall second; 0 = the clock stands still and is moved by POST /clock. */
  speed: number;
  /** Of a new world; a saved one goes on as it is. */
  seed: number;
  fleet?: FleetSpec;
  /** Played from the beginning of a new world; a saved one goes on with what it was given. */
  scenario?: Scenario;
  /** The process this is run for: when it is gone and nobody asks for anything for a minute, the simulation ends. */
  ownerPid?: number;
  log?: (line: string) => void;
}

export interface Simulation {
  connection: SimulationConnection;
  world: World;
  /** Every cluster's ledger, by name. */
  ledgers(): Record<string, LedgerReport>;
  /** Saves the world and ends; may be called more than once. */
  close(): Promise<void>;
  /** Settles when the simulation has ended, whoever ended it. */
  closed: Promise<void>;
}

/** Throws BadRequest when a simulation already runs in this folder: two would overwrite each other's world. */
async function checkAlone(home: string): Promise<void> {
  let control: unknown;
  try {
    control = (JSON.parse(readFileSync(join(home, 'connection.json'), 'utf8')) as { control?: unknown }).control;
  } catch {
    // No connection file, or half of one from a crash: nobody answers there.
    return;
  }
  if (typeof control !== 'string') return;
  const runs = await fetch(`${control}/healthz`, { signal: AbortSignal.timeout(1_000) }).then(
    async response => ((await response.json()) as { simulated?: boolean }).simulated === true,
    () => false,
  );
  if (runs) throw new BadRequest(`a simulation runs in ${home} already (${control})`, 'stop it or use another --home');
}

function clusterConnection(cluster: SimCluster, api: { servers: Map<string, string>; vip: string }): ClusterConnection {
  return {
    context: `admin@${cluster.name}`,
    talos_context: cluster.name,
    servers: [...api.servers.values()],
    vip: api.vip,
    endpoints: [...cluster.machines.values()].filter(({ role }) => role === 'controlplane').map(({ ip }) => ip),
    environment: cluster.environment,
    installer: 'factory.talos.dev/metal-installer/{schematic}:{version}',
  };
}

const requestsServed = (world: World): number =>
  [...world.clusters.values()].reduce((sum, { ledger }) => sum + ledger.requests, 0);

/**
 * Starts the simulated fleet: resumes the world saved in `home` or makes a new one, serves both faces and the control
 * URL on loopback, and writes kubeconfig, talosconfig, bin/talosctl and connection.json. Throws BadRequest.
 */
export async function startSimulation(options: SimulationOptions): Promise<Simulation> {
  const home = resolve(options.home);
  const log = options.log ?? (() => {});
  mkdirSync(home, { recursive: true, mode: 0o700 });
  await checkAlone(home);
  const worldPath = join(home, 'world.json');
  const saved = loadWorld(worldPath);
  const world = saved ?? createWorld({ seed: options.seed, fleet: options.fleet ?? DEFAULT_FLEET });
  if (saved === undefined && options.scenario !== undefined) playScenario(world, options.scenario);
  log(saved === undefined ? `new fleet, seed ${options.seed}` : `fleet resumed from ${worldPath}`);
  const driver = new WallDriver(world, options.speed);
  const identityOf = (name: string): TalosIdentity | undefined => {
    const cluster = world.clusters.get(name);
    return cluster === undefined ? undefined : talosIdentity(cluster);
  };
  const apis = new Map<string, Awaited<ReturnType<typeof serveKubernetesApi>>>();
  for (const cluster of world.clusters.values()) {
    const controlPlane = [...cluster.machines.values()].flatMap(({ name, role }) =>
      role === 'controlplane' ? name : [],
    );
    apis.set(cluster.name, await serveKubernetesApi(cluster, { wallDelay: ms => driver.wallMs(ms), controlPlane }));
  }
  const file = new WorldFile(worldPath, world);
  let closing: Promise<void> | undefined;
  let owner: Owner | undefined;
  let settle: () => void = () => {};
  const closed = new Promise<void>(done => {
    settle = done;
  });
  const path = join(home, 'bin');
  const talosconfig = join(home, 'talosconfig');
  const refreshConnection = (): void => {
    connection.clock = driver.reading;
    writeConnection(home, connection, identityOf);
  };
  const close = (): Promise<void> => {
    closing ??= (async () => {
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
      driver.stop();
      owner?.stop();
      await Promise.all([control.close(), ...[...apis.values()].map(api => api.close())]);
      file.close();
      log('saved and stopped');
      settle();
    })();
    return closing;
  };
  const onSignal = (): void => {
    void close();
  };
  const control = await serveControl({
    world,
    driver,
    ownTalosconfig: talosconfig,
    clockChanged: refreshConnection,
    adopt: pid => {
      owner?.stop();
      owner = watch(pid);
    },
    stop: onSignal,
  });
  const watch = (pid: number): Owner => new Owner({ pid, requests: () => requestsServed(world), abandoned: onSignal });
  const connection: SimulationConnection = {
    simulated: true,
    pid: process.pid,
    control: control.url,
    kubeconfig: join(home, 'kubeconfig'),
    talosconfig,
    path,
    clock: driver.reading,
    clusters: {},
  };
  for (const cluster of world.clusters.values()) {
    const api = apis.get(cluster.name);
    if (api !== undefined) connection.clusters[cluster.name] = clusterConnection(cluster, api);
  }
  await writeTalosctl(path, control.url);
  writeConnection(home, connection, identityOf);
  if (options.ownerPid !== undefined) owner = watch(options.ownerPid);
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
  const ledgers = (): Record<string, LedgerReport> =>
    Object.fromEntries([...world.clusters.values()].map(({ name, ledger }) => [name, ledger.report()]));
  return { connection, world, ledgers, close, closed };
}
