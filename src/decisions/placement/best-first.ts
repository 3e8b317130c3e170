import type { Judge } from './judge.ts';

/** A node in a queue: where it stands in its cell's ranking, or FREE of one that has changed since. */
const FREE = -1;

/**
 * The candidates of one cell, best first. Those that did not change since they were ranked come from the ranked heap, which stays as
 * it is and is only walked from its root; the changed ones are queued by what they are worth now.
 */
export class BestFirst {
  readonly #heap: Int32Array;
  readonly #judge: Judge;
  readonly #seen: Int32Array;
  readonly #run: number;
  readonly #nodes: number[] = [];
  readonly #scores: number[] = [];
  readonly #positions: number[] = [];

  /** The nodes that have changed are those `seen` by this run. */
  constructor(heap: Int32Array, judge: Judge, seen: Int32Array, run: number) {
    this.#heap = heap;
    this.#judge = judge;
    this.#seen = seen;
    this.#run = run;
    this.#walk(0);
  }

  get node(): number | undefined {
    return this.#nodes[0];
  }

  get score(): number {
    return this.#scores[0] ?? Number.NEGATIVE_INFINITY;
  }

  /** Queues a changed node. */
  push(node: number): void {
    this.#push(node, FREE);
  }

  /** Takes the best away. */
  pop(): void {
    const position = this.#positions[0] ?? FREE;
    const node = this.#nodes.pop();
    const score = this.#scores.pop();
    const last = this.#positions.pop();
    if (node !== undefined && score !== undefined && last !== undefined && this.#nodes.length > 0)
      this.#sink(node, score, last);
    if (position === FREE) return;
    this.#walk(2 * position + 1);
    this.#walk(2 * position + 2);
  }

  /** Queues a place of the ranked heap, or what is below it where its node has changed. */
  #walk(position: number): void {
    if (position >= this.#heap.length) return;
    const node = this.#heap[position] ?? 0;
    if (this.#seen[node] === this.#run) {
      this.#walk(2 * position + 1);
      this.#walk(2 * position + 2);
    } else {
      this.#push(node, position);
    }
  }

  #push(node: number, position: number): void {
    const score = this.#judge.score(node);
    let at = this.#nodes.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBetter(score, node, this.#scores[parent] ?? 0, this.#nodes[parent] ?? 0)) break;
      this.#set(at, this.#nodes[parent] ?? 0, this.#scores[parent] ?? 0, this.#positions[parent] ?? 0);
      at = parent;
    }
    this.#set(at, node, score, position);
  }

  #sink(node: number, score: number, position: number): void {
    const size = this.#nodes.length;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.#isAhead(right, child)) child = right;
      if (!isBetter(this.#scores[child] ?? 0, this.#nodes[child] ?? 0, score, node)) break;
      this.#set(at, this.#nodes[child] ?? 0, this.#scores[child] ?? 0, this.#positions[child] ?? 0);
      at = child;
    }
    this.#set(at, node, score, position);
  }

  #isAhead(one: number, other: number): boolean {
    return isBetter(this.#scores[one] ?? 0, this.#nodes[one] ?? 0, this.#scores[other] ?? 0, this.#nodes[other] ?? 0);
  }

  #set(at: number, node: number, score: number, position: number): void {
    this.#nodes[at] = node;
    this.#scores[at] = score;
    this.#positions[at] = position;
  }
}

/** The higher score; of equal ones the earlier node, so that every way of placing comes to the same. */
export const isBetter = (score: number, node: number, otherScore: number, otherNode: number): boolean =>
  score > otherScore || (score === otherScore && node < otherNode);

/** Which end of the order is at the root of a heap. */
const BEST = 1;
const WORST = -1;

/** Orders nodes as a heap, the best at its root; with many more than `most`, the best of them only. */
export function heapOf(nodes: Int32Array, scores: Float64Array, most: number): Int32Array {
  if (nodes.length <= 4 * most) return heaped(nodes, scores, BEST);
  // The worst of the best so far is at the root, where the next one has to be better.
  const best = heaped(nodes.subarray(0, most), scores, WORST);
  let worst = best[0] ?? 0;
  let worstScore = scores[worst] ?? 0;
  for (let at = most; at < nodes.length; at += 1) {
    const node = nodes[at] ?? 0;
    if (!isBetter(scores[node] ?? 0, node, worstScore, worst)) continue;
    best[0] = node;
    sink(best, scores, 0, WORST);
    worst = best[0] ?? 0;
    worstScore = scores[worst] ?? 0;
  }
  return heaped(best, scores, BEST);
}

function heaped(nodes: Int32Array, scores: Float64Array, sign: number): Int32Array {
  for (let start = (nodes.length >> 1) - 1; start >= 0; start -= 1) sink(nodes, scores, start, sign);
  return nodes;
}

/** `isBetter`, or with WORST the other way round. */
function isAhead(sign: number, score: number, node: number, otherScore: number, otherNode: number): boolean {
  const difference = (score - otherScore) * sign;
  return difference > 0 || (difference === 0 && (node - otherNode) * sign < 0);
}

function sink(nodes: Int32Array, scores: Float64Array, start: number, sign: number): void {
  const size = nodes.length;
  const node = nodes[start] ?? 0;
  const score = scores[node] ?? 0;
  let at = start;
  for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
    let first = nodes[child] ?? 0;
    if (child + 1 < size) {
      const right = nodes[child + 1] ?? 0;
      if (isAhead(sign, scores[right] ?? 0, right, scores[first] ?? 0, first)) {
        child += 1;
        first = right;
      }
    }
    if (!isAhead(sign, scores[first] ?? 0, first, score, node)) break;
    nodes[at] = first;
    at = child;
  }
  nodes[at] = node;
}
