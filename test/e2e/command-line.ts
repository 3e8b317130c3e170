/** The program as a shell runs it: arguments in; exit code, stdout and stderr out. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

interface As {
  /** Another copy of the program. */
  program?: string;
  /** The user it runs as. */
  uid?: number;
}

/** `environment` comes on top of this process's own, without what would name a division of the user's. */
export function runProgram(
  args: readonly string[],
  environment: Record<string, string> = {},
  { program: main = program, uid }: As = {},
): Promise<Ended> {
  const { CORTEX_HOME: _home, GM_PRINCIPAL: _principal, ...inherited } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, ...environment },
    ...(uid !== undefined && { uid, gid: uid }),
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended: Ended = { exitCode: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    ended.stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    ended.stderr += chunk.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', exitCode => resolve({ ...ended, exitCode }));
  });
}
