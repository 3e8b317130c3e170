import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { Forecast, ForecastMade, Quantiles, Sample } from '../../../src/decisions/forecast/answer.ts';
import { forecastSeries } from '../../../src/decisions/forecast/forecast-series.ts';
import { busyHours, DAY_MS, HOUR_MS, NOW_MS } from './histories.ts';

const ask = (samples: readonly Sample[], threshold = 80, seed = 1): Forecast =>
  forecastSeries({ samples, unit: 'percent', threshold, now_ms: NOW_MS, horizon_days: 40, seed });

function made(forecast: Forecast): ForecastMade {
  if (forecast.verdict !== 'forecast') throw new Error(forecast.message);
  return forecast;
}

const holdsNoNaN = (value: unknown): boolean => {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(holdsNoNaN);
};
const inOrder = ({ p2_5, p10, p50, p90, p97_5 }: Quantiles): boolean =>
  p2_5 <= p10 && p10 <= p50 && p50 <= p90 && p90 <= p97_5;
const rises = (values: readonly number[]): boolean =>
  values.every((value, place) => value >= (values[place - 1] ?? 0) && value <= 1);

/** Anything a source may hand over: daily values of any size with gaps, spikes, what is no number, and moments out of order. */
const wildValue = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 0, max: 100, noNaN: true }) },
  { weight: 1, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.constantFrom(0, Number.NaN, -1, 1e29, Number.MIN_VALUE) },
);
const wildHistory = fc
  .array(fc.tuple(fc.integer({ min: -2, max: 120 }), fc.integer({ min: 0, max: 23 }), wildValue), { maxLength: 150 })
  .map(all => all.map(([day, hour, value]) => ({ at_ms: NOW_MS - day * DAY_MS - hour * HOUR_MS, value })));

describe('whatever the history', () => {
  test.prop([wildHistory, fc.double({ min: -10, max: 200, noNaN: true })], { numRuns: 60 })(
    'no number is NaN, quantiles are in order and the probability of crossing never falls',
    (samples, threshold) => {
      const forecast = ask(samples, threshold);
      expect(holdsNoNaN(forecast)).toBe(true);
      if (forecast.verdict !== 'forecast') return;
      expect([...forecast.hourly, ...forecast.daily, forecast.growth.per_30_days].every(inOrder)).toBe(true);
      expect(rises(forecast.crossing?.probability_by_day ?? [])).toBe(true);
      const dates = [forecast.crossing?.p10, forecast.crossing?.p50, forecast.crossing?.p90].map(
        date => date ?? '9999',
      );
      expect(dates).toEqual(dates.toSorted());
      expect(forecast.daily.every(({ p2_5 }) => p2_5 >= 0)).toBe(true);
    },
  );
});

describe('a forecast of hours', () => {
  const loads = fc.record({
    days: fc.integer({ min: 8, max: 24 }),
    growth: fc.double({ min: -0.3, max: 0.6, noNaN: true }),
    seed: fc.integer({ min: 1, max: 10_000 }),
  });

  test.prop([loads, fc.integer()], { numRuns: 3 })(
    'is the same for the same question, byte for byte',
    ({ days, growth, seed }, drawn) => {
      const samples = busyHours(days, growth, seed);
      expect(JSON.stringify(ask(samples, 80, drawn))).toBe(JSON.stringify(ask(samples, 80, drawn)));
    },
  );

  test.prop([loads, fc.integer({ min: -20, max: 20 })], { numRuns: 3 })(
    'in a unit 2ⁿ times smaller has the same numbers 2ⁿ times larger, and the same dates',
    ({ days, growth, seed }, power) => {
      const scale = 2 ** power;
      const samples = busyHours(days, growth, seed);
      const one = made(ask(samples));
      const other = made(
        ask(
          samples.map(({ at_ms, value }) => ({ at_ms, value: value * scale })),
          80 * scale,
        ),
      );
      const scaled = (point: Quantiles): number[] => [point.p2_5, point.p50, point.p97_5].map(value => value * scale);
      const plain = (point: Quantiles): number[] => [point.p2_5, point.p50, point.p97_5];
      expect(other.hourly.map(plain)).toEqual(one.hourly.map(scaled));
      expect(other.daily.map(plain)).toEqual(one.daily.map(scaled));
      expect({ ...other.crossing, threshold: 80 }).toEqual(one.crossing);
    },
  );

  test.prop([loads, fc.integer({ min: 1, max: 40 })], { numRuns: 3 })(
    'of a load with a constant more on top is that much more',
    ({ days, growth, seed }, more) => {
      const samples = busyHours(days, growth, seed);
      const one = made(ask(samples));
      const other = made(ask(samples.map(({ at_ms, value }) => ({ at_ms, value: value + more }))));
      other.hourly.forEach((point, place) => {
        expect(point.p50 - more).toBeCloseTo(one.hourly[place]?.p50 ?? Number.NaN, 3);
      });
      other.daily.forEach((point, place) => {
        expect(point.p90 - more).toBeCloseTo(one.daily[place]?.p90 ?? Number.NaN, 3);
      });
    },
  );

  test.prop([loads, fc.integer({ min: 55, max: 75 })], { numRuns: 3 })(
    'crosses a higher threshold no sooner',
    ({ days, growth, seed }, threshold) => {
      const samples = busyHours(days, growth, seed);
      const [lower, higher] = [made(ask(samples, threshold)), made(ask(samples, threshold + 3))];
      higher.crossing?.probability_by_day.forEach((probability, place) => {
        expect(probability).toBeLessThanOrEqual(lower.crossing?.probability_by_day[place] ?? 0);
      });
    },
  );
});
