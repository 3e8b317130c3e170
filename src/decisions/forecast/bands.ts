import type { Smoothed } from './smoothing.ts';
import { at, quantileOfSorted } from './statistics.ts';

/** Hours ahead that share their errors. */
const REACHES = [2, 6, 12, 24, 48, 96, 168];
/** Standard normal quantile of each band, by the share left outside at either end. */
const NORMAL = { 0.1: 1.2815515655446004, 0.025: 1.959963984540054 } as const;
export type Tail = keyof typeof NORMAL;
/** Few trials see few surprises: the bands are this much wider for one trial, less by the root of their number. */
const FEW_TRIALS = 0.35;
const MOST_GROWTH = 2;

/** How far below and above the middle forecast a band reaches, by step ahead. */
export interface Band {
  below: Float64Array;
  above: Float64Array;
}

/** The errors of the trials, `came − said`, one array a trial. */
export type Errors = readonly Float64Array[];

/**
 * The mean of two bands: the spread of this very series' errors in the trials (conformal: no assumption on their shape), and the normal
 * spread of the smoothed level, which knows what few trials have not met.
 */
export function band(errors: Errors, smoothed: Smoothed, tail: Tail, hours: number): Band {
  const seen = errors[0]?.length ?? 0;
  const count = Math.max(1, errors.length);
  const fewTrials = 1 + FEW_TRIALS / Math.sqrt(count);
  const reaches = REACHES.map((last, place) => errorsBetween(errors, REACHES[place - 1] ?? 0, last));
  const below = new Float64Array(hours);
  const above = new Float64Array(hours);
  for (let step = 1; step <= hours; step++) {
    let place = REACHES.findIndex(last => step <= last);
    if (place < 0) place = REACHES.length - 1;
    while (place > 0 && (reaches[place]?.length ?? 0) < 2 * count) place--;
    const those = reaches[place] ?? new Float64Array();
    const share = Math.max(0, tail - 0.5 / Math.max(1, those.length) - (tail * FEW_TRIALS) / Math.sqrt(count));
    const wider = fewTrials * (step > seen && seen > 0 ? Math.min(MOST_GROWTH, Math.sqrt(step / seen)) : 1);
    const normal = NORMAL[tail] * smoothed.deviation * Math.sqrt(1 + (step - 1) * smoothed.rate ** 2);
    below[step - 1] = (Math.max(0, -quantileOfSorted(those, share)) * wider + normal) / 2;
    above[step - 1] = (Math.max(0, quantileOfSorted(those, 1 - share)) * wider + normal) / 2;
  }
  return { below, above };
}

/** Of steps after `from` up to `to`, in rising order. */
function errorsBetween(errors: Errors, from: number, to: number): Float64Array {
  return Float64Array.from(errors.flatMap(trial => [...trial.subarray(from, to)])).sort();
}

/** `came − said` of one trial. */
export function errorsOf(said: Float64Array, came: Float64Array): Float64Array {
  return came.map((value, step) => value - at(said, step));
}
