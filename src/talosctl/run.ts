import { spawn } from 'node:child_process';
import { TalosctlError } from './errors.ts';

export interface TalosctlRun {
  /** Absolute path of talosctl. */
  executable: string;
  argv: readonly string[];
  env: NodeJS.ProcessEnv;
  timeoutMs: number;
  signal: AbortSignal;
  /** More on stdout than this ends the call; default 4 MiB. */
  maxStdoutBytes?: number;
}

export interface TalosctlOutput {
  /** undefined: ended by a signal that was not ours. */
  exitCode: number | undefined;
  stdout: string;
  /** Its last 64 KiB. */
  stderr: string;
}

const MAX_STDOUT_BYTES = 4 * 1024 * 1024;
const KEPT_STDERR_BYTES = 64 * 1024;

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

class Collected {
  #chunks: Buffer[] = [];
  bytes = 0;

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.bytes += chunk.length;
  }

  keepLast(bytes: number): void {
    if (this.bytes <= 2 * bytes) return;
    this.#chunks = [Buffer.concat(this.#chunks).subarray(-bytes)];
    this.bytes = bytes;
  }

  toString(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

/**
 * One short talosctl call, without a shell, in a process group of its own that is killed whole at the deadline, on abort and
 * when it says too much. Any exit code is an answer; throws TalosctlError talosctl_missing, timeout, unintelligible, failed.
 */
export function runTalosctl(run: TalosctlRun): Promise<TalosctlOutput> {
  const maxStdoutBytes = run.maxStdoutBytes ?? MAX_STDOUT_BYTES;
  return new Promise((resolve, reject) => {
    if (run.signal.aborted) {
      reject(new TalosctlError('failed', 'the call was cancelled before it began'));
      return;
    }
    const child = spawn(run.executable, run.argv, { env: run.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const stdout = new Collected();
    const stderr = new Collected();
    let isSettled = false;
    const settle = (end: () => void) => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(deadline);
      run.signal.removeEventListener('abort', onAbort);
      end();
    };
    const giveUp = (error: TalosctlError) =>
      settle(() => {
        killGroup(child.pid);
        child.stdout.destroy();
        child.stderr.destroy();
        reject(error);
      });
    const onAbort = () => giveUp(new TalosctlError('failed', 'the call was cancelled'));
    const deadline = setTimeout(
      () => giveUp(new TalosctlError('timeout', `talosctl did not answer within ${run.timeoutMs} ms and was ended`)),
      run.timeoutMs,
    );
    run.signal.addEventListener('abort', onAbort, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      stdout.add(chunk);
      if (stdout.bytes > maxStdoutBytes)
        giveUp(new TalosctlError('unintelligible', `talosctl said more than ${maxStdoutBytes} bytes and was ended`));
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr.add(chunk);
      stderr.keepLast(KEPT_STDERR_BYTES);
    });
    child.on('error', error =>
      settle(() => reject(new TalosctlError('talosctl_missing', `talosctl could not be run: ${error.message}`))),
    );
    child.on('close', exitCode =>
      settle(() => resolve({ exitCode: exitCode ?? undefined, stdout: String(stdout), stderr: String(stderr) })),
    );
  });
}
