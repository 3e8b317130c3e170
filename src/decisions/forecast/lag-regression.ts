import { robustRegression } from './robust-regression.ts';
import { at, clamp, median, quantile, robustDeviation, rootMeanSquare } from './statistics.ts';

const DAY = 24;
const WEEK = 168;
/** Hours of history from which the week is looked at. */
const WEEK_FROM = 400;
const DAY_LAGS = [1, 2, 3, 23, 24, 25, 48];
const WEEK_LAGS = [167, 168, 169];
const DAY_WAVES = [1, 2, 3, 4, 5, 6];
const WEEK_WAVES = [1, 2, 3, 4, 5, 6, 8, 9, 10];
const LEAST_ROWS = 72;
const RIDGE = 6;
const BEYOND = 0.2;

/**
 * Robust ridge regression on earlier hours and on waves of the day and the week, carried on hour by hour and kept near what was seen.
 * undefined: too little history.
 */
export function lagRegression(values: Float64Array, steps: number): Float64Array | undefined {
  const count = values.length;
  const hasWeek = count >= WEEK_FROM;
  const lags = hasWeek ? [...DAY_LAGS, ...WEEK_LAGS] : DAY_LAGS;
  const waves = hasWeek
    ? [...DAY_WAVES.map(wave => wave / DAY), ...WEEK_WAVES.map(wave => wave / WEEK)]
    : DAY_WAVES.map(wave => wave / DAY);
  const longest = lags.at(-1) ?? 0;
  if (count - longest < LEAST_ROWS) return undefined;

  const level = median(values);
  const centred = values.map(value => value - level);
  const unit = robustDeviation(centred) || rootMeanSquare(centred) || 1;
  const path = new Float64Array(count + steps);
  path.set(centred.map(value => value / unit));

  const columns = 1 + 2 * waves.length + lags.length;
  const calendar = calendarRows(waves, hasWeek ? WEEK : DAY);
  const write = (row: Float64Array, from: number, index: number): void => {
    row.set(calendar[index % calendar.length] ?? row, from);
    lags.forEach((lag, place) => {
      row[from + 1 + 2 * waves.length + place] = at(path, index - lag);
    });
  };
  const rows = new Float64Array((count - longest) * columns);
  for (let index = longest; index < count; index++) write(rows, (index - longest) * columns, index);
  const { weights } = robustRegression({
    rows,
    columns,
    targets: path.slice(longest, count),
    ridge: new Float64Array(columns).fill(RIDGE).fill(1e-6, 0, 1),
    reach: 1.345,
    rounds: 3,
  });

  const seen = path.slice(0, count);
  const [low, high] = [quantile(seen, 0.002), quantile(seen, 0.998)];
  const room = BEYOND * (high - low);
  const row = new Float64Array(columns);
  for (let index = count; index < path.length; index++) {
    write(row, 0, index);
    let sum = 0;
    for (let column = 0; column < columns; column++) sum += at(row, column) * at(weights, column);
    path[index] = clamp(sum, low - room, high + room);
  }
  return path.subarray(count).map(value => value * unit + level);
}

/** The constant and the waves at each hour of one cycle. */
function calendarRows(waves: readonly number[], cycle: number): Float64Array[] {
  return Array.from({ length: cycle }, (_, hour) =>
    Float64Array.from([
      1,
      ...waves.flatMap(wave => [Math.sin(2 * Math.PI * wave * hour), Math.cos(2 * Math.PI * wave * hour)]),
    ]),
  );
}
