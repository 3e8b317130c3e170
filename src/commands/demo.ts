/** The newcomer's first look: a real MCP client, the real server, executor and contractor, over the embedded fleet. */
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { countKills, KILL_EVERY } from '../compose/journal-kills.ts';
import { executorOf } from '../division/directory.ts';
import { DivisionError } from '../errors.ts';
import { pidExists } from '../host/process-identity.ts';
import { endedStatuses, type Operation } from '../model/operation.ts';
import { BadRequest } from '../simulation/bad-request.ts';
import { DEFAULT_FLEET, type FleetSpec, readFleetSpec } from '../simulation/fleet.ts';
import { type CommandOptions, configOf } from './command-options.ts';
import { connectHost, type Host } from './demo/host.ts';
import { Screen } from './demo/screen.ts';
import { readLedger, verdictOf } from './demo/verdict.ts';

interface DemoOptions extends CommandOptions {
  json?: true;
  seed: number;
  nodes?: number;
  speed?: number;
  killEvery?: number;
}

const TARGET = 'v1.13.9';
const CONTROL_PLANES = 3;
/** An hour and a half of cluster time in about a minute, on two cores. */
const DEMO_SPEED = 160;
const LOOK_MS = 1_000;
const GLANCE_MS = 20;
const TAKEN_UP_MS = 20_000;

/** Exit code 0 only when the fleet was upgraded and the simulation's own ledger counts no violation. */
export async function demo(options: DemoOptions, self: readonly [string, ...string[]]): Promise<number> {
  if (options.killEvery === 0) {
    throw new DivisionError('INPUT_INVALID', '--kill-every 0 is out of range', 'give 1 or more', { exitCode: 2 });
  }
  const home = resolve(options.home ?? (await mkdtemp(join(tmpdir(), 'containers-gm-demo-'))));
  await mkdir(home, { recursive: true, mode: 0o700 });
  const fleet = await chooseFleet(home, options.nodes);
  const environment = {
    CONTAINERS_GM_SIMULATION_SEED: String(options.seed),
    CONTAINERS_GM_SIMULATION_SPEED: String(options.speed ?? DEMO_SPEED),
    ...(fleet.file !== undefined && { CONTAINERS_GM_SIMULATION_CLUSTERS: fleet.file }),
    ...(options.killEvery !== undefined && { [KILL_EVERY]: String(options.killEvery) }),
  };
  const config = await configOf({ home }, self);
  const screen = new Screen(process.stderr, options.json === true);
  screen.say(`division in ${home}`);
  const host = await connectHost(self, home, environment);
  try {
    const plan = await host.call('rolling_upgrade', { clusters: fleet.clusters, to_version: TARGET });
    screen.say(plan.text);
    const started = await host.call('rolling_upgrade', { plan_hash: plan.structured.plan_hash });
    const id = String(started.structured.operation_id);
    const division = config.divisionDirectory;
    const operation = await follow(host, screen, id, options.killEvery === undefined ? undefined : division);
    const kills = countKills(division);
    const verdict = verdictOf(operation, await readLedger(config.simulation.directory), kills);
    screen.verdict(verdict);
    if (options.json) process.stdout.write(`${JSON.stringify(verdict)}\n`);
    else screen.say(`look again: containers-gm --home ${home} (get_operation with operation_id ${id})`);
    return verdict.passed ? 0 : 1;
  } finally {
    await host.close();
  }
}

interface ChosenFleet {
  /** Staging before production. */
  clusters: string[];
  /** None: the default fleet. */
  file?: string;
}

/** The default fleet with a production cluster of `nodes` nodes; without a number the fleet of CONTAINERS_GM_SIMULATION_CLUSTERS or the default one. */
async function chooseFleet(home: string, nodes: number | undefined): Promise<ChosenFleet> {
  if (nodes !== undefined) {
    const file = join(home, 'fleet.json');
    const spec = fleetWith(nodes);
    await writeFile(file, JSON.stringify(spec), { mode: 0o600 });
    return { clusters: namesOf(spec), file };
  }
  const file = process.env.CONTAINERS_GM_SIMULATION_CLUSTERS;
  if (!file) return { clusters: namesOf(DEFAULT_FLEET) };
  return { clusters: namesOf(await readFleet(file)), file: resolve(file) };
}

async function readFleet(path: string): Promise<FleetSpec> {
  try {
    return readFleetSpec(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable';
    const remedy =
      cause instanceof BadRequest ? cause.remedy : 'name a file of JSON in CONTAINERS_GM_SIMULATION_CLUSTERS';
    throw new DivisionError('INPUT_INVALID', `${path}: ${why}`, remedy, { exitCode: 2, cause });
  }
}

const namesOf = ({ clusters }: FleetSpec): string[] =>
  ['staging', 'production'].flatMap(wave =>
    clusters.flatMap(({ name, environment }) => (environment === wave ? [name] : [])),
  );

function fleetWith(nodes: number): FleetSpec {
  // With fewer workers the pods of the one that is drained have nowhere to go.
  const least = CONTROL_PLANES + 3;
  if (nodes < least || nodes > 200) {
    const remedy = `give ${least} to 200`;
    throw new DivisionError('INPUT_INVALID', `--nodes ${nodes} is out of range`, remedy, { exitCode: 2 });
  }
  const workers = nodes - CONTROL_PLANES;
  return {
    clusters: DEFAULT_FLEET.clusters.map(cluster =>
      cluster.name === 'production' ? { ...cluster, workers, pods: 65 + workers * 20 } : cluster,
    ),
  };
}

/** Each look also brings an executor back that is gone: in a division whose executors are killed, one is taken as soon as one is. */
async function follow(host: Host, screen: Screen, id: string, killedIn: string | undefined): Promise<Operation> {
  const waitMs = killedIn === undefined ? LOOK_MS : 0;
  let cursor = 0;
  await untilTakenUp(host, id);
  for (;;) {
    const answer = await host.call('get_operation', { operation_id: id, events_after: cursor, wait_ms: waitMs });
    const operation = await host.operation(id);
    for (const event of answer.events) screen.event(event);
    cursor = answer.events.at(-1)?.cursor ?? cursor;
    screen.show(operation);
    if (endedStatuses.includes(operation.status)) return operation;
    if (killedIn !== undefined) await executorGone(killedIn);
  }
}

/** Or a second later: it may have ended in between. */
async function executorGone(divisionDirectory: string): Promise<void> {
  const holder = await executorOf(divisionDirectory);
  for (let waitedMs = 0; waitedMs < LOOK_MS && holder && pidExists(holder.pid); waitedMs += GLANCE_MS) {
    await setTimeout(GLANCE_MS);
  }
}

/** A start whose executor was killed before its first record is taken up by the next one. */
async function untilTakenUp(host: Host, id: string): Promise<void> {
  const deadline = Date.now() + TAKEN_UP_MS;
  for (;;) {
    try {
      await host.call('get_operation', { operation_id: id });
      return;
    } catch (error) {
      const isToCome = error instanceof DivisionError && error.code === 'NOT_FOUND' && Date.now() < deadline;
      if (!isToCome) throw error;
      await setTimeout(GLANCE_MS);
    }
  }
}
