import type { Backtest } from './answer.ts';
import { backtest, type JudgedTrial } from './backtest.ts';
import { band, type Errors, errorsOf } from './bands.ts';
import { combined, type Ensemble, ensemble, weightsFrom } from './ensemble.ts';
import { sameHourBefore } from './members.ts';
import type { Spread } from './spread.ts';
import { at, clamp, quantile } from './statistics.ts';
import { straightLine } from './straight-line.ts';

const WEEK = 168;
const DAY = 24;
/** What share of the values that came each band is made to hold in the trials: a little more than it says, for times to come differ. */
const HELD_80 = 0.84;
const HELD_95 = 0.96;
/** So many trials count as much as the assumption that the bands are right as they are. */
const PRIOR_TRIALS = 3;
const LEAST_FACTOR = 0.6;
const MOST_FACTOR = 1.5;

export interface HourlyForecast {
  spread: Spread;
  backtest: Backtest | null;
}

/** The coming hours of an hourly series without gaps, at least 72 long. */
export function hourlyForecast(values: Float64Array, hours: number): HourlyForecast {
  const made = ensemble(values, hours);
  const errors = made.trials.map(({ forecasts, came }) => errorsOf(combined(forecasts, made.weights), came));
  const bare = spreadAround(made.middle, errors, made);
  if (made.trials.length < 2) return { spread: bare, backtest: null };
  const judged = judgedTrials(values, made);
  const widths = widthsFrom(judged);
  const trials = judged.map(trial => ({ ...trial, spread: widened(trial.spread, widths) }));
  return { spread: widened(bare, widths), backtest: backtest(trials, (made.trials[0]?.came.length ?? 0) / DAY) };
}

function spreadAround(middle: Float64Array, errors: Errors, { smoothed }: Pick<Ensemble, 'smoothed'>): Spread {
  const wide = band(errors, smoothed, 0.025, middle.length);
  const narrow = band(errors, smoothed, 0.1, middle.length);
  return {
    p2_5: middle.map((value, step) => value - at(wide.below, step)),
    p10: middle.map((value, step) => value - at(narrow.below, step)),
    p50: middle,
    p90: middle.map((value, step) => value + at(narrow.above, step)),
    p97_5: middle.map((value, step) => value + at(wide.above, step)),
  };
}

/** Each trial with weights and bands from the others alone, so that no error is judged by what was fitted to it. */
function judgedTrials(values: Float64Array, made: Ensemble): JudgedTrial[] {
  return made.trials.map(trial => {
    const others = made.trials.filter(other => other !== trial);
    const weights = weightsFrom(others, made.weights.length);
    const middle = combined(trial.forecasts, weights);
    const errors = others.map(({ forecasts, came }) => errorsOf(combined(forecasts, weights), came));
    const past = values.slice(0, trial.known);
    return {
      came: trial.came,
      spread: spreadAround(middle, errors, made),
      seasonal: sameHourBefore(past.slice(-DAY), trial.came.length),
      line: straightLine(past.slice(-WEEK)),
    };
  });
}

/** The factors that make the 80 % and the 95 % band as wide as this very series needs them. */
interface Widths {
  of80: number;
  of95: number;
}

function widthsFrom(judged: readonly JudgedTrial[]): Widths {
  const factor = (low: 'p10' | 'p2_5', high: 'p90' | 'p97_5', held: number): number => {
    const reached = judged.flatMap(({ came, spread }) =>
      Array.from(came, (value, step) => {
        const distance = value - at(spread.p50, step);
        const reach = at(distance < 0 ? spread[low] : spread[high], step) - at(spread.p50, step);
        return reach === 0 ? 1 : distance / reach;
      }),
    );
    const needed = quantile(Float64Array.from(reached), held);
    const trust = judged.length / (judged.length + PRIOR_TRIALS);
    return clamp(1 + trust * (needed - 1), LEAST_FACTOR, MOST_FACTOR);
  };
  return { of80: factor('p10', 'p90', HELD_80), of95: factor('p2_5', 'p97_5', HELD_95) };
}

/** The spread with its bands made wider by their factors, the outer band never within the inner one. */
function widened({ p2_5, p10, p50, p90, p97_5 }: Spread, { of80, of95 }: Widths): Spread {
  const moved = (bound: Float64Array, factor: number): Float64Array =>
    bound.map((value, step) => at(p50, step) + factor * (value - at(p50, step)));
  const [low, high] = [moved(p10, of80), moved(p90, of80)];
  return {
    p2_5: moved(p2_5, of95).map((value, step) => Math.min(value, at(low, step))),
    p10: low,
    p50,
    p90: high,
    p97_5: moved(p97_5, of95).map((value, step) => Math.max(value, at(high, step))),
  };
}
