import { describe, expect, it } from 'vitest';
import type { Forecast, Sample } from '../../../src/decisions/forecast/answer.ts';
import { forecastSeries } from '../../../src/decisions/forecast/forecast-series.ts';
import { busyHours, DAY_MS, HOUR_MS, NOW_MS, sampled } from './histories.ts';

const good = busyHours(40, 0);
const ask = (samples: readonly Sample[]): Forecast =>
  forecastSeries({ samples, unit: 'percent', threshold: 80, now_ms: NOW_MS, horizon_days: 60, ceiling: 100 });
const codes = ({ warnings }: Forecast): string[] => warnings.map(({ code }) => code);

/** No number but finite ones, anywhere. */
function holdsNoNaN(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(holdsNoNaN);
}

const insufficient: [string, Sample[], string][] = [
  ['nothing', [], 'too_short'],
  ['three points', good.slice(-3), 'too_short'],
  ['six days', good.slice(-6 * 24), 'too_short'],
  ['nothing but NaN', good.map(sample => ({ ...sample, value: Number.NaN })), 'too_short'],
  ['times that are no times', good.map(sample => ({ ...sample, at_ms: Number.NaN })), 'too_short'],
  ['everything negative', good.map(sample => ({ ...sample, value: -sample.value })), 'too_short'],
  ['everything in the future', good.map(sample => ({ ...sample, at_ms: sample.at_ms + 90 * DAY_MS })), 'too_short'],
  ['everything at one moment', good.map(sample => ({ ...sample, at_ms: NOW_MS - HOUR_MS })), 'too_short'],
  ['what ended a month ago', good.map(sample => ({ ...sample, at_ms: sample.at_ms - 30 * DAY_MS })), 'too_old'],
  ['nine samples over a year', sampled(9, 40 * DAY_MS, () => 50), 'too_many_gaps'],
  ['an hour a day beside a day of hours', [...sampled(4, DAY_MS, () => 50), ...good.slice(-24)], 'too_short'],
];

describe('too little history', () => {
  it.each(insufficient)('%s: is said to be insufficient', (_, samples, reason) => {
    const forecast = ask(samples);
    expect(forecast).toMatchObject({ verdict: 'insufficient_history', reason, need_days: 7 });
    expect(holdsNoNaN(forecast)).toBe(true);
    expect(forecast).not.toHaveProperty('daily');
  });

  it('is enough from 7 days on', () => {
    expect(ask(good.slice(-7 * 24)).verdict).toBe('forecast');
  });
});

const at = (place: number, value: number): Sample[] =>
  good.map((sample, index) => (index === place ? { ...sample, value } : sample));
const shuffled = good.map((_, index) => good[(index * 7) % good.length] ?? { at_ms: 0, value: 0 });
const steppedBack = good.map((sample, index) =>
  index < 700 ? sample : { ...sample, at_ms: sample.at_ms - 2 * HOUR_MS },
);
// The clocks change on 25 October: the load comes an hour later by UTC from then on.
const daylightSaving = sampled(
  40 * 24,
  HOUR_MS,
  hour => 50 + 8 * Math.sin((2 * Math.PI * (hour - (hour > 264 ? 1 : 0))) / 24),
);

const sane: [string, Sample[], string[]][] = [
  [
    'NaN and infinity among them',
    [...at(300, Number.NaN), ...at(301, Number.POSITIVE_INFINITY).slice(301, 302)],
    ['not_numbers', 'gaps_filled'],
  ],
  ['a value of 1e308', at(300, 1e308), ['not_numbers', 'gaps_filled']],
  ['a negative value', at(300, -5), ['negative_values', 'gaps_filled']],
  ['a clock that went back', steppedBack, ['clock_steps', 'duplicates']],
  ['no order', shuffled, ['clock_steps']],
  ['each sample twice', good.flatMap(sample => [sample, sample]), ['duplicates']],
  ['two days missing', good.filter((_, index) => index < 500 || index >= 548), ['gaps_filled']],
  [
    'a restart of the source',
    good.map((sample, index) => (index >= 400 && index < 403 ? { ...sample, value: 0 } : sample)),
    ['resets', 'gaps_filled'],
  ],
  ['one of 1970', [{ at_ms: 0, value: 50 }, ...good], []],
  ['one spike', at(500, 1000), []],
  ['daylight saving', daylightSaving, []],
  ['a constant', good.map(sample => ({ ...sample, value: 50 })), []],
  ['zeros', good.map(sample => ({ ...sample, value: 0 })), []],
  ['a constant at the threshold', good.map(sample => ({ ...sample, value: 80 })), []],
  ['the smallest numbers', good.map(sample => ({ ...sample, value: Number.MIN_VALUE })), []],
];

describe('bad history', () => {
  it.each(sane)('%s: gives finite numbers, a warning, and no date out of nothing', (_, samples, warnings) => {
    const forecast = ask(samples);
    expect(forecast.verdict).toBe('forecast');
    expect(holdsNoNaN(forecast)).toBe(true);
    expect(
      codes(forecast).filter(
        code => !['short_history', 'no_yearly_seasonality', 'horizon_beyond_history'].includes(code),
      ),
    ).toEqual(warnings);
    expect(forecast).toMatchObject({ crossing: { p10: null, p50: null, p90: null, already_above: false } });
  });

  it('of a constant goes on as that constant, with a backtest without error', () => {
    const forecast = ask(good.map(sample => ({ ...sample, value: 50 })));
    expect(forecast).toMatchObject({
      growth: { per_30_days: { p2_5: 0, p97_5: 0 }, level_shifts: [] },
      backtest: { daily: { mae: 0, ratio_to_seasonal_naive: null, ratio_to_linear: null, coverage_80: 1 } },
    });
    if (forecast.verdict !== 'forecast') throw new Error(forecast.message);
    for (const point of [...forecast.hourly, ...forecast.daily]) {
      expect(point.p2_5).toBeCloseTo(50, 9);
      expect(point.p97_5).toBeCloseTo(50, 9);
    }
  });

  it('with zeros that belong to it keeps them', () => {
    const nightly = sampled(30 * 24, HOUR_MS, hour => (hour % 24 < 6 ? 0 : 40));
    expect(codes(ask(nightly))).not.toContain('resets');
  });
});
