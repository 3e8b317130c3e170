/** The newcomer's first look: a real MCP client, the real server, executor and contractor, over the embedded fleet. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { executorOf } from '../division/directory.ts';
import { DivisionError } from '../errors.ts';
import { endedStatuses, type Operation } from '../model/operation.ts';
import { DEFAULT_FLEET } from '../simulation/fleet.ts';
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

/** Exit code 0 only when the fleet was upgraded and the simulation's own ledger counts no violation. */
export async function demo(options: DemoOptions, self: readonly [string, ...string[]]): Promise<number> {
  const home = resolve(options.home ?? (await mkdtemp(join(tmpdir(), 'containers-gm-demo-'))));
  await mkdir(home, { recursive: true, mode: 0o700 });
  const environment = {
    CONTAINERS_GM_SIMULATION_SEED: String(options.seed),
    CONTAINERS_GM_SIMULATION_SPEED: String(options.speed ?? DEMO_SPEED),
    ...(options.nodes !== undefined && { CONTAINERS_GM_SIMULATION_CLUSTERS: await fleetFile(home, options.nodes) }),
  };
  const config = await configOf({ home }, self);
  const screen = new Screen(process.stderr, options.json === true);
  screen.say(`division in ${home}`);
  const host = await connectHost(self, home, environment);
  try {
    const plan = await host.call('rolling_upgrade', { clusters: ['staging', 'production'], to_version: TARGET });
    screen.say(plan.text);
    const started = await host.call('rolling_upgrade', { plan_hash: plan.structured.plan_hash });
    const id = String(started.structured.operation_id);
    const { operation, kills } = await follow(host, screen, id, config.divisionDirectory, options.killEvery);
    const verdict = verdictOf(operation, await readLedger(config.simulation.directory), kills);
    screen.verdict(verdict);
    if (options.json) process.stdout.write(`${JSON.stringify(verdict)}\n`);
    else screen.say(`look again: containers-gm --home ${home} (get_operation with operation_id ${id})`);
    return verdict.passed ? 0 : 1;
  } finally {
    await host.close();
  }
}

/** The default fleet with a production cluster of `nodes` nodes. */
async function fleetFile(home: string, nodes: number): Promise<string> {
  // With fewer workers the pods of the one that is drained have nowhere to go.
  const least = CONTROL_PLANES + 3;
  if (nodes < least || nodes > 200) {
    const remedy = `give ${least} to 200`;
    throw new DivisionError('INPUT_INVALID', `--nodes ${nodes} is out of range`, remedy, { exitCode: 2 });
  }
  const workers = nodes - CONTROL_PLANES;
  const clusters = DEFAULT_FLEET.clusters.map(cluster =>
    cluster.name === 'production' ? { ...cluster, workers, pods: 65 + workers * 20 } : cluster,
  );
  const path = join(home, 'fleet.json');
  await writeFile(path, JSON.stringify({ clusters }), { mode: 0o600 });
  return path;
}

async function follow(
  host: Host,
  screen: Screen,
  id: string,
  directory: string,
  killEvery: number | undefined,
): Promise<{ operation: Operation; kills: number }> {
  let cursor = 0;
  let killedAt = 0;
  let kills = 0;
  for (;;) {
    const answer = await host.call('get_operation', { operation_id: id, events_after: cursor, wait_ms: 1_000 });
    const operation = await host.operation(id);
    for (const event of answer.events) screen.event(event);
    cursor = answer.events.at(-1)?.cursor ?? cursor;
    screen.show(operation);
    if (endedStatuses.includes(operation.status)) return { operation, kills };
    if (killEvery !== undefined && operation.sequence - killedAt >= killEvery) {
      killedAt = operation.sequence;
      if (await killExecutor(directory)) kills += 1;
    }
  }
}

async function killExecutor(directory: string): Promise<boolean> {
  const holder = await executorOf(directory);
  if (!holder) return false;
  process.kill(holder.pid, 'SIGKILL');
  return true;
}
