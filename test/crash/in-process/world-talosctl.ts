/** The simulation's talosctl in this process: commands with the product's own argument lists, and whom they reach. */
import { fileURLToPath } from 'node:url';
import { DivisionError } from '../../../src/errors.ts';
import type { TalosTarget } from '../../../src/ports.ts';
import { TalosctlFailure } from '../../../src/simulation/talosctl-face/failure.ts';
import { answeringMachine, chooseEndpoint } from '../../../src/simulation/talosctl-face/routing.ts';
import { fateOf, type Target } from '../../../src/simulation/talosctl-face/run.ts';
import { runTalosctl } from '../../../src/simulation/talosctl-face/talosctl.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import { argvFor, type Command } from '../../../src/talosctl/argv.ts';

const TALOSCONFIG = fileURLToPath(new URL('talosconfig.json', import.meta.url));

export interface Said {
  exitCode: number;
  stdout: string;
  stderr: string;
  files: ReadonlyMap<string, Buffer>;
}

/** What a call that failed throws. */
export const failed = (message: string): DivisionError =>
  new DivisionError('CONTRACTOR_FAILED', message.trim(), 'look at the node', { retry: 'later' });

/** How a machine is reached; `insecure`: without authentication, as one that has no configuration yet answers. */
export type Reached = TalosTarget & { insecure?: true };

/** Runs talosctl on the world; rejects when the signal aborts or a fault kills it. */
export async function talosctl(
  world: SavedWorld,
  { address, endpoints, insecure }: Reached,
  command: Command,
  signal: AbortSignal,
): Promise<Said> {
  const said = { stdout: '', stderr: '', files: new Map<string, Buffer>() };
  const sink = {
    out: (text: string) => {
      said.stdout += text;
    },
    err: (text: string) => {
      said.stderr += text;
    },
    file: (path: string, bytes: Buffer) => {
      said.files.set(path, bytes);
    },
  };
  const connection = { context: 'rehearsal', node: address, endpoints, ...(insecure && { insecure }) };
  const argv = argvFor(connection, command, TALOSCONFIG);
  const exitCode = await runTalosctl({ argv, cwd: '/' }, { world, sink, signal, ownConfig: TALOSCONFIG });
  return { ...said, exitCode };
}

/** As `talosctl`; throws CONTRACTOR_FAILED for any exit but 0. */
export async function ask(world: SavedWorld, target: Reached, command: Command, signal: AbortSignal): Promise<Said> {
  const said = await talosctl(world, target, command, signal);
  if (said.exitCode !== 0) throw failed(said.stderr);
  return said;
}

/** The machine that a read reaches through its endpoints, as talosctl routes it. Throws CONTRACTOR_FAILED, TIMEOUT. */
export function reach(world: SavedWorld, { address, endpoints }: TalosTarget): Target {
  try {
    const target = { address, ...answeringMachine(world, chooseEndpoint(world, endpoints), address) };
    const fate = fateOf(target);
    if (fate === 'killed') throw failed('talosctl was killed');
    if (fate === 'hangs') throw new DivisionError('TIMEOUT', `talosctl hangs at ${address}`, 'ask again');
    return target;
  } catch (error) {
    throw error instanceof TalosctlFailure ? failed(error.message) : error;
  }
}
