import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Fault, FaultScope, Faults } from './faults.ts';
import type { Ledger } from './ledger.ts';

/** A request that changes something. Two with one identity are the same request, sent again. */
export interface MutatingRequest {
  identity: string;
  scope: FaultScope;
}

const LOOK_MS = 10;
/** A killed process has closed its connections when it is gone; longer than this nobody waits for that. */
const DYING_MS = 2_000;
const LONGEST_IDENTITY = 600;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** A request's body as far as it says what is to be done: without versions and times, which differ between two tries. */
export function bodyIdentity(body: Buffer): string {
  const text = body.toString('utf8');
  let said = text;
  try {
    said = JSON.stringify(JSON.parse(text), (key, value: unknown) =>
      key === 'resourceVersion' || (typeof value === 'string' && TIME.test(value)) ? undefined : value,
    );
  } catch {
    // Not JSON: what it says is how it is written.
  }
  return said.length <= LONGEST_IDENTITY ? said : `sha256 ${createHash('sha256').update(said).digest('hex')}`;
}

/**
 * kill -9, when a fault `process_killed` asks for it, of the process it names: each request is struck once before it is carried out
 * and once after. Resolves when that process is gone; true when it was killed. One that does not run now is waited for as
 * long as `isPatient` says so.
 */
export async function strikeProcess(
  { faults, ledger }: { faults: Faults; ledger: Ledger },
  when: 'before' | 'after',
  { identity, scope }: MutatingRequest,
  isPatient: () => boolean = () => false,
): Promise<boolean> {
  for (;;) {
    const fault = faults.active('process_killed', { ...scope, when });
    const known = ledger.kills;
    const isStruck = known.some(kill => kill.fault === fault?.id && kill.when === when && kill.request === identity);
    if (fault === undefined || isStruck) return false;
    const pid = victimOf(fault);
    if (pid !== undefined && !known.some(kill => kill.pid === pid) && killAtOnce(pid)) {
      faults.take('process_killed', { ...scope, when });
      ledger.processKilled({ fault: fault.id, when, request: identity, pid });
      for (let waited = 0; runs(pid) && waited < DYING_MS; waited += LOOK_MS) await setTimeout(LOOK_MS);
      return true;
    }
    if (!isPatient()) return false;
    await setTimeout(LOOK_MS);
  }
}

function killAtOnce(pid: number): boolean {
  if (!runs(pid)) return false;
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

/** False for a zombie too, where the system tells. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return statOf(pid)?.state !== 'Z';
}

/** Linux alone tells this way. */
function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

function victimOf({ pid, pid_file: file, descendant }: Fault): number | undefined {
  const named = pid ?? (file === undefined ? undefined : pidIn(file));
  return named === undefined || descendant === undefined ? named : descendantOf(named, descendant);
}

/** The pid a file holds, bare or as the `pid` of a JSON object. `NAME*`: of the files that begin so, the one with the highest number. */
function pidIn(path: string): number | undefined {
  try {
    const pid = pidOf(JSON.parse(readFileSync(path.endsWith('*') ? newest(path.slice(0, -1)) : path, 'utf8')));
    return typeof pid === 'number' && Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    // Not there, or just being written: nobody is named now.
    return undefined;
  }
}

const pidOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'pid' in value ? value.pid : value;

function newest(prefix: string): string {
  const numbers = readdirSync(dirname(prefix))
    .filter(name => name.startsWith(basename(prefix)))
    .map(name => Number(name.slice(basename(prefix).length)));
  return join(dirname(prefix), `${basename(prefix)}${Math.max(...numbers.filter(Number.isInteger))}`);
}

/** The nearest process below this one whose command line has these words. */
function descendantOf(ancestor: number, words: string): number | undefined {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  const processes = pids.map(name => ({ pid: Number(name), parent: statOf(Number(name))?.parent }));
  let generation = [ancestor];
  while (generation.length > 0) {
    const children = processes.filter(({ parent }) => parent !== undefined && generation.includes(parent));
    const found = children.find(({ pid }) => commandLine(pid).includes(words));
    if (found !== undefined) return found.pid;
    generation = children.map(({ pid }) => pid);
  }
  return undefined;
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
