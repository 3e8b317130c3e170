import { autoregression } from './autoregression.ts';
import { holtWinters } from './holt-winters.ts';
import { lagRegression } from './lag-regression.ts';
import { type Seasons, takeOutSeasons } from './seasons.ts';
import { dampedSteps, dampedTrend, type Smoothed, smooth } from './smoothing.ts';
import { at, median } from './statistics.ts';
import { winsorise } from './winsorise.ts';

const DAY = 24;
const WEEK = 168;
/** Hours of history from which a cycle of the recent average is a week. */
const WEEK_AVERAGE_FROM = 504;
const CYCLES = 4;
const FADING = 0.6;

/** What the members say of the coming hours. */
export interface MemberForecasts {
  forecasts: Float64Array[];
  /** The smoothed level without seasons, for its error bounds. */
  smoothed: Smoothed;
}

/** Nine ways to carry an hourly series on, from "as now" to a regression on its past; each is best on some kind of load. */
export function memberForecasts(values: Float64Array, hours: number): MemberForecasts {
  const calm = winsorise(values, DAY);
  const seasons = takeOutSeasons(calm, [DAY, WEEK]);
  const smoothed = smooth(seasons.adjusted);
  const held = withSeasons(seasons, hours, () => smoothed.level);
  const { level, trend, damping } = dampedTrend(seasons.adjusted);
  const carried = autoregression(seasons.adjusted, hours);
  const regressed = withSeasons(seasons, hours, step => at(carried, step - 1));
  return {
    forecasts: [
      new Float64Array(hours).fill(at(values, values.length - 1)),
      new Float64Array(hours).fill(median(values.slice(-DAY))),
      sameHourBefore(values, hours),
      recentCycles(values, values.length >= WEEK_AVERAGE_FROM ? WEEK : DAY, hours),
      held,
      withSeasons(seasons, hours, step => level + trend * dampedSteps(damping, step)),
      regressed,
      lagRegression(calm, hours) ?? regressed,
      holtWinters(calm, DAY, hours),
    ],
    smoothed,
  };
}

/** The seasonal naive forecast. */
export function sameHourBefore(values: Float64Array, hours: number): Float64Array {
  return new Float64Array(hours).map((_, index) => at(values, values.length - DAY + (index % DAY)));
}

function withSeasons(seasons: Seasons, hours: number, level: (step: number) => number): Float64Array {
  return new Float64Array(hours).map((_, index) => level(index + 1) + seasons.ahead(index + 1));
}

function recentCycles(values: Float64Array, period: number, hours: number): Float64Array {
  const cycles = Math.min(CYCLES, Math.floor(values.length / period));
  return new Float64Array(hours).map((_, index) => {
    let [sum, weights, weight] = [0, 0, 1];
    for (let cycle = 1; cycle <= cycles; cycle++) {
      sum += weight * at(values, values.length - period * cycle + (index % period));
      weights += weight;
      weight *= FADING;
    }
    return sum / weights;
  });
}
