/** When the division's recurring procedures are due again (ledger R102, R126, R142). */
import type { Operation } from '../model/operation.ts';

export interface Cadence {
  name: string;
  /** Absent: done when asked. */
  dueEveryHours?: number;
}

/** A run of a procedure that came to its end. */
export interface DoneRun {
  name: string;
  /** RFC 3339. */
  finished_at: string;
}

export interface Due {
  name: string;
  /** Undefined: never done. */
  last_at: string | undefined;
  /** RFC 3339; of one never done, now. */
  due_at: string;
}

const HOUR_MS = 3_600_000;

/** Runs that count: those that succeeded. */
export const doneRuns = (operations: readonly Pick<Operation, 'playbook' | 'status' | 'finished_at'>[]): DoneRun[] =>
  operations.flatMap(({ playbook: name, status, finished_at }) =>
    status === 'succeeded' && finished_at !== undefined ? [{ name, finished_at }] : [],
  );

/** Those that are due at `now` (epoch milliseconds), longest due first; due from the very instant on, one never done at once. */
export function dueNow(cadences: readonly Cadence[], done: readonly DoneRun[], now: number): Due[] {
  return cadences
    .flatMap(({ name, dueEveryHours: hours }) => {
      if (hours === undefined) return [];
      const ends = done.filter(run => run.name === name).map(run => Date.parse(run.finished_at));
      const last = ends.length > 0 ? Math.max(...ends) : undefined;
      const at = last === undefined ? now : last + hours * HOUR_MS;
      return at > now ? [] : [{ name, last, at }];
    })
    .toSorted((left, right) => left.at - right.at)
    .map(({ name, last, at }) => ({
      name,
      last_at: last === undefined ? undefined : new Date(last).toISOString(),
      due_at: new Date(at).toISOString(),
    }));
}
