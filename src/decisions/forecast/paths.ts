import { type Random, seeded } from './random.ts';
import { straightLine } from './straight-line.ts';
import { persistence, type Shift, trendOf } from './trend.ts';
import { takeOutWeekdays, type Weekdays } from './weekdays.ts';

/** Under so many days only the robust trend is simulated: the two others take noise for growth (measured). */
const MIXED_FROM_DAYS = 45;
const BLOCK_DAYS = 7;
const RECENT_DAYS = [20, 30];
/** Growth is not for ever: over as many days as it was seen it may drift by this part of itself. */
const DRIFT = 0.35;
/** Growth fades by the day, as it does in the long run: straight lines promise too much (Gardner and McKenzie 1985). */
const FADING = 0.998;
const LEVEL_RATES = [0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 0.99];
const TREND_RATES = [0.01, 0.03, 0.1, 0.25];
const DAMPINGS = [0.9, 0.95, 0.98, 1];

export interface SimulatedPaths {
  /** Possible futures, each day by day from the day after the last value. */
  paths: Float64Array[];
  shifts: Shift[];
}

/**
 * Futures of a daily series without gaps: a third each from its robust trend with steps, from damped smoothing, and from the lines through
 * its last 20 and 30 days, with the errors each made drawn again. A mix, for none of the three is right alone (measured).
 */
export function simulatePaths(values: Float64Array, days: number, count: number, seed: number): SimulatedPaths {
  // Around the last value: a constant then stays exactly where it is, on either side of a threshold.
  const last = values.at(-1) ?? 0;
  const { paths, shifts } = simulateAround(
    values.map(value => value - last),
    days,
    count,
    seed,
  );
  return { paths: paths.map(path => path.map(value => value + last)), shifts };
}

function simulateAround(values: Float64Array, days: number, count: number, seed: number): SimulatedPaths {
  const random = seeded(seed);
  const weekdays = takeOutWeekdays(values);
  const trend = trendOf(weekdays.adjusted);
  const line = { slope: shrunk(trend), level: trend.level, residuals: trend.residuals };
  const isMixed = values.length >= MIXED_FROM_DAYS;
  const each = isMixed ? Math.ceil(count / 3) : count;
  const paths = linePaths({ ...line, ...lineErrors(trend, 30) }, weekdays, days, each, random);
  if (isMixed) {
    const flat: Weekdays = { adjusted: values, ahead: () => 0 };
    paths.push(...dampedPaths(weekdays, days, each, random));
    for (const last of RECENT_DAYS) {
      const recent = straightLine(values.slice(-last));
      const share = Math.ceil(each / RECENT_DAYS.length);
      paths.push(...linePaths({ ...recent, ...lineErrors(recent, 20) }, flat, days, share, random));
    }
  }
  return { paths, shifts: trend.shifts };
}

interface Line {
  slope: number;
  /** At the last value. */
  level: number;
  residuals: Float64Array;
}

interface LineErrors {
  slopeError: number;
  levelError: number;
  /** How much the slope changes from day to day. */
  drift: number;
}

/** Standard errors as persistent residuals leave them: fewer independent days than days. */
function lineErrors({ slope, residuals }: Line, leastDays: number): LineErrors {
  const count = residuals.length;
  const carried = persistence(residuals);
  const inflation = Math.sqrt((1 + carried) / (1 - carried));
  const deviation = residualDeviation(residuals);
  const slopeError = deviation * Math.sqrt(12 / count ** 3) * inflation;
  const levelError = deviation * Math.sqrt(1 / count) * inflation;
  const drift = Math.max(slopeError, DRIFT * Math.abs(slope)) / Math.sqrt(Math.max(leastDays, count));
  return { slopeError, levelError, drift };
}

function residualDeviation(residuals: Float64Array): number {
  const squares = residuals.reduce((sum, residual) => sum + residual * residual, 0);
  return Math.sqrt(squares / Math.max(1, residuals.length - 2));
}

/** A slope within its error is none (positive-part James-Stein). */
function shrunk(line: Line): number {
  const { slopeError } = lineErrors(line, 1);
  if (slopeError === 0 || line.slope === 0) return line.slope;
  return line.slope * Math.max(0, 1 - (slopeError / line.slope) ** 2);
}

function linePaths(
  { slope, level, residuals, slopeError, levelError, drift }: Line & LineErrors,
  weekdays: Weekdays,
  days: number,
  count: number,
  random: Random,
): Float64Array[] {
  return Array.from({ length: count }, () => {
    const path = new Float64Array(days);
    let growth = slope + slopeError * random.normal();
    let now = level + levelError * random.normal();
    let start = 0;
    for (let day = 0; day < days; day++) {
      const within = day % BLOCK_DAYS;
      if (within === 0) start = random.below(Math.max(1, residuals.length - BLOCK_DAYS + 1));
      growth = FADING * growth + drift * random.normal();
      now += growth;
      path[day] = now + weekdays.ahead(day + 1) + (residuals[Math.min(residuals.length - 1, start + within)] ?? 0);
    }
    return path;
  });
}

interface Damped {
  level: number;
  trend: number;
  levelRate: number;
  trendRate: number;
  damping: number;
  errors: Float64Array;
}

function dampedPaths(weekdays: Weekdays, days: number, count: number, random: Random): Float64Array[] {
  const { level, trend, levelRate, trendRate, damping, errors } = fitDamped(weekdays.adjusted);
  return Array.from({ length: count }, () => {
    const path = new Float64Array(days);
    let [now, growth] = [level, trend];
    for (let day = 0; day < days; day++) {
      const error = errors[random.below(errors.length)] ?? 0;
      const expected = now + damping * growth;
      path[day] = expected + error + weekdays.ahead(day + 1);
      now = expected + levelRate * error;
      growth = damping * growth + levelRate * trendRate * error;
    }
    return path;
  });
}

function fitDamped(values: Float64Array): Damped {
  const start = straightLine(values.slice(0, Math.min(20, values.length >> 1)));
  const first = start.level - start.slope * (start.residuals.length - 1);
  let best: Damped | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const levelRate of LEVEL_RATES) {
    for (const trendRate of TREND_RATES) {
      for (const damping of DAMPINGS) {
        const errors = new Float64Array(values.length);
        let [level, trend, squares] = [first, start.slope, 0];
        for (let day = 0; day < values.length; day++) {
          const expected = level + damping * trend;
          const error = (values[day] ?? 0) - expected;
          errors[day] = error;
          if (day > 5) squares += error * error;
          level = expected + levelRate * error;
          trend = damping * trend + levelRate * trendRate * error;
        }
        if (best === undefined || squares < least) {
          least = squares;
          best = { level, trend, levelRate, trendRate, damping, errors: errors.subarray(6) };
        }
      }
    }
  }
  return best ?? { level: first, trend: 0, levelRate: 1, trendRate: 0, damping: 1, errors: new Float64Array(1) };
}
