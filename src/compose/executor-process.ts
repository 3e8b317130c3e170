/** Starts the executor when a front end needs it and none is there (SAFETY 7). */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { executorOf } from '../division/directory.ts';
import { DivisionError } from '../errors.ts';
import type { Config } from '../model/config.ts';
import { systemClock } from './clocks.ts';

const START_DEADLINE_MS = 20_000;
const POLL_MS = 50;

/** Front ends touch it; an executor stays while it was touched lately. */
export const wantedFile = (config: Config): string => join(config.divisionDirectory, 'operations', 'executor.wanted');

async function touch(path: string): Promise<void> {
  const now = new Date();
  try {
    await utimes(path, now, now);
  } catch {
    await writeFile(path, '', { mode: 0o600 });
  }
}

/**
 * Returns when an executor holds the division's lock; starts one, detached from this process and its host, if none does. Two
 * front ends may both start one: the lock lets one live. CONTAINERS_GM_EXECUTOR=child keeps it an ordinary child, for containers.
 */
export async function ensureExecutor(config: Config, options: readonly string[], signal: AbortSignal): Promise<void> {
  const operations = join(config.divisionDirectory, 'operations');
  await mkdir(operations, { recursive: true, mode: 0o700 });
  await touch(wantedFile(config));
  if (await executorOf(config.divisionDirectory)) return;
  const logFile = join(operations, 'executor.log');
  const log = openSync(logFile, 'a', 0o600);
  const [command, ...args] = config.self;
  const isDetached = process.env.CONTAINERS_GM_EXECUTOR !== 'child';
  const child = spawn(command, [...args, ...options, '--home', config.home, 'executor'], {
    detached: isDetached,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  if (isDetached) child.unref();
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline && !signal.aborted) {
    if (await executorOf(config.divisionDirectory)) return;
    await systemClock.sleep(POLL_MS, signal);
  }
  throw new DivisionError('INTERNAL', 'the executor did not start', `look at the end of ${logFile}`, {
    retry: 'later',
  });
}
