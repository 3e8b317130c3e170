/** A rehearsal: the executor of a simulated division is killed -9 at every Nth journal write, as if somebody pulled its plug there. */
import { openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { HeldDivision } from '../division/directory.ts';
import { DivisionError } from '../errors.ts';
import type { Config } from '../model/config.ts';

export const KILL_EVERY = 'CONTAINERS_GM_KILL_EVERY';

const killsFile = (divisionDirectory: string): string => join(divisionDirectory, 'operations', 'kills.jsonl');

/**
 * The N of CONTAINERS_GM_KILL_EVERY; undefined when nobody asks for kills.
 * @throws DivisionError INPUT_INVALID with exit code 2: no whole number, or the division is real
 */
export function askedKills(config: Config): number | undefined {
  const text = process.env[KILL_EVERY];
  if (!text) return undefined;
  const refuse = (problem: string, remedy: string): never => {
    throw new DivisionError('INPUT_INVALID', problem, remedy, { exitCode: 2 });
  };
  if (!config.simulated) return refuse(`${KILL_EVERY} is set, and this division is real`, `unset ${KILL_EVERY}`);
  if (!/^[1-9]\d{0,8}$/.test(text)) return refuse(`${KILL_EVERY} "${text}" is no whole number above 0`, 'correct it');
  return Number(text);
}

/**
 * The same hold on the division, whose process kills itself once an append that makes the journal a multiple of N entries long
 * is on disk and before its caller learns so. A journal's sequence counts over all lives, so nothing else has to be kept.
 */
export function killedAtWrites(division: HeldDivision, every: number | undefined): HeldDivision {
  if (every === undefined) return division;
  return {
    ...division,
    async append(operationId, body, at) {
      const entry = await division.append(operationId, body, at);
      return entry.sequence % every === 0 ? dieNow(division.directory, operationId, entry.sequence) : entry;
    },
  };
}

/** Writes down that it dies, for who counts, and does. The system keeps what a dead process wrote. */
function dieNow(divisionDirectory: string, operationId: string, sequence: number): Promise<never> {
  const kill = { pid: process.pid, at: new Date().toISOString(), operation_id: operationId, sequence };
  writeSync(openSync(killsFile(divisionDirectory), 'a', 0o600), `${JSON.stringify(kill)}\n`);
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

/** How often this division's executors were killed this way. */
export function countKills(divisionDirectory: string): number {
  try {
    return readFileSync(killsFile(divisionDirectory), 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}
