import { type MemberForecasts, memberForecasts } from './members.ts';
import { at } from './statistics.ts';

const DAY = 24;
/** Share of history the trial forecasts may look ahead into. */
const AHEAD_SHARE = 0.3;
const MOST_TRIALS = 8;
const LEAST_TRAINING = 72;
const ENOUGH_TRAINING = 400;
const TRAINING_SHARE = 0.55;
/** How strongly the better member counts, and what part is shared equally. */
const POWER = 8;
const EQUAL_SHARE = 0.05;
const LEAST_ERROR = 1e-9;

/** What every member would have said at an earlier time, and what came. */
export interface Trial {
  /** Values known at that time. */
  known: number;
  forecasts: Float64Array[];
  came: Float64Array;
}

/** Trial forecasts from rolling origins, the latest first; as far ahead as asked, or less where history is short. */
export function trials(values: Float64Array, hours: number): Trial[] {
  const count = values.length;
  const ahead = Math.min(hours, DAY * Math.max(1, Math.floor((count * AHEAD_SHARE) / DAY)));
  const least = Math.max(LEAST_TRAINING, Math.min(ENOUGH_TRAINING, Math.floor(count * TRAINING_SHARE)));
  const latest = count - ahead;
  const step = Math.max(12, Math.floor((latest - least) / MOST_TRIALS / 12) * 12);
  const made: Trial[] = [];
  for (let known = latest; known >= least && made.length < MOST_TRIALS; known -= step) {
    const { forecasts } = memberForecasts(values.slice(0, known), ahead);
    made.push({ known, forecasts, came: values.slice(known, known + ahead) });
  }
  return made;
}

/** What each of `count` members counts: its mean absolute error in the trials to the power of −8; alike without trials. */
export function weightsFrom(made: readonly Trial[], count: number): Float64Array {
  const errors = new Float64Array(count).map((_, member) => {
    let sum = 0;
    for (const { forecasts, came } of made) {
      came.forEach((value, step) => {
        sum += Math.abs(at(forecasts[member] ?? came, step) - value);
      });
    }
    return sum / Math.max(1, made.length * (made[0]?.came.length ?? 1)) + LEAST_ERROR;
  });
  const least = Math.min(...errors);
  const merits = errors.map(error => (least / error) ** POWER);
  const sum = merits.reduce((total, merit) => total + merit, 0);
  return merits.map(merit => ((1 - EQUAL_SHARE) * merit) / sum + EQUAL_SHARE / count);
}

/** Half the weighted mean, half the weighted median of the members. */
export function combined(forecasts: readonly Float64Array[], weights: Float64Array): Float64Array {
  const order = forecasts.map((_, member) => member);
  return new Float64Array(forecasts[0]?.length ?? 0).map((_, step) => {
    const of = (member: number): number => forecasts[member]?.[step] ?? 0;
    order.sort((left, right) => of(left) - of(right));
    let [sum, weight, middle] = [0, 0, Number.NaN];
    for (const member of order) {
      sum += at(weights, member) * of(member);
      weight += at(weights, member);
      if (Number.isNaN(middle) && weight >= 0.5) middle = of(member);
    }
    return (sum + (Number.isNaN(middle) ? sum : middle)) / 2;
  });
}

export interface Ensemble {
  /** The middle forecast. */
  middle: Float64Array;
  trials: readonly Trial[];
  weights: Float64Array;
  smoothed: MemberForecasts['smoothed'];
}

export function ensemble(values: Float64Array, hours: number): Ensemble {
  const { forecasts, smoothed } = memberForecasts(values, hours);
  const made = trials(values, hours);
  const weights = weightsFrom(made, forecasts.length);
  return { middle: combined(forecasts, weights), trials: made, weights, smoothed };
}
