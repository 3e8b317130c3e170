import type { ForecastWarning, Sample, WarningCode } from './answer.ts';
import { DAY_MS, HOUR_MS } from './calendar.ts';

/** What is older is of another system than today's. */
const REMEMBERED_DAYS = 800;
/** Beyond it sums of squares overflow; no resource is measured so finely or has so much. */
const MOST = 1e30;
/** A source that restarts reads 0 for a while: at most this share of the samples, in a series that never comes near 0 otherwise. */
const RESET_SHARE = 0.05;
const RESET_FLOOR = 0.25;

export interface HourlyMeans {
  /** By hours since 1970. */
  byHour: ReadonlyMap<number, number>;
  warnings: ForecastWarning[];
}

/** Takes out what cannot be true, told in warnings, and averages the rest by the hour. */
export function readSamples(samples: readonly Sample[], nowMs: number): HourlyMeans {
  const counts = new Map<WarningCode, number>();
  const count = (code: WarningCode): void => void counts.set(code, (counts.get(code) ?? 0) + 1);
  const byMoment = new Map<number, number>();
  let previous = Number.NEGATIVE_INFINITY;
  for (const { at_ms: at, value } of samples) {
    if (!Number.isFinite(at) || !Number.isFinite(value) || value > MOST) {
      count('not_numbers');
      continue;
    }
    if (at < previous) count('clock_steps');
    previous = at;
    if (value < 0) count('negative_values');
    else if (at > nowMs + HOUR_MS) count('samples_from_the_future');
    else if (at > nowMs - REMEMBERED_DAYS * DAY_MS) {
      if (byMoment.has(at)) count('duplicates');
      byMoment.set(at, value);
    }
  }
  for (const at of resets(byMoment)) {
    byMoment.delete(at);
    count('resets');
  }
  const warnings = [...counts].map(([code, found]) => ({ code, message: WORDS[code]?.(found) ?? code }));
  return { byHour: hourlyMeans(byMoment), warnings };
}

const samplesOf = (found: number): string => `${found} ${found === 1 ? 'sample' : 'samples'}`;

const WORDS: Partial<Record<WarningCode, (found: number) => string>> = {
  not_numbers: found => `${samplesOf(found)} held no usable number and were left out.`,
  negative_values: found => `${samplesOf(found)} below 0 were left out: no resource is used less than not at all.`,
  samples_from_the_future: found => `${samplesOf(found)} dated after now were left out.`,
  clock_steps: found => `The clock of the samples went back ${found} times; they were put in order.`,
  duplicates: found => `${samplesOf(found)} came again for the same moment; the last one counts.`,
  resets: found =>
    `${samplesOf(found)} of 0 amid a series that is never near 0 were taken for a restart of the source.`,
};

function resets(byMoment: ReadonlyMap<number, number>): number[] {
  const zeros = [...byMoment].filter(([, value]) => value === 0).map(([at]) => at);
  if (zeros.length === 0 || zeros.length > RESET_SHARE * byMoment.size) return [];
  const others = [...byMoment.values()].filter(value => value > 0).sort((left, right) => left - right);
  const lowest = others[Math.floor(others.length * 0.02)] ?? 0;
  const middle = others[Math.floor(others.length / 2)] ?? 0;
  return lowest > RESET_FLOOR * middle ? zeros : [];
}

function hourlyMeans(byMoment: ReadonlyMap<number, number>): Map<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const [at, value] of byMoment) {
    const hour = Math.floor(at / HOUR_MS);
    const before = sums.get(hour);
    if (before === undefined) sums.set(hour, { sum: value, count: 1 });
    else {
      before.sum += value;
      before.count += 1;
    }
  }
  return new Map(
    [...sums].sort(([left], [right]) => left - right).map(([hour, { sum, count }]) => [hour, sum / count]),
  );
}
