import { argvFor, type Command, type Connection, talosconfigFlag } from './argv.ts';
import { failure, tellsOfFailure } from './classify.ts';
import { findTalosctl } from './executable.ts';
import { runTalosctl, type TalosctlOutput } from './run.ts';

/** How calls are made: the environment that names talosctl and talosconfig, and how long a read may take. */
export interface Talosctl {
  env: NodeJS.ProcessEnv;
  readTimeoutMs: number;
}

export interface AskOptions {
  signal: AbortSignal;
  timeoutMs?: number;
}

async function askWith(
  talosctl: Talosctl,
  argv: string[],
  command: Command,
  options: AskOptions,
): Promise<Pick<TalosctlOutput, 'stdout' | 'stderr'>> {
  const output = await runTalosctl({
    executable: await findTalosctl(talosctl.env),
    argv,
    env: talosctl.env,
    timeoutMs: options.timeoutMs ?? talosctl.readTimeoutMs,
    signal: options.signal,
  });
  const hasFailed = output.exitCode !== 0 || tellsOfFailure(output.stderr);
  if (hasFailed) throw failure(`talosctl ${command.slice(0, 2).join(' ')}`, output.stderr, output.exitCode);
  return output;
}

/** What talosctl printed for one machine. Throws TalosctlError; a warning about the one node asked is a failure. */
export async function ask(
  talosctl: Talosctl,
  connection: Connection,
  command: Command,
  options: AskOptions,
): Promise<string> {
  return (await askWith(talosctl, argvFor(connection, command, talosctl.env.TALOSCONFIG), command, options)).stdout;
}

/** The same with stderr, where some commands say what they did. */
export async function askForAll(
  talosctl: Talosctl,
  connection: Connection,
  command: Command,
  options: AskOptions,
): Promise<{ stdout: string; stderr: string }> {
  const argv = argvFor(connection, command, talosctl.env.TALOSCONFIG);
  const { stdout, stderr } = await askWith(talosctl, argv, command, options);
  return { stdout, stderr };
}

/** What talosctl printed for a command that reaches no node. */
export async function askLocally(talosctl: Talosctl, command: Command, options: AskOptions): Promise<string> {
  return (await askWith(talosctl, [...command, ...talosconfigFlag(talosctl.env.TALOSCONFIG)], command, options)).stdout;
}
