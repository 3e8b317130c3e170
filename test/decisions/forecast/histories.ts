import type { Sample } from '../../../src/decisions/forecast/answer.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** A Monday. */
export const NOW_MS = Date.UTC(2026, 10, 23);

/** Noise that is the same in every run. */
export function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648 - 0.5;
  };
}

/** Samples `stepMs` apart, the last one `stepMs` before now. */
export function sampled(count: number, stepMs: number, make: (place: number) => number): Sample[] {
  return Array.from({ length: count }, (_, place) => ({
    at_ms: NOW_MS - (count - place) * stepMs,
    value: make(place),
  }));
}

/** The hours of a busy cluster: a daily rhythm, quiet weekends, growth by the day, and noise. */
export function busyHours(days: number, growthPerDay: number, seed = 7): Sample[] {
  const random = noise(seed);
  return sampled(days * 24, HOUR_MS, hour => {
    const weekend = Math.floor(hour / 24) % 7 >= 5 ? 0.6 : 1;
    return 50 + growthPerDay * (hour / 24) + 8 * weekend * Math.sin((2 * Math.PI * hour) / 24) + 3 * random();
  });
}
