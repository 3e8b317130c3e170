import type { Counter } from './counter.ts';
import type { Bar, Spread } from './counters.ts';
import { CPU, type Fleet, MEMORY, PODS, type PodClass } from './fleet.ts';

export const isOfNode = ({ counter }: Bar): boolean => counter.domains.isPerNode;

const shareOf = (all: number, free: number, asked: number): number => {
  const share = all > 0 ? (all - free + asked) / all : 1;
  return Math.min(share, 1);
};

/** LeastAllocated and BalancedAllocation of CPU and memory with the pod on the node, each of weight 1; 2 is best. */
function scoreOf(
  cpuAll: number,
  cpuFree: number,
  cpu: number,
  memoryAll: number,
  memoryFree: number,
  memory: number,
): number {
  const cpuShare = shareOf(cpuAll, cpuFree, cpu);
  const memoryShare = shareOf(memoryAll, memoryFree, memory);
  return 2 - (cpuShare + memoryShare) / 2 - Math.abs(cpuShare - memoryShare) / 2;
}

/** kube-scheduler's filters that depend on the pods that are there, and its score, for pods of one class. */
export class Judge {
  readonly #open: Uint8Array;
  readonly #cpuFree: Float64Array;
  readonly #memoryFree: Float64Array;
  readonly #slotsFree: Float64Array;
  readonly #cpuAll: Float64Array;
  readonly #memoryAll: Float64Array;
  readonly #cpu: number;
  readonly #memory: number;
  /** Resources that not every pod asks for. */
  readonly #others: readonly { free: Float64Array; amount: number }[];
  readonly #bars: readonly Counter[];
  readonly #wideBars: readonly Counter[];
  readonly #needs: readonly Counter[];
  readonly #needsOwn: boolean;
  readonly #spreads: readonly Spread[];
  /** Of each spread constraint the pods that a domain may have before the next one comes. */
  readonly #most: number[];
  #isFirst = false;
  /** Nothing is asked of domains. */
  readonly isFree: boolean;

