/** Wall clocks are told apart from a steady one by more than this between two turns: far above what time services slew. */
const TOLERANCE_MS = 1_000;

const offset = (): number => Date.now() - performance.now();

/** Sees that the wall clock was set, or that the host slept: what was measured across it is no duration (SAFETY 3: never by time alone). */
export class ClockJumps {
  #offset = offset();

  /** True once after each jump. */
  happened(): boolean {
    const before = this.#offset;
    this.#offset = offset();
    return Math.abs(this.#offset - before) > TOLERANCE_MS;
  }
}
