import { delimiter, join } from 'node:path';
import { findSimulation, simulatedClusters } from '../compose/simulation-process.ts';
import { DivisionError } from '../errors.ts';
import type { ClusterConfig, Config } from '../model/config.ts';
import type { Fleet } from '../talos-contractor/a2a/fleet.ts';
import { VERSION } from '../version.ts';
import { type CommandOptions, configOf } from './command-options.ts';

const OFFERED =
  'use `containers-gm contractor talos`, for one cluster at a time, or `containers-gm contractor talos-a2a`, which reads several';
const READ_TIMEOUT_MS = 30_000;

/**
 * `containers-gm contractor talos`: the first-party Talos contractor on stdio; `talos-a2a`: the one that reads the clusters of
 * division.yaml, or of the simulation that runs. Resolves to the exit code when it has ended. Throws DivisionError with exit code 2
 * for any other name.
 */
export async function runContractor(
  name: string,
  options: CommandOptions,
  self: readonly [string, ...string[]],
): Promise<number> {
  // What it writes are snapshots and receipts: for its own user alone.
  process.umask(0o077);
  if (name === 'talos') {
    const { serveTalosContractor } = await import('../talos-contractor/server.ts');
    return await serveTalosContractor({ version: VERSION, env: process.env });
  }
  if (name !== 'talos-a2a')
    throw new DivisionError('INPUT_INVALID', `there is no contractor ${JSON.stringify(name)}`, OFFERED, {
      exitCode: 2,
    });
  const config = await configOf(options, self);
  const { serveFleetContractor } = await import('../talos-contractor/a2a/server.ts');
  return await serveFleetContractor({ version: VERSION, fleet: () => fleetOf(config) });
}

/** The clusters there are now: those of the configuration, or those of the running simulation. */
async function fleetOf(config: Config): Promise<Fleet> {
  if (!config.simulated)
    return fleet(
      config.clusters.filter(({ scratch }) => !scratch),
      config,
      process.env,
    );
  const simulation = await findSimulation(config, AbortSignal.timeout(5_000));
  if (simulation === undefined)
    throw new DivisionError(
      'INPUT_INVALID',
      'no division.yaml is named and no simulation runs, so there are no clusters',
      'start containers-gm first, or name a division.yaml with --division',
    );
  const PATH = [simulation.path, process.env.PATH ?? ''].join(delimiter);
  const env = { ...process.env, PATH, TALOSCTL: join(simulation.path, 'talosctl') };
  return fleet(simulatedClusters(simulation), config, env);
}

function fleet(clusters: readonly ClusterConfig[], { federations }: Config, env: NodeJS.ProcessEnv): Fleet {
  return {
    federations,
    clusters: clusters.map(({ name, environment, simulated, talos }) => ({
      name,
      environment,
      simulated,
      context: talos.context,
      endpoints: talos.endpoints,
      talosctl: { env: { ...env, TALOSCONFIG: talos.talosconfig }, readTimeoutMs: READ_TIMEOUT_MS },
    })),
  };
}
