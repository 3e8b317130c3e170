import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DivisionError } from '../errors.ts';
import { BadRequest } from '../simulation/bad-request.ts';
import { readFleetSpec } from '../simulation/fleet.ts';
import { startSimulation } from '../simulation/simulation.ts';
import type { CommandOptions } from './command-options.ts';

interface SimulateOptions extends CommandOptions {
  clusters?: string;
  speed?: number;
  seed: number;
  ownerPid?: number;
}

/** Runs the simulated fleet alone and prints one JSON line; ends with SIGTERM, SIGINT or its control URL's /stop. */
export async function simulate(options: SimulateOptions): Promise<number> {
  const home = resolve(options.home ?? join(tmpdir(), `containers-gm-simulation-${process.pid}`));
  const simulation = await startSimulation({
    home,
    speed: options.speed ?? 1,
    seed: options.seed,
    ...(options.clusters !== undefined && { fleet: await fleetOf(options.clusters) }),
    ...(options.ownerPid !== undefined && { ownerPid: options.ownerPid }),
    log: line => process.stderr.write(`${line}\n`),
  }).catch(explained);
  process.stdout.write(`${JSON.stringify(simulation.connection)}\n`);
  await simulation.closed;
  return 0;
}

/** A fleet that can't be, a world that can't be read, a folder in use. */
function explained(error: unknown): never {
  if (!(error instanceof BadRequest)) throw error;
  throw new DivisionError('INPUT_INVALID', error.message, error.remedy, { exitCode: 2, cause: error });
}

async function fleetOf(path: string) {
  try {
    return readFleetSpec(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new DivisionError(
      'INPUT_INVALID',
      `${path}: ${error instanceof Error ? error.message : 'unreadable'}`,
      'give a JSON file: {"clusters": [{"name", "environment", "control_planes", "workers", "pods", "budgets"}]}',
      { exitCode: 2, cause: error },
    );
  }
}
