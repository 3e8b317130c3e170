import { heapOf } from './best-first.ts';
import type { Domains } from './counter.ts';
import type { Fleet, PodClass } from './fleet.ts';
import { isOfNode, Judge } from './judge.ts';
import type { StaticVerdict } from './static-filter.ts';

/** With more cells than this a pod's best node is looked for among all nodes: the literal way. */
const MOST_CELLS = 64;

/** Candidates in parts whose nodes are in the same domains of all labels that a class is judged by. */
interface Cells {
  /** Of each node its cell; -1: no candidate. */
  of: Int16Array;
  /** A node of each cell: what holds of its domains holds in all the cell. */
  samples: readonly number[];
  /** Where each cell begins in a list of the candidates ordered by cell. */
  starts: Int32Array;
}

/** The candidates of a class that take a pod, by cell, each cell a heap with the best at its root. */
export interface Ranking {
  /** Entry of the journal it was made at. */
  mark: number;
  cells: Cells;
  heaps: readonly Int32Array[];
}

const cellsByVerdict = new WeakMap<StaticVerdict, Map<string, Cells | undefined>>();

/** The cells of a class; undefined: there are too many, it goes the literal way. */
export function cellsOf(fleet: Fleet, known: PodClass): Cells | undefined {
  const domains = new Set([
    ...known.bars.filter(bar => !isOfNode(bar)).map(({ counter }) => counter.domains),
    ...known.needs.map(counter => counter.domains),
    ...known.spreads.map(({ counter }) => counter.domains),
  ]);
  const key = [...domains].map(one => one.key).join('\n');
  const byKey = cellsByVerdict.get(known.verdict) ?? new Map<string, Cells | undefined>();
  cellsByVerdict.set(known.verdict, byKey);
  if (!byKey.has(key)) byKey.set(key, divide(fleet.size, known.verdict.candidates, [...domains]));
  return byKey.get(key);
}

function divide(size: number, candidates: Int32Array, domains: readonly Domains[]): Cells | undefined {
  const of = new Int16Array(size).fill(-1);
  const samples: number[] = [];
  const numbers = new Map<string, number>();
  for (const node of candidates) {
    let key = '';
    for (const domain of domains) key += `${domain.of[node]} `;
    let number = numbers.get(key);
    if (number === undefined) {
      number = samples.push(node) - 1;
      numbers.set(key, number);
      if (samples.length > MOST_CELLS) return undefined;
    }
    of[node] = number;
  }
  const starts = new Int32Array(samples.length);
  for (const node of candidates) {
    const next = (of[node] ?? 0) + 1;
    if (next < starts.length) starts[next] = (starts[next] ?? 0) + 1;
  }
  for (let cell = 1; cell < starts.length; cell += 1) starts[cell] = (starts[cell] ?? 0) + (starts[cell - 1] ?? 0);
  return { of, samples, starts };
}

/** The ranking of a class where it was kept and not too much has changed since. */
function keptRanking(fleet: Fleet, { ranking }: PodClass): Ranking | undefined {
  return ranking !== undefined && fleet.mark - ranking.mark <= fleet.size / 4 ? ranking : undefined;
}

/**
 * The ranking of a class as it stands now, good for so many pods, in a buffer that the next one is made in too. Undefined: only the
 * literal way is left.
 */
export function rankingOf(fleet: Fleet, known: PodClass, judge: Judge, pods: number): Ranking | undefined {
  const cells = cellsOf(fleet, known);
  return cells && (keptRanking(fleet, known) ?? rank(fleet, known, judge, cells, pods));
}

/** Ranks a class for all that is tried from here on, until the fleet is taken back to before. */
export function keepRanking(fleet: Fleet, known: PodClass): void {
  const cells = cellsOf(fleet, known);
  if (cells === undefined) return;
  const ranking = rank(fleet, known, new Judge(fleet, known), cells, fleet.size);
  fleet.keepRanking(known, { ...ranking, heaps: ranking.heaps.map(heap => heap.slice()) });
}

function rank(fleet: Fleet, { verdict }: PodClass, judge: Judge, cells: Cells, pods: number): Ranking {
  const { scores, ranked } = fleet;
  const { candidates } = verdict;
  const ends = cells.starts.slice();
  judge.rankInto(candidates, cells.of, ends, ranked, scores);
  const heaps: Int32Array[] = [];
  for (let cell = 0; cell < ends.length; cell += 1)
    heaps.push(heapOf(ranked.subarray(cells.starts[cell], ends[cell]), scores, pods));
  return { mark: fleet.mark, cells, heaps };
}
