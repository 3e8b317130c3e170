/** The embedded fleet's process: found by its connection file, started when it is not there, ended by the executor. */

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { DivisionError } from '../errors.ts';
import { withDeadline } from '../host/deadline.ts';
import type { ClusterConfig, Config } from '../model/config.ts';
import { SimulationConnection } from '../model/simulation-connection.ts';
import { systemClock } from './clocks.ts';

const START_DEADLINE_MS = 20_000;
const POLL_MS = 50;

const connectionFile = (config: Config): string => join(config.simulation.directory, 'connection.json');

/** The connection of a simulation that answers now; undefined when there is none. */
export async function findSimulation(config: Config, signal: AbortSignal): Promise<SimulationConnection | undefined> {
  let connection: SimulationConnection;
  try {
    connection = SimulationConnection.parse(JSON.parse(await readFile(connectionFile(config), 'utf8')));
  } catch {
    // Absent, or half way through its first start: the caller waits or starts one.
    return undefined;
  }
  return (await answers(connection, signal)) ? connection : undefined;
}

async function answers(connection: SimulationConnection, signal: AbortSignal): Promise<boolean> {
  try {
    const within = withDeadline(signal, 2_000);
    return (await asked(connection, { method: 'GET', path: '/healthz' }, within)) === 200;
  } catch {
    return false;
  }
}

/** Adopts the running simulation or starts one, owned by this process. [INTERNAL with the log's path when it does not come up] */
export async function ensureSimulation(config: Config, signal: AbortSignal): Promise<SimulationConnection> {
  const running = await findSimulation(config, signal);
  if (running) {
    const within = withDeadline(signal, 5_000);
    await asked(running, { method: 'PUT', path: '/owner', body: { pid: process.pid } }, within);
    return running;
  }
  await mkdir(config.simulation.directory, { recursive: true, mode: 0o700 });
  const logFile = join(config.simulation.directory, 'simulation.log');
  const log = openSync(logFile, 'a', 0o600);
  const [command, ...args] = config.self;
  const child = spawn(
    command,
    [
      ...args,
      '--home',
      config.simulation.directory,
      'simulate',
      '--speed',
      String(config.simulation.speed),
      '--seed',
      String(config.simulation.seed),
      ...(config.simulation.fleetFile === undefined ? [] : ['--clusters', config.simulation.fleetFile]),
      '--owner-pid',
      String(process.pid),
    ],
    { detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  child.unref();
  const deadline = Date.now() + START_DEADLINE_MS;
  let mayCome = true;
  while (mayCome && Date.now() < deadline && !signal.aborted) {
    // One that ended says why in its log: waiting on would not help. It is looked for once more.
    mayCome = child.exitCode === null && child.signalCode === null;
    const connection = await findSimulation(config, signal);
    if (connection) return connection;
    await systemClock.sleep(POLL_MS, signal);
  }
  throw new DivisionError(
    'INTERNAL',
    'the simulated fleet did not start',
    `look at the end of ${logFile}; removing ${config.simulation.directory} starts a new fleet`,
  );
}

/** Saves the world and ends the simulation; a simulation that is gone already is not an error. */
export async function stopSimulation(connection: SimulationConnection): Promise<void> {
  const stop = { method: 'POST', path: '/stop', body: {} };
  await asked(connection, stop, AbortSignal.timeout(5_000)).catch(() => undefined);
}

interface ControlRequest {
  method: string;
  path: string;
  body?: Record<string, unknown>;
}

/** The status of the answer, once it is whole. Node's own `fetch` would be a tenth of the executor's start. */
function asked(
  { control }: SimulationConnection,
  { method, path, body }: ControlRequest,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const outgoing = request(new URL(path, control), { method, headers, signal }, incoming => {
      incoming.once('error', reject);
      incoming.once('end', () => resolve(incoming.statusCode ?? 0));
      incoming.resume();
    });
    outgoing.once('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** A simulated cluster of this name is the division's scratch cluster. */
const SCRATCH = 'scratch';

/** The simulation's clusters, configured as a user would configure real ones; they may be operated. */
export function simulatedClusters(connection: SimulationConnection): ClusterConfig[] {
  return Object.entries(connection.clusters).map(([name, cluster]) => ({
    name,
    mode: 'operate',
    environment: cluster.environment,
    simulated: true,
    kubernetes: { kubeconfig: connection.kubeconfig, context: cluster.context, servers: cluster.servers },
    talos: {
      contractor: 'talos',
      talosconfig: connection.talosconfig,
      context: cluster.talos_context,
      endpoints: cluster.endpoints,
    },
    installer: cluster.installer,
    ...(name === SCRATCH && { scratch: true as const }),
  }));
}
