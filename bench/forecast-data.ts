/** Series to forecast: those of a file that `FORECAST_SERIES` names, else such as operations see, made from a seed. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { seeded } from '../src/decisions/forecast/random.ts';

export interface HourlySeries {
  id: string;
  /** `m4-hourly`: of the M4 competition, whose last 48 values are its test part. */
  group: string;
  /** Hourly means. */
  y: readonly number[];
}

export interface ForecastData {
  /** Where it is from, as told beside the figures. */
  source: string;
  operations: HourlySeries[];
  competition: HourlySeries[];
}

const COMPETITION = 'm4-hourly';

/** A file is JSON, gzipped or not: an array of `{id, group, y}`. */
export function forecastData(): ForecastData {
  const path = process.env.FORECAST_SERIES;
  if (path === undefined || path === '') {
    return { source: 'synthetic series of seed 1 to 20', operations: synthetic(20), competition: [] };
  }
  const bytes = readFileSync(path);
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
  const all = JSON.parse(text) as HourlySeries[];
  const competition = all.filter(({ group }) => group === COMPETITION);
  const operations = all.filter(({ group }) => group !== COMPETITION);
  return {
    source: `${operations.length} series of operations, ${competition.length} of M4 Hourly`,
    operations,
    competition,
  };
}

/** Loads with a daily rhythm of several waves, weekends, wandering level, spikes, and here and there a step; four to eight weeks. */
function synthetic(count: number): HourlySeries[] {
  return Array.from({ length: count }, (_, place) => {
    const random = seeded(place + 1);
    const hours = 24 * (28 + random.below(29));
    const [rhythm, weekend, wander] = [4 + 14 * random.uniform(), 0.3 + 0.7 * random.uniform(), 0.2 + random.uniform()];
    const [second, phase, step] = [0.5 * random.uniform(), random.below(24), random.uniform() < 0.3];
    let level = 30 + 30 * random.uniform();
    let drawn = 0;
    const y = Array.from({ length: hours }, (_value, hour) => {
      if (step && hour === Math.floor(hours / 2)) level += 12;
      level += 0.1 * wander * random.normal();
      drawn = 0.8 * drawn + wander * random.normal();
      const angle = (2 * Math.PI * (hour - phase)) / 24;
      const day =
        rhythm * (Math.sin(angle) + second * Math.cos(2 * angle)) * (Math.floor(hour / 24) % 7 >= 5 ? weekend : 1);
      const spike = random.uniform() < 0.004 ? 15 + 25 * random.uniform() : 0;
      return Math.max(0.5, level + day + drawn + spike);
    });
    return { id: `synthetic-${place + 1}`, group: 'synthetic', y };
  });
}
