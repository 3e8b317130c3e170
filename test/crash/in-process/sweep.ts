/** Ends the executor once at every port call of an upgrade, before it and after it, one run each. */
import { type DivisionOptions, runOnFrom, visitMoments } from './division.ts';
import { shortcomings } from './judge.ts';
import type { Stop } from './life.ts';
import { currentWatch } from './world-watch.ts';

export interface Sweep {
  /** Calls of the run that nobody disturbed. */
  calls: readonly string[];
  /** Runs that were ended once and gone on with. */
  runs: number;
  /** What was wrong, with the stop that it was wrong after. */
  wrong: readonly string[];
  seconds: number;
}

/**
 * Before a call everything that was not synced is lost with the executor; after it nothing is: one instant is the other's
 * neighbour, so both are shown everywhere.
 */
const isPowerCut = (when: Stop['when']): boolean => when === 'before';

export async function sweep(given: DivisionOptions, when: Stop['when'], step = 1): Promise<Sweep> {
  const options = { watch: currentWatch, ...given };
  const started = performance.now();
  const wrong: string[] = [];
  const problems: { call: number; what: string }[] = [];
  let runs = 0;
  const whole = await visitMoments(options, when, async (call, moment) => {
    if (call % step !== 0) return;
    runs += 1;
    if (isPowerCut(when)) moment.disk.cutPower();
    try {
      const run = await runOnFrom(moment, options);
      problems.push(...shortcomings(run).map(what => ({ call, what })));
    } catch (error) {
      problems.push({ call, what: String(error) });
    }
  });
  const calls = whole.lives[0]?.calls ?? [];
  wrong.push(...shortcomings(whole).map(what => `undisturbed: ${what}`));
  wrong.push(...problems.map(({ call, what }) => `${when} call ${call} (${calls[call - 1]}): ${what}`));
  return { calls, runs, wrong, seconds: (performance.now() - started) / 1_000 };
}

/** Both Talos upgrade paths (SAFETY 10), with two evictions that a webhook fails. */
export const paths = [
  { name: 'install and reboot in one call, from v1.12.11', talosVersion: 'v1.12.11' },
  { name: 'install and reboot apart, from v1.13.7', talosVersion: 'v1.13.7' },
] as const;

const FAULTS = [{ kind: 'evict_webhook_500', count: 2 }];

/** One run for every call of a path; says how many there were. */
export async function endedAtEveryCall(
  { name, talosVersion }: (typeof paths)[number],
  when: Stop['when'],
): Promise<Sweep> {
  const swept = await sweep({ talosVersion, faults: FAULTS }, when);
  const { calls, runs, seconds } = swept;
  process.stdout.write(
    `| ${when} each call | ${name} | ${calls.length} calls | ${runs} runs | ${Math.round(seconds)} s |\n`,
  );
  return swept;
}
