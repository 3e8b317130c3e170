import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errorCode } from './file-system.ts';

/**
 * A process as told apart from every other, also from a later one with its pid. Parts the system does not tell are undefined,
 * and then prove nothing.
 */
export interface ProcessIdentity {
  pid: number;
  /** Opaque; equal for the same process only. Linux: clock ticks since boot. */
  startTime: string | undefined;
  /** Opaque; another after each boot of the host. */
  hostBootId: string | undefined;
}

const PROBE_TIMEOUT_MS = 2000;

async function said(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, args, {
      timeout: PROBE_TIMEOUT_MS,
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' },
    });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return undefined;
  }
}

/** Fields of /proc/PID/stat from the third on (proc(5)); the second may hold spaces and parentheses. */
async function statFields(pid: number): Promise<string[] | undefined> {
  const stat = await textOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

async function hostBootId(): Promise<string | undefined> {
  if (process.platform === 'linux') return textOf('/proc/sys/kernel/random/boot_id');
  if (process.platform === 'darwin') return said('sysctl', ['-n', 'kern.bootsessionuuid']);
  return undefined;
}

async function startTimeOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return (await statFields(pid))?.[19];
  if (process.platform === 'darwin') return said('ps', ['-o', 'lstart=', '-p', String(pid)]);
  return undefined;
}

/** A zombie keeps its pid until somebody reaps it, which in a container may be never; it runs no more. */
async function isZombie(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const state = (await statFields(pid))?.[0];
  return state === 'Z' || state === 'X';
}

/** False only when the system says that there is no such process. */
export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

export async function ownIdentity(): Promise<ProcessIdentity> {
  return { pid: process.pid, startTime: await startTimeOf(process.pid), hostBootId: await hostBootId() };
}

/**
 * True only on proof (SAFETY 6: never by time): the host has booted since, the pid is gone or a zombie's, or it now belongs to
 * a process that started at another time.
 */
export async function isProvedDead(identity: ProcessIdentity): Promise<boolean> {
  const bootId = await hostBootId();
  if (identity.hostBootId !== undefined && bootId !== undefined && identity.hostBootId !== bootId) return true;
  if (!pidExists(identity.pid) || (await isZombie(identity.pid))) return true;
  if (identity.startTime === undefined) return false;
  const startTime = await startTimeOf(identity.pid);
  return startTime !== undefined && startTime !== identity.startTime;
}
