import { straightLine } from './straight-line.ts';

const RATES = [0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99];
const FINER = [0.75, 0.88, 1.14, 1.33];

export interface Smoothed {
  level: number;
  rate: number;
  /** Standard deviation of the errors one step ahead. */
  deviation: number;
}

/** Simple exponential smoothing, its rate by the least squared errors one step ahead. */
export function smooth(values: Float64Array): Smoothed {
  const settling = Math.min(10, values.length >> 2);
  const run = (rate: number): { squares: number; level: number; rate: number } => {
    let level = values[0] ?? 0;
    let squares = 0;
    for (let index = 1; index < values.length; index++) {
      const error = (values[index] ?? 0) - level;
      if (index > settling) squares += error * error;
      level += rate * error;
    }
    return { squares, level, rate };
  };
  let best = run(RATES[0] ?? 1);
  const better = (rate: number): void => {
    const one = run(rate);
    if (one.squares < best.squares) best = one;
  };
  for (const rate of RATES) better(rate);
  const coarse = best.rate;
  for (const factor of FINER) better(Math.min(0.999, coarse * factor));
  return { level: best.level, rate: best.rate, deviation: Math.sqrt(best.squares / Math.max(1, values.length - 12)) };
}

const LEVEL_RATES = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9];
const TREND_RATES = [0.005, 0.02, 0.05, 0.15, 0.4];
const DAMPINGS = [0.8, 0.9, 0.95, 0.98, 0.995];

/** What the damped trend has added after so many steps: damping + damping² + … */
export const dampedSteps = (damping: number, steps: number): number =>
  (damping * (1 - damping ** steps)) / (1 - damping);

export interface DampedTrend {
  level: number;
  trend: number;
  damping: number;
}

/** Holt's linear smoothing with a damped trend (Gardner and McKenzie 1985), by least squared errors one step ahead. */
export function dampedTrend(values: Float64Array): DampedTrend {
  const start = straightLine(values.slice(0, Math.min(48, values.length >> 1)));
  const first = start.level - start.slope * (Math.min(48, values.length >> 1) - 1);
  const settling = Math.min(24, values.length >> 2);
  let best = { squares: Number.POSITIVE_INFINITY, level: first, trend: 0, damping: 0.9 };
  for (const levelRate of LEVEL_RATES) {
    for (const trendRate of TREND_RATES) {
      for (const damping of DAMPINGS) {
        let [level, trend, squares] = [first, start.slope, 0];
        for (let index = 0; index < values.length; index++) {
          const expected = level + damping * trend;
          const error = (values[index] ?? 0) - expected;
          if (index >= settling) squares += error * error;
          level = expected + levelRate * error;
          trend = damping * trend + levelRate * trendRate * error;
        }
        if (squares < best.squares) best = { squares, level, trend, damping };
      }
    }
  }
  return best;
}
