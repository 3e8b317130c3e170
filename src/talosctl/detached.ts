import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { identify, type ProcessIdentity } from '../host/process-identity.ts';
import { TalosctlError } from './errors.ts';

export interface DetachedRun {
  executable: string;
  argv: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Where stdout, stderr and the exit code go. */
  folder: string;
  /** stdout holds private keys: it is kept nowhere. */
  keepsNoStdout?: true;
}

/**
 * The recorder: it waits for one line, then runs what it was given and writes down how that ended. It runs in a session
 * of its own, so nothing that happens to the contractor loses the exit code. Without the line (the contractor died, or
 * could not write the process down) it ends and nothing was run. Values reach it as arguments, never as script.
 */
const RECORDER = `umask 077
out=$1; shift
IFS= read -r go || exit 125
"$@" </dev/null >"$out" 2>stderr
printf '%s\\n' "$?" >exited.tmp && mv exited.tmp exited`;

/** A recorder that waits. `letGo` has it run talosctl; `dismiss` ends it, and nothing was run. */
export interface Waiting {
  process: ProcessIdentity;
  letGo(): Promise<void>;
  dismiss(): void;
  /** Ends when talosctl has ended and its exit is written. */
  ended: Promise<void>;
}

async function spawned(child: ChildProcess): Promise<number> {
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error('a spawned process without a pid');
  return child.pid;
}

/** Starts the recorder. Throws TalosctlError `failed` when the system has no process to give. */
export async function prepareDetached(run: DetachedRun): Promise<Waiting> {
  const stdout = run.keepsNoStdout === undefined ? 'stdout' : '/dev/null';
  const child = spawn('/bin/sh', ['-c', RECORDER, 'recorder', stdout, run.executable, ...run.argv], {
    cwd: run.folder,
    env: run.env,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  // The recorder may end before it is let go; writing to it then fails, which `letGo` tells by its callback.
  child.stdin.on('error', () => undefined);
  try {
    const process = await identify(await spawned(child));
    if (process === undefined) throw new Error('the recorder ended at once');
    child.unref();
    return {
      process,
      ended,
      letGo: () =>
        new Promise((resolve, reject) =>
          child.stdin.end('go\n', (error?: Error | null) => (error ? reject(error) : resolve())),
        ),
      dismiss: () => child.stdin.destroy(),
    };
  } catch (cause) {
    child.stdin.destroy();
    throw new TalosctlError('failed', 'no process could be started for talosctl; nothing was sent', { cause });
  }
}
