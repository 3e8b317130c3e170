/** Memory and processor time of other processes (Linux: /proc). */
import { readdirSync, readFileSync } from 'node:fs';

const CLOCK_TICKS = 100;

const statusOf = (pid: number, field: string): number => {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(text)?.[1]);
};

/** The fields of /proc/PID/stat after the name: state, ppid, … */
const statOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');

/** The process and all it started that are still its own. */
export function familyOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        return [[Number(name), Number(statOf(Number(name))[1])] as const];
      } catch {
        // Gone between the two looks.
        return [];
      }
    });
  const family = [pid];
  for (const member of family) family.push(...parents.flatMap(([child, parent]) => (parent === member ? [child] : [])));
  return family;
}

/** Resident memory now, in MB, of these processes together. */
export const residentMegabytes = (...pids: readonly number[]): number =>
  (pids.reduce((sum, pid) => sum + statusOf(pid, 'VmRSS'), 0) * 1024) / 1e6;

/** The highest resident memory so far, in MB. */
export const peakMegabytes = (pid: number): number => (statusOf(pid, 'VmHWM') * 1024) / 1e6;

/** Processor seconds so far, all threads, without the processes it started: what a busy machine does not lengthen much. */
export function processorSeconds(...pids: readonly number[]): number {
  const ticks = pids.flatMap(pid => {
    try {
      return statOf(pid).slice(11, 13).map(Number);
    } catch {
      // It ended meanwhile: a talosctl of a contractor's.
      return [];
    }
  });
  return ticks.reduce((sum, some) => sum + some, 0) / CLOCK_TICKS;
}
