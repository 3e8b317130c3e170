import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SimulationConnection } from '../../src/simulation/simulation.ts';

const FIXTURE = fileURLToPath(new URL('fixtures/run-simulation.ts', import.meta.url));

export interface RunningSimulation {
  process: ChildProcess;
  connection: SimulationConnection;
  /** Sends a signal and waits until the process is gone. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export const newHome = (): string => mkdtempSync(join(tmpdir(), 'simulation-'));
export const removeHome = (home: string): void => rmSync(home, { recursive: true, force: true });

/** Starts a simulation in a process of its own and waits for its connection line. */
export async function startProcess(home: string, speed: number): Promise<RunningSimulation> {
  const child = spawn(process.execPath, ['--import', 'tsx', FIXTURE, home, String(speed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  if (child.stdout === null) throw new Error('no stdout');
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([
    once(lines, 'line'),
    gone.then(() => Promise.reject(new Error('the simulation ended before it said where it is'))),
  ])) as [string];
  return {
    process: child,
    connection: JSON.parse(line) as SimulationConnection,
    end: async signal => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await gone;
      }
      return child.exitCode;
    },
  };
}

export interface Finished {
  stdout: string;
  stderr: string;
  exit: number | null;
}

/** Runs the talosctl a simulation wrote, as a user would. */
export async function runShim(
  connection: SimulationConnection,
  args: readonly string[],
  cwd = tmpdir(),
): Promise<Finished> {
  const child = spawn(join(connection.path, 'talosctl'), args, {
    cwd,
    env: { PATH: `${connection.path}:${process.env.PATH}`, HOME: cwd, TALOSCONFIG: connection.talosconfig },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const [exit] = (await once(child, 'close')) as [number | null];
  return { stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), exit };
}

/** Asks the control URL. */
export async function control(
  connection: SimulationConnection,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(new URL(path, connection.control), {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
