import { describe, expect, it } from 'vitest';
import { crossingDays, firstSustained, lastingSince } from '../../../src/decisions/forecast/crossing.ts';

const days = (...values: number[]): Float64Array => Float64Array.from(values);

describe('a threshold of 80 is crossed', () => {
  it.each<[string, Float64Array, number | undefined]>([
    ['on the first of three days above it', days(70, 81, 82, 83, 70), 1],
    ['by the first such run only', days(81, 81, 81, 70, 90, 90, 90), 0],
    ['not by two days', days(70, 90, 90, 70, 90, 90), undefined],
    ['not by days at it', days(80, 80, 80, 80), undefined],
    ['not by no days', days(), undefined],
  ])('%s', (_, values, first) => {
    expect(firstSustained(values, 80)).toBe(first);
  });

  it('since the run that lasts to the end began, if that is three days long', () => {
    expect(lastingSince(days(90, 70, 81, 82, 83, 84), 80)).toBe(2);
    expect(lastingSince(days(90, 90, 90, 70, 81, 82), 80)).toBeUndefined();
    expect(lastingSince(days(90, 90, 90, 70), 80)).toBeUndefined();
  });

  it('by a day with the share of the futures that have crossed by then', () => {
    const futures = [
      days(90, 90, 90, 70, 70),
      days(70, 90, 90, 90, 70),
      days(70, 70, 90, 90, 90),
      days(90, 90, 70, 90, 90),
    ];
    const { probability, dayBy } = crossingDays(futures, 80, 3);
    expect(probability).toEqual([0.25, 0.5, 0.75]);
    expect([0.1, 0.5, 0.75, 0.9].map(dayBy)).toEqual([0, 1, 2, undefined]);
    expect(crossingDays(futures, 80, 2).dayBy(0.75)).toBeUndefined();
  });
});
