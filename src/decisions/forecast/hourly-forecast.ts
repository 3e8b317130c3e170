import type { Backtest } from './answer.ts';
import { backtest } from './backtest.ts';
import { band, type Errors, errorsOf } from './bands.ts';
import { combined, type Ensemble, ensemble, weightsFrom } from './ensemble.ts';
import { sameHourBefore } from './members.ts';
import type { Spread } from './spread.ts';
import { at } from './statistics.ts';
import { straightLine } from './straight-line.ts';

const WEEK = 168;
const DAY = 24;

export interface HourlyForecast {
  spread: Spread;
  backtest: Backtest | null;
}

/** The coming hours of an hourly series without gaps, at least 72 long. */
export function hourlyForecast(values: Float64Array, hours: number): HourlyForecast {
  const made = ensemble(values, hours);
  const errors = made.trials.map(({ forecasts, came }) => errorsOf(combined(forecasts, made.weights), came));
  return { spread: spreadAround(made.middle, errors, made), backtest: backtestOf(values, made) };
}

function spreadAround(middle: Float64Array, errors: Errors, { smoothed }: Pick<Ensemble, 'smoothed'>): Spread {
  const wide = band(errors, smoothed, 0.025, middle.length);
  const narrow = band(errors, smoothed, 0.1, middle.length);
  return {
    p2_5: middle.map((value, step) => value - Math.max(at(wide.below, step), at(narrow.below, step))),
    p10: middle.map((value, step) => value - at(narrow.below, step)),
    p50: middle,
    p90: middle.map((value, step) => value + at(narrow.above, step)),
    p97_5: middle.map((value, step) => value + Math.max(at(wide.above, step), at(narrow.above, step))),
  };
}

/** Each trial judged with weights and bands from the others alone, so that nothing is judged by what it was fitted to. */
function backtestOf(values: Float64Array, made: Ensemble): Backtest | null {
  if (made.trials.length < 2) return null;
  return backtest(
    made.trials.map(trial => {
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
    }),
    (made.trials[0]?.came.length ?? 0) / DAY,
  );
}
