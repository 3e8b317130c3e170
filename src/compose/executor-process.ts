/** Starts the executor when a front end needs it and none is there (SAFETY 7). */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { executorOf } from '../division/directory.ts';
import { assertGoing } from '../division/lock.ts';
import { wantExecutor } from '../division/wanted.ts';
import { DivisionError } from '../errors.ts';
import type { Config } from '../model/config.ts';
import { systemClock } from './clocks.ts';

const START_DEADLINE_MS = 20_000;
const POLL_MS = 20;

function start(config: Config, options: readonly string[], logFile: string): ChildProcess {
  const log = openSync(logFile, 'a', 0o600);
  const [command, ...args] = config.self;
  const isDetached = process.env.CONTAINERS_GM_EXECUTOR !== 'child';
  const child = spawn(command, [...args, ...options, '--home', config.home, 'executor'], {
    detached: isDetached,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  if (isDetached) child.unref();
  return child;
}

/**
 * Returns when an executor holds the division's lock; starts one, detached from this process and its host, if none does. Two
 * front ends may both start one: the lock lets one live. CONTAINERS_GM_EXECUTOR=child keeps it an ordinary child, for containers.
 */
export async function ensureExecutor(config: Config, options: readonly string[], signal: AbortSignal): Promise<void> {
  const operations = join(config.divisionDirectory, 'operations');
  await wantExecutor(config.divisionDirectory);
  const logFile = join(operations, 'executor.log');
  const deadline = Date.now() + START_DEADLINE_MS;
  let child: ChildProcess | undefined;
  while (Date.now() < deadline && !signal.aborted) {
    const executor = await executorOf(config.divisionDirectory);
    if (executor) return assertGoing(executor);
    // One that failed says why in its log. One that was killed, or that gave way to another which has ended since, is replaced.
    if (child !== undefined && child.exitCode !== null && child.exitCode > 0) break;
    const isComing = child !== undefined && child.exitCode === null && child.signalCode === null;
    if (!isComing) child = start(config, options, logFile);
    await systemClock.sleep(POLL_MS, signal);
  }
  throw new DivisionError('INTERNAL', 'the executor did not start', `look at the end of ${logFile}`, {
    retry: 'later',
  });
}
