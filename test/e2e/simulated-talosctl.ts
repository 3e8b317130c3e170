/** The fleet's own talosctl, as an administrator would use it beside the general manager. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CLUSTER, type Home } from './division-home.ts';

const run = promisify(execFile);

/** Runs it against one machine, through itself; what it printed. */
export async function talosctl(home: Home, node: string, ...args: readonly string[]): Promise<string> {
  const { path, talosconfig, clusters } = await home.simulation();
  const context = clusters[CLUSTER]?.talos_context ?? '';
  const where = ['--talosconfig', talosconfig, '--context', context, '-n', node, '-e', node];
  const { stdout } = await run(join(path, 'talosctl'), [...where, ...args]);
  return stdout;
}

/** Control plane addresses of the fleet. */
export async function controlPlane(home: Home): Promise<string[]> {
  return (await home.simulation()).clusters[CLUSTER]?.endpoints ?? [];
}
