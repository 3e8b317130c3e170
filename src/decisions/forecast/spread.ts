import type { Quantiles } from './answer.ts';
import { at } from './statistics.ts';

/** The quantiles of a forecast by step ahead. */
export type Spread = Readonly<Record<keyof Quantiles, Float64Array>>;

/** Those of one step, each shown as `shown` makes of it. */
export function quantilesAt(spread: Spread, step: number, shown: (value: number) => number): Quantiles {
  return {
    p2_5: shown(at(spread.p2_5, step)),
    p10: shown(at(spread.p10, step)),
    p50: shown(at(spread.p50, step)),
    p90: shown(at(spread.p90, step)),
    p97_5: shown(at(spread.p97_5, step)),
  };
}
