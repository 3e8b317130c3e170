import { describe, expect, it } from 'vitest';
import type { Forecast, ForecastMade, ForecastQuestion, Sample } from '../../../src/decisions/forecast/answer.ts';
import { forecastSeries } from '../../../src/decisions/forecast/forecast-series.ts';
import { busyHours, DAY_MS, HOUR_MS, NOW_MS, noise, sampled } from './histories.ts';

const asked = (samples: readonly Sample[], more: Partial<ForecastQuestion> = {}): Forecast =>
  forecastSeries({ samples, unit: 'percent', threshold: 80, now_ms: NOW_MS, horizon_days: 60, ...more });

function made(samples: readonly Sample[], more: Partial<ForecastQuestion> = {}): ForecastMade {
  const forecast = asked(samples, more);
  if (forecast.verdict !== 'forecast') throw new Error(forecast.message);
  return forecast;
}

const codes = ({ warnings }: Forecast): string[] => warnings.map(({ code }) => code);

describe('a growing series', () => {
  const forecast = made(busyHours(60, 0.3));

  it('crosses about when its daily 95th percentile does', () => {
    // About 50 + 18 + 8 + 1 today: three to go at 0.3 a day.
    const { crossing } = forecast;
    expect(crossing?.already_above).toBe(false);
    expect(Date.parse(crossing?.p50 ?? '')).toBeGreaterThan(NOW_MS + 2 * DAY_MS);
    expect(Date.parse(crossing?.p50 ?? '')).toBeLessThan(NOW_MS + 25 * DAY_MS);
    expect(crossing?.probability_by_day.at(-1)).toBeGreaterThan(0.9);
  });

  it('is told its growth in 30 days with bounds around it', () => {
    const { per_30_days: growth, level_shifts: shifts } = forecast.growth;
    expect(growth.p50).toBeGreaterThan(6);
    expect(growth.p50).toBeLessThan(12);
    expect(growth.p10).toBeLessThan(9);
    expect(growth.p90).toBeGreaterThan(9);
    expect(shifts).toEqual([]);
  });

  it('shows a week of hours and every day to the horizon, from today', () => {
    expect(forecast.hourly).toHaveLength(168);
    expect(forecast.hourly[0]?.at).toBe('2026-11-23T01:00:00.000Z');
    expect(forecast.daily).toHaveLength(61);
    expect(forecast.daily[0]?.date).toBe('2026-11-23');
    expect(forecast.daily.at(-1)?.date).toBe('2027-01-22');
    expect(forecast.crossing?.probability_by_day).toHaveLength(61);
  });

  it('beats seasonal naive and the straight line in its own backtest, within honest bands', () => {
    const { hourly, daily } = forecast.backtest;
    expect(hourly?.origins).toBeGreaterThanOrEqual(6);
    expect(hourly?.ratio_to_seasonal_naive).toBeLessThan(0.8);
    expect(hourly?.ratio_to_linear).toBeLessThan(0.5);
    expect(hourly?.coverage_95).toBeGreaterThan(0.85);
    expect(daily?.ratio_to_seasonal_naive).toBeLessThan(1);
  });

  it('says what so little history cannot show', () => {
    expect(codes(forecast)).toEqual(['no_yearly_seasonality']);
    expect(forecast.history).toMatchObject({ resolution: 'hourly', days: 60, gaps_percent: 0 });
  });
});

describe('crossing', () => {
  it('has no date when the series stays below', () => {
    const { crossing } = made(busyHours(60, 0), { horizon_days: 90 });
    expect(crossing).toMatchObject({ p10: null, p50: null, p90: null });
  });

  it('began in the past when the last three days are above', () => {
    const { crossing, daily } = made(sampled(40, DAY_MS, day => (day < 36 ? 60 : 90)));
    expect(crossing).toMatchObject({ already_above: true, p10: '2026-11-19', p50: '2026-11-19', p90: '2026-11-19' });
    expect(crossing?.probability_by_day).toEqual(daily.map(() => 1));
  });

  it('is not asked of a series without a threshold', () => {
    const { threshold: _, ...question } = { threshold: 0, samples: busyHours(20, 0), unit: 'pods', now_ms: NOW_MS };
    expect(forecastSeries({ ...question, horizon_days: 30 })).toMatchObject({ verdict: 'forecast', crossing: null });
  });
});

describe('level shifts', () => {
  it('are told with their day and size and not taken for growth', () => {
    const random = noise(3);
    const { growth, crossing } = made(sampled(90, DAY_MS, day => (day < 50 ? 40 : 60) + 2 * random()));
    expect(growth.level_shifts).toHaveLength(1);
    expect(growth.level_shifts[0]?.date).toBe('2026-10-14');
    expect(growth.level_shifts[0]?.size).toBeCloseTo(20, -0.5);
    expect(Math.abs(growth.per_30_days.p50)).toBeLessThan(4);
    // Another such step may come; it is not to be counted on.
    expect(crossing?.p50).toBeNull();
  });
});

describe('history of other densities', () => {
  it('is taken daily for two years, and then knows a year', () => {
    const random = noise(5);
    const forecast = made(sampled(730, DAY_MS, day => 30 + 0.05 * day + 3 * random()));
    expect(forecast.history).toMatchObject({ resolution: 'daily', days: 730 });
    expect(forecast.hourly).toEqual([]);
    expect(forecast.backtest.hourly).toBeNull();
    expect(codes(forecast)).toEqual(['no_hourly_history']);
    expect(forecast.growth.per_30_days.p50).toBeCloseTo(1.5, 0);
    // 30 + 0.05 × 730 = 66.5: the 80 are 270 days away.
    expect(forecast.crossing?.p10).toBeNull();
  });

  it('is taken daily first and hourly of late as one history', () => {
    const hours = busyHours(30, 0.1);
    const start = hours[0]?.at_ms ?? 0;
    const days = Array.from({ length: 100 }, (_, day) => ({
      at_ms: start - (100 - day) * DAY_MS,
      value: 47.5 + 0.1 * day,
    }));
    const forecast = made([...days, ...hours]);
    expect(forecast.history).toMatchObject({ resolution: 'mixed', days: 129, gaps_percent: expect.closeTo(0.8, 1) });
    expect(forecast.hourly).toHaveLength(168);
    expect(forecast.growth.level_shifts).toEqual([]);
  });

  it('is taken from samples every five minutes', () => {
    const forecast = made(sampled(12 * 24 * 20, HOUR_MS / 12, place => 40 + 5 * Math.sin((2 * Math.PI * place) / 288)));
    expect(forecast.history).toMatchObject({ resolution: 'hourly', days: 20 });
    expect(codes(forecast)).not.toContain('duplicates');
  });

  it('goes on from its end when it ended some days ago', () => {
    const forecast = made(busyHours(60, 0.3), { now_ms: NOW_MS + 4 * DAY_MS });
    expect(codes(forecast)).toContain('history_ended_early');
    expect(forecast.daily[0]?.date).toBe('2026-11-27');
    expect(forecast.hourly).toEqual([]);
  });
});
