import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import * as z from 'zod';

/** A process that no other can be taken for: a pid is used again, together with its start time it is not. */
export const ProcessIdentity = z.strictObject({ pid: z.number().int().positive(), started: z.string().min(1) });
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

interface ProcessState {
  started: string;
  group: number;
  isZombie: boolean;
}

const runFile = promisify(execFile);

/** /proc/PID/stat after the command in parentheses: state, ppid, pgrp, …; start time is field 22 (proc(5)). */
const STATE_FIELD = 0;
const GROUP_FIELD = 2;
const START_FIELD = 19;

async function readOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

async function hostBootId(): Promise<string> {
  return ((await readOrUndefined('/proc/sys/kernel/random/boot_id')) ?? '').trim();
}

async function stateFromProc(pid: number, boot: string): Promise<ProcessState | undefined> {
  const stat = await readOrUndefined(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Start times count from the host's boot, so they need to say which boot.
  const started = `${boot}/${fields[START_FIELD] ?? ''}`;
  return { started, group: Number(fields[GROUP_FIELD]), isZombie: /^[ZX]/.test(fields[STATE_FIELD] ?? '') };
}

async function allFromProc(): Promise<Map<number, ProcessState>> {
  const boot = await hostBootId();
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number);
  const states = new Map<number, ProcessState>();
  for (const pid of pids) {
    const state = await stateFromProc(pid, boot);
    if (state !== undefined) states.set(pid, state);
  }
  return states;
}

/** Reads `ps -axo pid=,pgid=,stat=,lstart=`. */
export function readProcessList(text: string): Map<number, ProcessState> {
  const states = new Map<number, ProcessState>();
  for (const [, pid, group, state, started] of text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S.*?)\s*$/gm))
    states.set(Number(pid), { started: started ?? '', group: Number(group), isZombie: (state ?? '').startsWith('Z') });
  return states;
}

async function allFromPs(): Promise<Map<number, ProcessState>> {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const { stdout } = await runFile('ps', ['-axo', 'pid=,pgid=,stat=,lstart='], { env, timeout: 10_000 });
  return readProcessList(stdout);
}

function allProcesses(platform: NodeJS.Platform): Promise<Map<number, ProcessState>> {
  return platform === 'linux' ? allFromProc() : allFromPs();
}

/** Who runs under this pid now; undefined when nobody does. */
export async function identify(pid: number, platform = process.platform): Promise<ProcessIdentity | undefined> {
  const state =
    platform === 'linux' ? await stateFromProc(pid, await hostBootId()) : (await allProcesses(platform)).get(pid);
  return state === undefined || state.isZombie ? undefined : { pid, started: state.started };
}

/** Whether this very process runs still. */
export async function isAlive(identity: ProcessIdentity, platform = process.platform): Promise<boolean> {
  return (await identify(identity.pid, platform))?.started === identity.started;
}

/**
 * Whether the process group that this process led has a living member. The leader's pid is not given to another process
 * while its group has members, so somebody else under that pid proves the group gone.
 */
export async function isGroupAlive(leader: ProcessIdentity, platform = process.platform): Promise<boolean> {
  const states = await allProcesses(platform);
  const atPid = states.get(leader.pid);
  if (atPid !== undefined && atPid.started !== leader.started) return false;
  return [...states.values()].some(state => state.group === leader.pid && !state.isZombie);
}
