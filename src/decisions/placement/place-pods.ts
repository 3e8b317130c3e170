import { byCodePoint } from '../verdict.ts';
import type { Placement } from './answers.ts';
import { unplacedOf } from './blockers.ts';
import { CPU, type Fleet, MEMORY, type PodClass } from './fleet.ts';
import { cellsOf } from './ranking.ts';
import { schedule } from './schedule.ts';
import type { PodsOf } from './shape.ts';

/** Pods of a class that want a place, and in the end those that got none. */
export interface Wanted {
  known: PodClass;
  pods: number;
}

/** The larger of its shares of all CPU and all memory. */
function dominantShare(fleet: Fleet, { columns, amounts }: PodClass): number {
  const share = (column: number): number => (amounts[columns.indexOf(column)] ?? 0) / (fleet.total[column] || 1);
  return Math.max(share(CPU), share(MEMORY));
}

/** By priority, as the scheduler's queue, then the largest first, then by name. */
export function inOrder(fleet: Fleet, wanted: readonly Wanted[]): Wanted[] {
  const shares = new Map(wanted.map(({ known }) => [known, dominantShare(fleet, known)]));
  const shareOf = ({ known }: Wanted): number => shares.get(known) ?? 0;
  return [...wanted].sort(
    (a, b) =>
      b.known.shape.priority - a.known.shape.priority ||
      shareOf(b) - shareOf(a) ||
      byCodePoint(a.known.shape.workload, b.known.shape.workload) ||
      a.known.index - b.known.index,
  );
}

/** Whether a pod that came later can make room for it: one it has to be beside, or one that evens out a spread. */
const canBeHelped = ({ known }: Wanted): boolean => known.needs.length + known.spreads.length > 0;

/**
 * Places all, in order; those that wait for other pods are tried again until nothing changes any more, as the scheduler does when pods
 * come to nodes. The fleet is changed. Returns who found no place.
 */
export function placeAll(fleet: Fleet, wanted: readonly Wanted[]): Wanted[] {
  let left = inOrder(fleet, wanted);
  for (let isFirst = true, moved = true; moved; isFirst = false) {
    moved = false;
    left = left.flatMap(one => {
      if (!isFirst && !canBeHelped(one)) return [one];
      const placed = schedule(fleet, one.known, one.pods);
      moved ||= placed > 0;
      return placed < one.pods ? [{ known: one.known, pods: one.pods - placed }] : [];
    });
  }
  return left;
}

/** Workloads of which a shortcut can't model something, and what of them is not modelled at all. */
export function caveats(fleet: Fleet, classes: readonly PodClass[]): { literal: string[]; not_modelled: string[] } {
  const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].sort(byCodePoint);
  return {
    literal: distinct(classes.filter(one => cellsOf(fleet, one) === undefined).map(({ shape }) => shape.workload)),
    not_modelled: distinct([
      ...classes.flatMap(({ shape }) => shape.notModelled.map(what => `${shape.workload}: ${what}`)),
      'preemption, preferred affinity, and the nodes that a scheduler of a large cluster leaves out of its scoring',
    ]),
  };
}

/** What would find a place of pods that are there not yet, each after the more important and the larger ones. The fleet stays as it is. */
export function placePods(fleet: Fleet, pods: readonly PodsOf[]): Placement {
  const wanted = pods.map(({ shape, pods: count }): Wanted => ({ known: fleet.classOf(shape), pods: count }));
  const mark = fleet.mark;
  const left = placeAll(fleet, wanted);
  const unplaced = left.map(({ known, pods: count }) => unplacedOf(fleet, known, count));
  fleet.rollback(mark);
  const sum = (all: readonly { pods: number }[]): number => all.reduce((total, one) => total + one.pods, 0);
  return {
    wanted_pods: sum(wanted),
    placed_pods: sum(wanted) - sum(left),
    unplaced_pods: sum(left),
    unplaced,
    ...caveats(
      fleet,
      wanted.map(({ known }) => known),
    ),
  };
}
