import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { divisionOf, end, executorPid } from './executor.ts';
import { startFleet, withHome } from './fleet.ts';
import { median } from './measure.ts';
import { ours, program } from './programs.ts';
import type { Row } from './result.ts';
import { answerOf, openServer } from './stdio-host.ts';

const ROUNDS = 7;
const LIMIT_SECONDS = 0.5;
const SPEED = 60;
const LOOK_EVERY_MS = 2;
const DEADLINE_MS = 60_000;

/** Seconds from the spawn of an executor to the line in which it says that it works; it is killed then. */
async function coldStart(home: string): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [program, '--home', home, '--log-level', 'info', 'executor'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const line of createInterface(child.stderr)) if (line.includes('executor.started')) break;
  const seconds = (performance.now() - start) / 1000;
  child.kill('SIGKILL');
  await once(child, 'exit');
  return seconds;
}

/** The journal's lines after the first `known`, as soon as there are any that `isAwaited`. */
async function awaitLines(journal: string, known: number, isAwaited: (line: string) => boolean): Promise<number> {
  const deadline = performance.now() + DEADLINE_MS;
  while (performance.now() < deadline) {
    const text = await readFile(journal, 'utf8').catch(() => '');
    const lines = text.split('\n').slice(0, -1);
    if (lines.slice(known).some(isAwaited)) return lines.length;
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`nothing was written to ${journal}`);
}

const isEviction = (line: string): boolean => line.includes('"kind":"intent"') && line.includes('"kind":"evict"');

/**
 * The executor is killed between the intent and the outcome of an eviction. Then the front end is asked for the operation, finds nobody
 * at work and starts the next executor: seconds until that one has written to the journal, beside those an executor needs without work.
 */
export async function resumeAfterKill(): Promise<Row[]> {
  return withHome(async home => {
    await startFleet(home, ['--speed', String(SPEED)]);
    const cold: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) cold.push(await coldStart(home));
    const server = await openServer({ args: ours(home) });
    const given = {
      clusters: ['production'],
      to_version: 'v1.13.9',
      node_selector: '!node-role.kubernetes.io/control-plane',
    };
    const plan = await answerOf(server, 'rolling_upgrade', given);
    const { structured } = await answerOf(server, 'rolling_upgrade', { plan_hash: plan.structured.plan_hash });
    const id = String(structured.operation_id);
    const journal = join(divisionOf(home), 'operations', id, 'journal.jsonl');
    const resumed: number[] = [];
    let known = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      await awaitLines(journal, known, isEviction);
      const pid = await executorPid(home);
      if (pid === undefined) throw new Error('no executor works on the operation');
      await end(pid, 'SIGKILL');
      known = await awaitLines(journal, 0, () => true);
      const start = performance.now();
      const asked = answerOf(server, 'get_operation', { operation_id: id });
      known = await awaitLines(journal, known, () => true);
      resumed.push((performance.now() - start) / 1000);
      await asked;
    }
    await server.close();
    const [resume, start] = [median(resumed), median(cold)];
    return [
      {
        what: 'resume after kill -9, over a cold start of the executor',
        unit: 's',
        value: resume - start,
        peers: { 'first journal write after it was noticed': resume, 'cold start of an executor': start },
        targets: [{ atMost: LIMIT_SECONDS }],
        note: `medians of ${ROUNDS} kills in mid-drain and ${ROUNDS} starts`,
      },
    ];
  });
}
