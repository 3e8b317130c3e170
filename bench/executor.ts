/** The executor of a measured home, looked at and ended from outside. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { executorOf } from '../src/division/directory.ts';
import { familyOf, processorSeconds } from './processes.ts';

export const divisionOf = (home: string): string => join(home, 'coordination', 'divisions', 'containers');

/** The executor's process id; undefined when none runs. */
export const executorPid = async (home: string): Promise<number | undefined> =>
  (await executorOf(divisionOf(home)))?.pid;

/** Processor seconds so far of the executor and of its contractors; 0 where none runs. */
export async function processorSecondsOf(home: string): Promise<number> {
  const pid = await executorPid(home);
  return pid === undefined ? 0 : processorSeconds(...familyOf(pid));
}

/** False for a zombie too. */
function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** Sends the signal and waits until the process is gone. */
export async function end(pid: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  try {
    process.kill(pid, signal);
  } catch {
    return;
  }
  while (isRunning(pid)) await sleep(5);
}

/** Ends the executor of `home`, and with it the simulation it owns. */
export async function endExecutor(home: string): Promise<void> {
  const pid = await executorPid(home);
  if (pid !== undefined) await end(pid, 'SIGKILL');
}
