import { type Fitted, robustRegression } from './robust-regression.ts';
import { at } from './statistics.ts';
import { straightLine } from './straight-line.ts';

const MOST_SHIFTS = 2;
/** Days between two shifts, and between a shift and either end. */
const LEAST_STRETCH = 10;
/** A shift must lower the log of the squares this often the log of the days, and exceed the usual deviation this often. */
const EVIDENCE = 4;
const LEAST_SIZE = 3;
const REACH = 1.5;

export interface Shift {
  /** Place of the first value at the new level. */
  place: number;
  size: number;
}

/** A robust line with steps through daily values; growth that changed lately is taken from the last third alone. */
export interface Trend {
  slope: number;
  /** At the last value. */
  level: number;
  residuals: Float64Array;
  shifts: Shift[];
}

export function trendOf(values: Float64Array): Trend {
  const count = values.length;
  let places: number[] = [];
  let fitted = fitSteps(values, places);
  while (places.length < MOST_SHIFTS) {
    const place = bestStep(values, fitted.residuals, places);
    if (place === undefined) break;
    const finer = fitSteps(values, [...places, place]);
    const gain = count * Math.log(cappedSquares(fitted) / cappedSquares(finer));
    const size = Math.abs(at(finer.weights, finer.weights.length - 1));
    if (!(gain > EVIDENCE * Math.log(count) && size > LEAST_SIZE * finer.deviation)) break;
    places = [...places, place];
    fitted = finer;
  }
  const shifts = places.map((place, index) => ({ place, size: at(fitted.weights, 2 + index) }));
  return recentChange(values, fitted, shifts) ?? whole(fitted, shifts);
}

function whole({ weights, residuals }: Fitted, shifts: Shift[]): Trend {
  const level = shifts.reduce((sum, { size }) => sum + size, at(weights, 0));
  return { slope: at(weights, 1), level, residuals, shifts };
}

/** The line through the last third, when its slope is plainly another (4 standard errors) than that of the whole. */
function recentChange(values: Float64Array, { weights }: Fitted, shifts: Shift[]): Trend | undefined {
  const days = Math.max(21, Math.floor(values.length / 3));
  const start = values.length - days;
  if (values.length < 60 || shifts.some(({ place }) => place > start)) return undefined;
  const recent = straightLine(values.slice(start));
  if (Math.abs(recent.slope - at(weights, 1)) <= 4 * recent.slopeError) return undefined;
  return { slope: recent.slope, level: recent.level, residuals: recent.residuals, shifts };
}

function fitSteps(values: Float64Array, steps: readonly number[]): Fitted {
  const columns = 2 + steps.length;
  const rows = new Float64Array(values.length * columns);
  for (let place = 0; place < values.length; place++) {
    rows.set([1, place - values.length + 1, ...steps.map(step => (place >= step ? 1 : 0))], place * columns);
  }
  const ridge = new Float64Array(columns).fill(1e-9);
  return robustRegression({ rows, columns, targets: values, ridge, reach: REACH, rounds: 5 });
}

/** Squares of the residuals, each at most that of 3 deviations: a spike must not look like a reason for a step. */
function cappedSquares({ residuals, deviation }: Fitted): number {
  const most = 9 * deviation * deviation;
  return residuals.reduce((sum, residual) => sum + Math.min(residual * residual, most), 0) || Number.MIN_VALUE;
}

/** The place where a step and a new line together explain the most of the residuals. */
function bestStep(values: Float64Array, residuals: Float64Array, taken: readonly number[]): number | undefined {
  const count = values.length;
  const middle = (count - 1) / 2;
  const spread = (count * (count * count - 1)) / 12;
  const { slope } = straightLine(residuals);
  const average = residuals.reduce((sum, residual) => sum + residual, 0) / count;
  let best: { place: number; gain: number } | undefined;
  let after = 0;
  for (let place = count - 1; place >= LEAST_STRETCH; place--) {
    after += at(residuals, place) - average - slope * (place - middle);
    const days = count - place;
    // The step without its own mean and slope: what is left of it once the line has taken its part.
    const lean = (days * place) / 2;
    const own = days - (days * days) / count - (lean * lean) / spread;
    const isFree = taken.every(other => Math.abs(other - place) >= LEAST_STRETCH);
    if (days > LEAST_STRETCH && isFree && own > 0) {
      const gain = (after * after) / own;
      if (best === undefined || gain > best.gain) best = { place, gain };
    }
  }
  return best?.place;
}

/** Share of a residual that is carried to the next day, from 0 to 0.9. */
export function persistence(residuals: Float64Array): number {
  let [together, squares] = [0, 0];
  residuals.forEach((residual, place) => {
    if (place > 0) together += residual * at(residuals, place - 1);
    squares += residual * residual;
  });
  return squares > 0 ? Math.min(0.9, Math.max(0, together / squares)) : 0;
}
