import type { Backtest } from './answer.ts';
import { backtest } from './backtest.ts';
import { type SimulatedPaths, simulatePaths } from './paths.ts';
import type { Spread } from './spread.ts';
import { at, quantileOfSorted } from './statistics.ts';
import { straightLine } from './straight-line.ts';

const PATHS = 900;
const TRIAL_PATHS = 90;
const MOST_TRIALS = 6;
const WEEK = 7;
const LINE_DAYS = 30;
const LEAST_TRAINING = 14;

/** Possible futures of a daily series, within what the resource can be. */
export function dailyPaths(values: Float64Array, days: number, seed: number, ceiling: number): SimulatedPaths {
  return within(simulatePaths(values, days, PATHS, seed), ceiling);
}

function within({ paths, shifts }: SimulatedPaths, ceiling: number): SimulatedPaths {
  return { paths: paths.map(path => path.map(value => Math.min(ceiling, Math.max(0, value)))), shifts };
}

/** The quantiles of the paths, day by day. */
export function spreadOf(paths: readonly Float64Array[]): Spread {
  const days = paths[0]?.length ?? 0;
  const empty = (): Float64Array => new Float64Array(days);
  const spread: Spread = { p2_5: empty(), p10: empty(), p50: empty(), p90: empty(), p97_5: empty() };
  for (let day = 0; day < days; day++) {
    const sorted = Float64Array.from(paths, path => at(path, day)).sort();
    spread.p2_5[day] = quantileOfSorted(sorted, 0.025);
    spread.p10[day] = quantileOfSorted(sorted, 0.1);
    spread.p50[day] = quantileOfSorted(sorted, 0.5);
    spread.p90[day] = quantileOfSorted(sorted, 0.9);
    spread.p97_5[day] = quantileOfSorted(sorted, 0.975);
  }
  return spread;
}

/** What the paths would have said of the last weeks; null under three weeks of history. */
export function dailyBacktest(values: Float64Array, seed: number, ceiling: number): Backtest | null {
  const trials = [];
  for (let known = values.length - WEEK; known >= LEAST_TRAINING && trials.length < MOST_TRIALS; known -= WEEK) {
    const past = values.slice(0, known);
    const { paths } = within(simulatePaths(past, WEEK, TRIAL_PATHS, seed), ceiling);
    trials.push({
      came: values.slice(known, known + WEEK),
      spread: spreadOf(paths),
      seasonal: past.slice(-WEEK),
      line: straightLine(past.slice(-LINE_DAYS)),
    });
  }
  return trials.length === 0 ? null : backtest(trials, WEEK);
}
