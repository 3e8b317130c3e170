export interface Random {
  /** From 0 up to 1. */
  uniform: () => number;
  /** Of the standard normal distribution. */
  normal: () => number;
  /** A whole number from 0 up to `count`. */
  below: (count: number) => number;
}

/** The same numbers for the same seed (Mulberry32; normal ones by Box and Muller). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform() + Number.EPSILON)) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal, below: count => Math.floor(uniform() * count) };
}
