/** What others would have said, as they are used: in plain form and on the same history. */
import { holtWinters } from '../src/decisions/forecast/holt-winters.ts';

const DAY = 24;
const WEEK = 168;

/** The coming `hours` after a history. */
export type Rival = (history: readonly number[], hours: number) => number[];

const ahead = (hours: number, value: (step: number) => number): number[] =>
  Array.from({ length: hours }, (_, index) => value(index + 1));

const of = (history: readonly number[], place: number): number => history[place] ?? 0;
const last = (history: readonly number[]): number => of(history, history.length - 1);

export const seasonalNaive: Rival = (history, hours) =>
  ahead(hours, step => of(history, history.length - DAY + ((step - 1) % DAY)));

/** PromQL `predict_linear(x[7d], …)`: least squares through the last week. */
export const predictLinear: Rival = (history, hours) => {
  const week = history.slice(-WEEK);
  const middle = (week.length - 1) / 2;
  const average = week.reduce((sum, value) => sum + value, 0) / week.length;
  let [covariance, spread] = [0, 0];
  week.forEach((value, place) => {
    covariance += (place - middle) * (value - average);
    spread += (place - middle) ** 2;
  });
  const slope = spread > 0 ? covariance / spread : 0;
  return ahead(hours, step => average + slope * (middle + step));
};

export const rivals: Readonly<Record<string, Rival>> = {
  naive: (history, hours) => ahead(hours, () => last(history)),
  'seasonal naive': seasonalNaive,
  'predict_linear 7 d': predictLinear,
  'Holt-Winters 24': (history, hours) => [...holtWinters(Float64Array.from(history), DAY, hours)],
};

/** The M4 competition's benchmark: naive on values that a classical multiplicative decomposition has taken the season out of. */
export const naive2: Rival = (history, hours) => {
  const season = seasonIndices(history);
  const level = last(history) / (season[(history.length - 1) % DAY] ?? 1);
  return ahead(hours, step => level * (season[(history.length + step - 1) % DAY] ?? 1));
};

function seasonIndices(history: readonly number[]): number[] {
  if (!isSeasonal(history)) return Array.from({ length: DAY }, () => 1);
  const ratios: number[][] = Array.from({ length: DAY }, () => []);
  for (let place = DAY / 2; place < history.length - DAY / 2; place++) {
    let sum = (of(history, place - DAY / 2) + of(history, place + DAY / 2)) / 2;
    for (let near = place - DAY / 2 + 1; near < place + DAY / 2; near++) sum += of(history, near);
    ratios[place % DAY]?.push((of(history, place) * DAY) / sum);
  }
  const means = ratios.map(those => those.reduce((sum, ratio) => sum + ratio, 0) / those.length);
  const average = means.reduce((sum, value) => sum + value, 0) / DAY;
  return means.map(value => value / average);
}

/** The competition's test: the autocorrelation at one day is beyond 90 % of what chance gives. */
function isSeasonal(history: readonly number[]): boolean {
  const average = history.reduce((sum, value) => sum + value, 0) / history.length;
  const correlation = (lag: number): number => {
    let [together, squares] = [0, 0];
    history.forEach((value, place) => {
      squares += (value - average) ** 2;
      if (place >= lag) together += (value - average) * (of(history, place - lag) - average);
    });
    return squares > 0 ? together / squares : 0;
  };
  let chance = 1;
  for (let lag = 1; lag < DAY; lag++) chance += 2 * correlation(lag) ** 2;
  return Math.abs(correlation(DAY)) > 1.645 * Math.sqrt(chance / history.length);
}
