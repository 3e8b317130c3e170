import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import init, { MSTL } from '@bsull/augurs/mstl';
import { beforeAll, describe, expect, it } from 'vitest';
import { forecastSeries } from '../../../src/decisions/forecast/forecast-series.ts';
import { busyHours, HOUR_MS, NOW_MS } from './histories.ts';

const DAY = 24;

/** A maintained library's decomposition by LOESS with exponential smoothing, as the measure of what is to be expected. */
beforeAll(async () => {
  await init({
    module_or_path: readFileSync(
      new URL('mstl_bg.wasm', pathToFileURL(createRequire(import.meta.url).resolve('@bsull/augurs/mstl'))),
    ),
  });
});

const errorOf = (said: readonly number[], came: readonly number[]): number =>
  came.reduce((sum, value, step) => sum + Math.abs(value - (said[step] ?? 0)), 0) / came.length;

describe('a day ahead', () => {
  it('of seasonal loads the error is no worse than that of MSTL', () => {
    const errors = { ours: 0, theirs: 0 };
    for (const [seed, growth] of [
      [11, 0],
      [23, 0.2],
      [37, -0.2],
      [41, 0.5],
    ] as const) {
      const load = busyHours(29, growth, seed);
      const [known, coming] = [load.slice(0, -DAY), load.slice(-DAY).map(({ value }) => value)];
      const now = NOW_MS - DAY * HOUR_MS - 1;
      const ours = forecastSeries({ samples: known, unit: 'percent', now_ms: now, horizon_days: 1 });
      if (ours.verdict !== 'forecast') throw new Error(ours.message);
      const model = MSTL.ets([DAY, 7 * DAY]);
      model.fit(Float64Array.from(known, ({ value }) => value));
      errors.ours += errorOf(
        ours.hourly.map(({ p50 }) => p50),
        coming,
      );
      errors.theirs += errorOf(model.predict(DAY).point, coming);
      model.free();
    }
    expect(errors.ours).toBeLessThanOrEqual(errors.theirs);
    // Noise of ±1.5 cannot be forecast; its mean absolute value is 0.75.
    expect(errors.ours / 4).toBeLessThan(1.1);
  });
});