  constructor(fleet: Fleet, { columns, amounts, bars, needs, needsOwn, spreads }: PodClass) {
    const none = new Float64Array();
    const asked = (column: number): number => amounts[columns.indexOf(column)] ?? 0;
    this.#open = fleet.open;
    this.#cpuFree = fleet.free[CPU] ?? none;
    this.#memoryFree = fleet.free[MEMORY] ?? none;
    this.#slotsFree = fleet.free[PODS] ?? none;
    this.#cpuAll = fleet.capacity[CPU] ?? none;
    this.#memoryAll = fleet.capacity[MEMORY] ?? none;
    this.#cpu = asked(CPU);
    this.#memory = asked(MEMORY);
    this.#others = columns.flatMap((column, at) =>
      column <= PODS ? [] : [{ free: fleet.free[column] ?? none, amount: amounts[at] ?? 0 }],
    );
    this.#bars = bars.filter(isOfNode).map(({ counter }) => counter);
    this.#wideBars = bars.filter(bar => !isOfNode(bar)).map(({ counter }) => counter);
    this.#needs = needs;
    this.#needsOwn = needsOwn;
    this.#spreads = spreads;
    this.#most = spreads.map(() => 0);
    this.isFree = this.#wideBars.length + needs.length + spreads.length === 0;
    this.next();
  }

  /** Whether a node takes a pod as far as the node alone is concerned: open, resources, ports, pods that don't go together. */
  takes(node: number): boolean {
    if (this.#open[node] !== 1 || (this.#slotsFree[node] ?? 0) < 1) return false;
    if (this.#cpu > 0 && (this.#cpuFree[node] ?? 0) < this.#cpu) return false;
    if (this.#memory > 0 && (this.#memoryFree[node] ?? 0) < this.#memory) return false;
    return this.#others.length + this.#bars.length === 0 || this.#takesFurther(node);
  }

  #takesFurther(node: number): boolean {
    for (const { free, amount } of this.#others) if ((free[node] ?? 0) < amount) return false;
    return !this.#isBarred(node);
  }

  /** Closed, or with pods that don't go together with this one, or that hold its port. */
  #isBarred(node: number): boolean {
    if (this.#open[node] !== 1) return true;
    for (const bar of this.#bars) if ((bar.at(node) ?? 0) > 0) return true;
    return false;
  }

  score(node: number): number {
    return scoreOf(
      this.#cpuAll[node] ?? 0,
      this.#cpuFree[node] ?? 0,
      this.#cpu,
      this.#memoryAll[node] ?? 0,
      this.#memoryFree[node] ?? 0,
      this.#memory,
    );
  }

  /** Sorts the candidates that take a pod by cell, from `ends` on in `ranked`, and moves `ends` along; with their scores by node. */
  rankInto(
    candidates: Int32Array,
    cellOf: Int16Array,
    ends: Int32Array,
    ranked: Int32Array,
    scores: Float64Array,
  ): void {
    const [open, slots, cpuFree, memoryFree] = [this.#open, this.#slotsFree, this.#cpuFree, this.#memoryFree];
    const [cpuAll, memoryAll, cpu, memory] = [this.#cpuAll, this.#memoryAll, this.#cpu, this.#memory];
    const leastCpu = cpu > 0 ? cpu : Number.NEGATIVE_INFINITY;
    const leastMemory = memory > 0 ? memory : Number.NEGATIVE_INFINITY;
    const isPlain = this.#others.length + this.#bars.length === 0;
    for (let at = 0; at < candidates.length; at += 1) {
      const node = candidates[at] ?? 0;
      const freeCpu = cpuFree[node] ?? 0;
      const freeMemory = memoryFree[node] ?? 0;
      if (freeCpu < leastCpu || freeMemory < leastMemory || (slots[node] ?? 0) < 1 || open[node] !== 1) continue;
      if (!isPlain && !this.#takesFurther(node)) continue;
      scores[node] = scoreOf(cpuAll[node] ?? 0, freeCpu, cpu, memoryAll[node] ?? 0, freeMemory, memory);
      const cell = cellOf[node] ?? 0;
      const end = ends[cell] ?? 0;
      ranked[end] = node;
      ends[cell] = end + 1;
    }
  }

  /** Looks at the domains as they are now: to be called after each pod. */
  next(): void {
    for (let at = 0; at < this.#spreads.length; at += 1) {
      const spread = this.#spreads[at];
      if (spread) this.#most[at] = spread.counter.least(spread.minDomains) + spread.maxSkew - spread.own;
    }
    this.#isFirst = this.#needsOwn && this.#needs.every(({ total }) => total === 0);
  }

  /** Whether the domains of a node take the next pod. */
  admits(node: number): boolean {
    return this.isFree || (!this.#isApart(node) && this.#isSpread(node) && this.#isBeside(node));
  }

  #isApart(node: number): boolean {
    for (const bar of this.#wideBars) if ((bar.at(node) ?? 0) > 0) return true;
    return false;
  }

  #isSpread(node: number): boolean {
    for (let at = 0; at < this.#spreads.length; at += 1) {
      const there = this.#spreads[at]?.counter.at(node);
      if (there === undefined || there > (this.#most[at] ?? 0)) return false;
    }
    return true;
  }

  #isBeside(node: number): boolean {
    for (const need of this.#needs) {
      const there = need.at(node);
      if (there === undefined || (there === 0 && !this.#isFirst)) return false;
    }
    return true;
  }

  /** Which filter of the domains keeps the next pod from a node. */
  domainBlocker(node: number): 'topology spread' | 'anti-affinity' | 'affinity' | undefined {
    if (!this.#isSpread(node)) return 'topology spread';
    if (this.#isApart(node)) return 'anti-affinity';
    return this.#isBeside(node) ? undefined : 'affinity';
  }
}
