import { mean, median } from './statistics.ts';

const FADING = 0.8;
const ROUNDS = 2;
const RECENT_CYCLES = 8;
/** Width of the level once the seasons are taken out. */
const LEVEL_HOURS = 25;

export interface Seasons {
  /** The values without their seasons. */
  adjusted: Float64Array;
  /** What the seasons add `ahead` steps after the last value (from 1). */
  ahead: (ahead: number) => number;
}

/**
 * Takes the seasonal profiles of the given periods out of a series: each the mean of its cycles, recent ones first, half of it their
 * median, shrunk by how well cycles repeat (Spearman-Brown of the correlation at one period). Phases are counted from the end.
 */
export function takeOutSeasons(values: Float64Array, allPeriods: readonly number[]): Seasons {
  const periods = allPeriods.filter(period => values.length >= 2 * period);
  const profiles = periods.map(period => new Float64Array(period));
  const season = (place: number, except: number): number => {
    let sum = 0;
    for (let index = 0; index < periods.length; index++) {
      if (index !== except) sum += profiles[index]?.[phase(place, periods[index] ?? 1)] ?? 0;
    }
    return sum;
  };
  const without = (except: number, level?: Float64Array): Float64Array =>
    values.map(
      (value, index) => value - (level === undefined ? 0 : (level[index] ?? 0)) - season(index - values.length, except),
    );

  const widest = Math.max(0, ...periods);
  let level = widest > 0 ? movingMean(values, widest) : new Float64Array(values.length).fill(mean(values));
  for (let round = 0; round < ROUNDS; round++) {
    periods.forEach((period, index) => {
      const rest = without(index, level);
      const repeats = reliability(rest, period);
      profiles[index] = profile(rest, period).map(value => value * repeats);
    });
    level = movingMean(without(-1), Math.min(LEVEL_HOURS, values.length));
  }
  return { adjusted: without(-1), ahead: steps => season(steps - 1, -1) };
}

/** `place` counts from the end of history: −1 is the last value, 0 the next. */
const phase = (place: number, period: number): number => ((place % period) + period) % period;

function profile(values: Float64Array, period: number): Float64Array {
  const cycles = Math.ceil(values.length / period);
  const seen = new Float64Array(cycles);
  const shape = new Float64Array(period).map((_, place) => {
    let [sum, weights, weight, count] = [0, 0, 1, 0];
    for (let index = values.length - period + place; index >= 0; index -= period) {
      const value = values[index] ?? 0;
      seen[count++] = value;
      sum += weight * value;
      weights += weight;
      weight *= FADING;
    }
    return count >= 3 ? (median(seen.subarray(0, Math.min(count, RECENT_CYCLES))) + sum / weights) / 2 : sum / weights;
  });
  const middle = mean(shape);
  return shape.map(value => value - middle);
}

function reliability(values: Float64Array, period: number): number {
  let [together, alone] = [0, 0];
  for (let index = period; index < values.length; index++) {
    const [now, before] = [values[index] ?? 0, values[index - period] ?? 0];
    together += now * before;
    alone += (now * now + before * before) / 2;
  }
  const correlation = alone > 0 ? Math.max(0, together / alone) : 0;
  const cycles = Math.floor(values.length / period);
  return (correlation * cycles) / (1 + (cycles - 1) * correlation);
}

/** Centred, with half weights at the ends of an even width; the ends of the series hold the outermost mean. */
function movingMean(values: Float64Array, width: number): Float64Array {
  const half = Math.floor(width / 2);
  const sums = new Float64Array(values.length + 1);
  for (let index = 0; index < values.length; index++) sums[index + 1] = (sums[index] ?? 0) + (values[index] ?? 0);
  const sum = (from: number, to: number): number => (sums[to] ?? 0) - (sums[from] ?? 0);
  const last = values.length - 1 - half;
  if (last < half) return new Float64Array(values.length).fill(mean(values));
  const means = new Float64Array(values.length);
  for (let index = half; index <= last; index++) {
    const [from, to] = [index - half, index + half];
    means[index] = width % 2 === 1 ? sum(from, to + 1) / width : (sum(from, to) + sum(from + 1, to + 1)) / (2 * width);
  }
  return means.fill(means[half] ?? 0, 0, half).fill(means[last] ?? 0, last + 1);
}
