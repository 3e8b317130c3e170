import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DivisionError } from '../errors.ts';
import { BadRequest } from '../simulation/bad-request.ts';
import type { FleetSpec } from '../simulation/fleet.ts';
import { readFleetSpec } from '../simulation/fleet.ts';
import { generatedFleet } from '../simulation/generate-fleet.ts';
import { readScenario } from '../simulation/scenario.ts';
import { SHAPES } from '../simulation/shapes.ts';
import { startSimulation } from '../simulation/simulation.ts';
import type { CommandOptions } from './command-options.ts';

interface SimulateOptions extends CommandOptions {
  clusters?: string;
  shape?: string;
  nodes?: number;
  pods?: number;
  budgets?: number;
  pinnedDatabases?: number;
  zones?: number;
  scenario?: string;
  speed?: number;
  seed: number;
  ownerPid?: number;
}

/** Runs the simulated fleet alone and prints one JSON line; ends with SIGTERM, SIGINT or its control URL's /stop. */
export async function simulate(options: SimulateOptions): Promise<number> {
  const home = resolve(options.home ?? join(tmpdir(), `containers-gm-simulation-${process.pid}`));
  const fleet = await fleetOf(options);
  const { scenario } = options;
  const simulation = await refusing('the fleet can’t be simulated', async () =>
    startSimulation({
      home,
      speed: options.speed ?? 1,
      seed: options.seed,
      ...(fleet !== undefined && { fleet }),
      ...(scenario !== undefined && { scenario: await readJson(scenario, readScenario) }),
      ...(options.ownerPid !== undefined && { ownerPid: options.ownerPid }),
      log: line => process.stderr.write(`${line}\n`),
    }),
  );
  process.stdout.write(`${JSON.stringify(simulation.connection)}\n`);
  await simulation.closed;
  return 0;
}

/** The fleet the options name in one of three ways; undefined: the default one. */
async function fleetOf(options: SimulateOptions): Promise<FleetSpec | undefined> {
  const { clusters, shape, nodes, pods, budgets, pinnedDatabases, zones } = options;
  const ways = { '--clusters': clusters, '--shape': shape, '--nodes': nodes };
  const given = Object.entries(ways).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (given.length > 1) throw usage(`${given.join(' and ')} each say what the fleet is`, 'give one of them');
  if (nodes === undefined) {
    const sizes = { '--pods': pods, '--budgets': budgets, '--pinned-databases': pinnedDatabases, '--zones': zones };
    const [size] = Object.entries(sizes).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    if (size !== undefined) throw usage(`${size} says how large a fleet of --nodes is`, `add --nodes, or drop ${size}`);
  }
  if (clusters !== undefined) return readJson(clusters, readFleetSpec);
  if (shape !== undefined) return shapeNamed(shape);
  if (nodes === undefined) return undefined;
  return refusing('--nodes', () =>
    generatedFleet({
      nodes,
      ...(pods !== undefined && { pods }),
      ...(budgets !== undefined && { budgets }),
      ...(pinnedDatabases !== undefined && { pinned_databases: pinnedDatabases }),
      ...(zones !== undefined && { zones }),
    }),
  );
}

function shapeNamed(name: string): FleetSpec {
  const shape = SHAPES[name.toUpperCase()];
  if (shape !== undefined) return shape.fleet;
  const known = Object.entries(SHAPES).map(([letter, { describes }]) => `${letter} (${describes})`);
  throw usage(`unknown shape "${name}"`, `use one of: ${known.join('; ')}`);
}

const usage = (message: string, remedy: string): DivisionError =>
  new DivisionError('INPUT_INVALID', message, remedy, { exitCode: 2 });

/** What the simulation refuses to be asked, as a usage error that names what was asked. */
async function refusing<T>(what: string, ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    throw usage(`${what}: ${error.message}`, error.remedy);
  }
}

async function readJson<T>(path: string, read: (content: unknown) => T): Promise<T> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unreadable';
    throw new DivisionError('INPUT_INVALID', `${path}: ${why}`, 'give a file of JSON', { exitCode: 2, cause: error });
  }
  return refusing(path, () => read(content));
}
