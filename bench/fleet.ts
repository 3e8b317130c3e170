/** A simulated fleet in a process and a folder of its own, where our server finds it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SimulationConnection } from '../src/simulation/simulation.ts';
import { endExecutor } from './executor.ts';
import { program } from './programs.ts';

const running = new Map<string, Fleet>();

/** A folder for one measurement; when it is over the executor and the fleet that work in it are ended and it is removed. */
export async function withHome<T>(work: (home: string) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'containers-gm-bench-'));
  try {
    return await work(home);
  } finally {
    await endExecutor(home);
    await running.get(home)?.stop();
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

export interface Fleet {
  pid: number;
  connection: SimulationConnection;
  /** Requests that a cluster's API servers have served so far. */
  requests(cluster: string): Promise<number>;
  stop(): Promise<void>;
}

/** `containers-gm simulate` with these options in the home of a division, which takes it for its own. */
export async function startFleet(home: string, options: readonly string[]): Promise<Fleet> {
  const directory = join(home, 'simulation');
  await mkdir(directory, { recursive: true });
  const child = spawn(process.execPath, [program, '--home', directory, 'simulate', ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(() => Promise.reject(new Error(`the simulation did not start: ${options.join(' ')}`))),
  ])) as [string];
  const connection = JSON.parse(line) as SimulationConnection;
  const fleet: Fleet = {
    pid: connection.pid,
    connection,
    async requests(cluster) {
      const response = await fetch(new URL('/ledger', connection.control));
      const ledger = (await response.json()) as Record<string, { api_requests: Record<string, number> }>;
      return Object.values(ledger[cluster]?.api_requests ?? {}).reduce((sum, count) => sum + count, 0);
    },
    async stop() {
      running.delete(home);
      child.kill('SIGTERM');
      await ended;
    },
  };
  running.set(home, fleet);
  return fleet;
}
