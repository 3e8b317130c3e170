import type { Backtest } from './answer.ts';
import type { Spread } from './spread.ts';
import { at } from './statistics.ts';

export interface JudgedTrial {
  came: Float64Array;
  spread: Spread;
  /** What the seasonal naive forecast said. */
  seasonal: Float64Array;
  /** Straight through the recent past. */
  line: { level: number; slope: number };
}

/** Forecasts of earlier times against what came. */
export function backtest(trials: readonly JudgedTrial[], horizonDays: number): Backtest {
  let [steps, ours, seasonal, linear, within80, within95] = [0, 0, 0, 0, 0, 0];
  for (const { came, spread, seasonal: before, line } of trials) {
    came.forEach((value, step) => {
      steps++;
      ours += Math.abs(at(spread.p50, step) - value);
      seasonal += Math.abs(at(before, step) - value);
      linear += Math.abs(line.level + line.slope * (step + 1) - value);
      if (value >= at(spread.p10, step) && value <= at(spread.p90, step)) within80++;
      if (value >= at(spread.p2_5, step) && value <= at(spread.p97_5, step)) within95++;
    });
  }
  return {
    origins: trials.length,
    horizon_days: horizonDays,
    mae: ours / steps,
    ratio_to_seasonal_naive: seasonal > 0 ? ours / seasonal : null,
    ratio_to_linear: linear > 0 ? ours / linear : null,
    coverage_80: within80 / steps,
    coverage_95: within95 / steps,
  };
}
