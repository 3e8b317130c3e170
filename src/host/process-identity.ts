import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import * as z from 'zod';

/**
 * A process as told apart from every other, also from a later one with its pid. Parts the system does not tell are undefined,
 * and then prove nothing.
 */
export interface ProcessIdentity {
  pid: number;
  /** Opaque; equal for the same process only. Linux: clock ticks since the host's boot. */
  startTime: string | undefined;
  /** Opaque; another after each boot of the host. */
  hostBootId: string | undefined;
}

/** How a process identity is kept in a file. */
export const KeptProcess = z.strictObject({
  pid: z.number().int().positive(),
  process_start_time: z.string().nullable(),
  host_boot_id: z.string().nullable(),
});
export type KeptProcess = z.infer<typeof KeptProcess>;

export function keptProcess({ pid, startTime, hostBootId }: ProcessIdentity): KeptProcess {
  return { pid, process_start_time: startTime ?? null, host_boot_id: hostBootId ?? null };
}

export function processOf(kept: KeptProcess): ProcessIdentity {
  return {
    pid: kept.pid,
    startTime: kept.process_start_time ?? undefined,
    hostBootId: kept.host_boot_id ?? undefined,
  };
}

interface ProcessState {
  startTime: string | undefined;
  group: number;
  /** It keeps its pid until somebody reaps it, which in a container may be never; it runs no more. */
  isZombie: boolean;
  /** It lives and does nothing until somebody lets it go on (SIGSTOP, a debugger). */
  isStopped: boolean;
}

/** Where the system tells of its processes: /proc on Linux, ps elsewhere. */
type Platform = NodeJS.Platform;

const PROBE_TIMEOUT_MS = 5000;

/** Fields of /proc/PID/stat after the command in parentheses, which may hold spaces: state, ppid, pgrp, …, starttime (proc(5)). */
const STATE_FIELD = 0;
const GROUP_FIELD = 2;
const START_FIELD = 19;

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

async function said(command: string, args: readonly string[]): Promise<string> {
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
  const { stdout } = await promisify(execFile)(command, args, { timeout: PROBE_TIMEOUT_MS, env });
  return stdout;
}

async function orUndefined(text: Promise<string>): Promise<string | undefined> {
  try {
    return (await text).trim() || undefined;
  } catch {
    return undefined;
  }
}

async function hostBootId(platform: Platform): Promise<string | undefined> {
  if (platform === 'linux') return await orUndefined(readFile('/proc/sys/kernel/random/boot_id', 'utf8'));
  if (platform === 'darwin') return await orUndefined(said('sysctl', ['-n', 'kern.bootsessionuuid']));
  return undefined;
}

function readStat(stat: string): ProcessState {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    startTime: fields[START_FIELD],
    group: Number(fields[GROUP_FIELD]),
    isZombie: /^[ZX]/.test(fields[STATE_FIELD] ?? ''),
    isStopped: /^[Tt]/.test(fields[STATE_FIELD] ?? ''),
  };
}

/** Reads `ps -o pid=,pgid=,stat=,lstart=`. */
export function readProcessList(text: string): Map<number, ProcessState> {
  const states = new Map<number, ProcessState>();
  for (const [, pid, group, state, startTime] of text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S.*?)\s*$/gm))
    states.set(Number(pid), {
      startTime,
      group: Number(group),
      isZombie: state?.startsWith('Z') === true,
      isStopped: state?.startsWith('T') === true,
    });
  return states;
}

const PS_COLUMNS = ['-o', 'pid=,pgid=,stat=,lstart='];

/** undefined when the system does not tell, which proves nothing: the process may be another user's, or files may be short. */
async function stateOf(pid: number, platform: Platform): Promise<ProcessState | undefined> {
  const text =
    platform === 'linux' ? readFile(`/proc/${pid}/stat`, 'utf8') : said('ps', [...PS_COLUMNS, '-p', String(pid)]);
  const told = await orUndefined(text);
  if (told === undefined) return undefined;
  return platform === 'linux' ? readStat(told) : readProcessList(told).get(pid);
}

/** One process of a listing; undefined for one that ended since. Throws when the system refuses to tell. */
async function listed(pid: number): Promise<ProcessState | undefined> {
  try {
    return readStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return undefined;
    throw error;
  }
}

async function allProcesses(platform: Platform): Promise<Map<number, ProcessState>> {
  if (platform !== 'linux') return readProcessList(await said('ps', ['-ax', ...PS_COLUMNS]));
  const states = new Map<number, ProcessState>();
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)) {
    const state = await listed(pid);
    if (state !== undefined) states.set(pid, state);
  }
  return states;
}

/** False only when the system says that there is no such process. */
export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** Who runs under this pid now; undefined when it is proved that nobody does. */
export async function identify(
  pid: number,
  platform: Platform = process.platform,
): Promise<ProcessIdentity | undefined> {
  const [state, bootId] = await Promise.all([stateOf(pid, platform), hostBootId(platform)]);
  if (!pidExists(pid) || state?.isZombie) return undefined;
  return { pid, startTime: state?.startTime, hostBootId: bootId };
}

let own: ProcessIdentity | undefined;

/** This very process. Asked for once: it stays who it is. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  own ??= await identify(process.pid);
  return own ?? { pid: process.pid, startTime: undefined, hostBootId: undefined };
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

/**
 * True only on proof (SAFETY 3 and 6: never by time): the host has booted since, the pid is gone or a zombie's, or it now belongs
 * to a process that started at another time. What the system does not tell is no proof.
 */
export async function isProvedDead(identity: ProcessIdentity, platform: Platform = process.platform): Promise<boolean> {
  if (differ(identity.hostBootId, await hostBootId(platform))) return true;
  const now = await identify(identity.pid, platform);
  return now === undefined || differ(identity.startTime, now.startTime);
}

/** Whether it lives but was stopped, so that it does nothing until somebody continues it; false where the system does not tell. */
export async function isStopped(identity: ProcessIdentity, platform: Platform = process.platform): Promise<boolean> {
  const state = await stateOf(identity.pid, platform);
  return state?.isStopped === true && !differ(identity.startTime, state.startTime);
}

/** A leader that lives is a living member: known from one look, where a listing looks at every process of the host. */
async function leaderLives(leader: ProcessIdentity, platform: Platform): Promise<boolean> {
  const state = await stateOf(leader.pid, platform);
  if (state === undefined || state.isZombie) return false;
  return state.group === leader.pid && !differ(leader.startTime, state.startTime);
}

async function hasNoLivingMember(leader: ProcessIdentity, platform: Platform): Promise<boolean> {
  if (await leaderLives(leader, platform)) return false;
  const states = await allProcesses(platform);
  if (differ(leader.startTime, states.get(leader.pid)?.startTime)) return true;
  return ![...states.values()].some(state => state.group === leader.pid && !state.isZombie);
}

/**
 * True only on proof that the process group which this process led has no living member. The leader's pid is not given to another
 * process while its group has members, so somebody else under that pid proves the group gone. A listing is no instant: a member
 * born while it is taken may be missed, but not by the next one.
 */
export async function isGroupProvedDead(
  leader: ProcessIdentity,
  platform: Platform = process.platform,
): Promise<boolean> {
  if (differ(leader.hostBootId, await hostBootId(platform))) return true;
  try {
    return (await hasNoLivingMember(leader, platform)) && (await hasNoLivingMember(leader, platform));
  } catch {
    return false;
  }
}
