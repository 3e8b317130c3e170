import { join, resolve } from 'node:path';
import { configError } from './config/config-error.ts';
import type { DivisionFile } from './config/division-file.ts';
import { findHome } from './config/home.ts';
import { type Contractors, defaultContractors, readMcpFile } from './config/mcp-file.ts';
import { isInside, resolvePath } from './config/paths.ts';
import { nearest } from './config/problems.ts';
import { type Config, DivisionYaml } from './model/config.ts';
import { logLevels } from './observability/log-levels.ts';

export { divisionSchema } from './config/division-schema.ts';

const principals = ['viewer', 'operator', 'coo', 'cortex-prime'] as const;
const DEFAULT_SPEED = 60;
const DEFAULT_SEED = 1;

export interface ConfigOptions {
  /** --config: mcp.json */
  configFile?: string;
  /** --division: division.yaml */
  divisionFile?: string;
  home?: string;
  logLevel?: string;
  env: NodeJS.ProcessEnv;
  /** How to start this program again: command and leading arguments. */
  self: readonly [string, ...string[]];
  /** Where the simulated division lives without a home; the system's when absent. */
  temporaryDirectory?: string;
}

function named(option: string | undefined, flag: string, env: NodeJS.ProcessEnv, variable: string) {
  if (option) return { path: resolvePath(option, process.cwd(), env), namedBy: flag };
  const value = env[variable];
  return value ? { path: resolvePath(value, process.cwd(), env), namedBy: variable } : undefined;
}

function oneOf<Word extends string>(value: string, words: readonly Word[], namedBy: string): Word {
  const word = words.find(candidate => candidate === value);
  if (word !== undefined) return word;
  const meant = nearest(value, words);
  throw configError(
    `${namedBy} is none of ${words.join(', ')}`,
    meant === undefined ? `Set ${namedBy} to one of them.` : `Did you mean ${meant}?`,
  );
}

function numberOf(env: NodeJS.ProcessEnv, variable: string, fallback: number, minimum: number): number {
  const text = env[variable];
  if (!text) return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && value >= minimum) return value;
  throw configError(`${variable} is not a number of at least ${minimum}`, `Correct ${variable} or leave it out.`);
}

/** Snapshots and the other files with secrets never lie where records are shared (SAFETY 10). */
function outside(divisionDirectory: string, setting: string, directory: string): string {
  if (!isInside(directory, divisionDirectory)) return directory;
  throw configError(
    `${setting} ${directory} is inside the division directory ${divisionDirectory}`,
    'Name a directory outside it: what lies there holds secrets, records are shared.',
  );
}

function checkContractors(division: DivisionFile, { contractors, refused }: Contractors): void {
  const problems = division.clusters.flatMap(cluster => {
    const wanted = cluster.talos.contractor;
    if (contractors[wanted] !== undefined) return [];
    const why = refused[wanted];
    return [`clusters.${cluster.name}.talos.contractor "${wanted}": ${why ?? 'mcp.json names no such contractor'}`];
  });
  if (problems.length === 0) return;
  throw configError(
    `${division.path}: ${problems.join('; ')}`,
    `Use one of ${Object.keys(contractors).join(', ')}, or add the contractor to mcp.json.`,
  );
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFrozen(part);
  return Object.freeze(value);
}

/** The YAML library is loaded only where there is a file to read: most starts have none. */
async function readDivision(path: string, namedBy: string, env: NodeJS.ProcessEnv): Promise<DivisionFile> {
  const { readDivisionFile } = await import('./config/division-file.ts');
  return readDivisionFile(path, namedBy, env);
}

/**
 * mcp.json, division.yaml and the environment as one checked, frozen Config. Files count only when an option or
 * CONTAINERS_GM_CONFIG / CONTAINERS_GM_DIVISION names them; without a division file the division is the embedded simulation.
 * Makes nothing but the simulation's own temporary folder.
 * @throws DivisionError INPUT_INVALID with exit code 2: what is wrong, where, and the fix
 */
export async function loadConfig(options: ConfigOptions): Promise<Config> {
  const { env } = options;
  const principal = oneOf(env.GM_PRINCIPAL || 'operator', principals, 'GM_PRINCIPAL');
  const logLevel = oneOf(options.logLevel || 'info', logLevels, '--log-level');
  const speed = numberOf(env, 'CONTAINERS_GM_SIMULATION_SPEED', DEFAULT_SPEED, 0);
  const seed = numberOf(env, 'CONTAINERS_GM_SIMULATION_SEED', DEFAULT_SEED, 0);
  const fleetFile = env.CONTAINERS_GM_SIMULATION_CLUSTERS;

  const mcpPath = named(options.configFile, '--config', env, 'CONTAINERS_GM_CONFIG');
  const divisionPath = named(options.divisionFile, '--division', env, 'CONTAINERS_GM_DIVISION');
  const contractors = mcpPath
    ? await readMcpFile(mcpPath.path, mcpPath.namedBy, { self: options.self, env })
    : defaultContractors(options.self);
  const division = divisionPath && (await readDivision(divisionPath.path, divisionPath.namedBy, env));
  if (division) checkContractors(division, contractors);

  const simulated = division === undefined;
  const home = await findHome({
    home: options.home,
    env,
    simulated,
    temporaryDirectory: options.temporaryDirectory,
  });
  const divisionDirectory = join(home, 'coordination', 'divisions', 'containers');
  const { thresholds, budget, capacity, timezone } = division?.yaml ?? DivisionYaml.parse({ clusters: {} });
  return deepFrozen({
    home,
    divisionDirectory,
    divisionFile: divisionPath && resolve(divisionPath.path),
    simulated,
    simulation: {
      directory: join(home, 'simulation'),
      speed,
      seed,
      ...(fleetFile && { fleetFile: resolve(fleetFile) }),
    },
    clusters: division?.clusters ?? [],
    contractors: contractors.contractors,
    thresholds,
    budget,
    capacity,
    timezone,
    snapshotDirectory: outside(
      divisionDirectory,
      'snapshot_dir',
      division?.snapshotDirectory ?? join(home, 'snapshots'),
    ),
    secretsDirectory: outside(divisionDirectory, 'secrets_dir', division?.secretsDirectory ?? join(home, 'secrets')),
    federations: Object.fromEntries(
      Object.entries(division?.yaml.federations ?? {}).map(([name, { clusters }]) => [name, clusters]),
    ),
    principal,
    approvers: division?.yaml.approvers ?? [],
    logLevel,
    self: [...options.self],
  } satisfies Config);
}
