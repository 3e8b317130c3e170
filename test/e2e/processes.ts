/** Processes of a test, found by the folder they work in: what a test started never outlives it. */
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { vi } from 'vitest';

/** False for a zombie too: it waits for its parent, and does nothing more. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // No /proc here, or gone between the two looks.
    return !existsSync('/proc');
  }
}

/** kill -9, and waits until the process is gone. One that is gone already is fine. */
export async function killAtOnce(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    return;
  }
  await untilGone(pid);
}

export function untilGone(pid: number, deadlineMs = 30_000): Promise<void> {
  return vi.waitFor(
    () => {
      if (isRunning(pid)) throw new Error(`process ${pid} still runs`);
    },
    { timeout: deadlineMs, interval: 20 },
  );
}

/** Ids of the processes whose command line or environment names `folder`; none where the system has no /proc. */
async function processesNaming(folder: string): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter(name => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async pid => {
      const texts = await Promise.all(
        ['cmdline', 'environ'].map(file => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      );
      return texts.some(text => text.includes(folder)) ? [pid] : [];
    }),
  );
  return found.flat().filter(pid => pid !== process.pid);
}

/** Kills whatever works in `folder`, until nothing does: a process that is being killed may have just started another. */
export async function sweepProcesses(folder: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const pids = await processesNaming(folder);
      await Promise.all(pids.map(killAtOnce));
      if (pids.length > 0) throw new Error(`processes ${pids.join(', ')} worked in ${folder}`);
    },
    { timeout: 30_000, interval: 20 },
  );
}
