import { dampedSteps } from './smoothing.ts';
import { at, mean } from './statistics.ts';

const LEVEL_RATES = [0.05, 0.15, 0.3, 0.5, 0.75, 0.95];
const TREND_RATES = [0, 0.02, 0.1];
const SEASON_RATES = [0.05, 0.15, 0.3, 0.6];
const DAMPINGS = [0.9, 0.98];

interface Rates {
  level: number;
  trend: number;
  season: number;
  damping: number;
}

const GRID: readonly Rates[] = LEVEL_RATES.flatMap(level =>
  TREND_RATES.flatMap(trend =>
    SEASON_RATES.flatMap(season => DAMPINGS.map(damping => ({ level, trend, season, damping }))),
  ),
);

/** Additive Holt-Winters with a damped trend, its rates by least squared errors one step ahead; needs two periods. */
export function holtWinters(values: Float64Array, period: number, steps: number): Float64Array {
  let best = run(values, period, GRID[0] ?? { level: 0, trend: 0, season: 0, damping: 0 });
  for (const rates of GRID) {
    const one = run(values, period, rates);
    if (one.squares < best.squares) best = one;
  }
  return new Float64Array(steps).map((_, index) => {
    const usual = at(best.season, (values.length + index) % period);
    return best.level + best.trend * dampedSteps(best.damping, index + 1) + usual;
  });
}

interface Run {
  squares: number;
  level: number;
  trend: number;
  damping: number;
  season: Float64Array;
}

function run(values: Float64Array, period: number, rates: Rates): Run {
  const { damping } = rates;
  let level = mean(values.subarray(0, period));
  const start = level;
  const season = values.slice(0, period).map(value => value - start);
  const judged = values.length < 3 * period ? period : 2 * period;
  let [trend, squares, place] = [0, 0, 0];
  for (let index = period; index < values.length; index++) {
    const usual = season[place] ?? 0;
    const error = (values[index] ?? 0) - level - damping * trend - usual;
    if (index >= judged) squares += error * error;
    level += damping * trend + rates.level * error;
    trend = damping * trend + rates.level * rates.trend * error;
    season[place] = usual + rates.season * (1 - rates.level) * error;
    if (++place === period) place = 0;
  }
  return { squares, level, trend, damping, season };
}
