import { BestFirst, isBetter } from './best-first.ts';
import type { Fleet, PodClass } from './fleet.ts';
import { Judge } from './judge.ts';
import { type Ranking, rankingOf } from './ranking.ts';

/**
 * Places so many pods of one class, one after the other, each on the node with the best score of those that kube-scheduler's filters
 * admit; of equal ones on the first. Returns how many found a place.
 */
export function schedule(fleet: Fleet, known: PodClass, pods: number): number {
  const judge = new Judge(fleet, known);
  const ranking = rankingOf(fleet, known, judge, pods);
  if (ranking === undefined) return scheduleLiterally(fleet, known, pods);
  return scheduleByRank(fleet, known, pods, ranking, judge);
}

/** Nodes that changed since an entry of the journal, each once; `seen` tells of them by the number of this run. */
function changedSince(fleet: Fleet, mark: number): number[] {
  fleet.run += 1;
  const { run, seen } = fleet;
  const changed: number[] = [];
  if (fleet.mark === mark) return changed;
  fleet.eachChangeSince(mark, node => {
    if (seen[node] === run) return;
    seen[node] = run;
    changed.push(node);
  });
  return changed;
}

/** The queue with the best node of those whose domains take the next pod. */
function bestOf(queues: readonly BestFirst[], samples: readonly number[], judge: Judge): BestFirst | undefined {
  let best: BestFirst | undefined;
  for (let cell = 0; cell < queues.length; cell += 1) {
    const queue = queues[cell];
    if (queue?.node === undefined) continue;
    const isBest = best === undefined || isBetter(queue.score, queue.node, best.score, best.node ?? 0);
    if (isBest && judge.admits(samples[cell] ?? 0)) best = queue;
  }
  return best;
}

function scheduleByRank(fleet: Fleet, known: PodClass, pods: number, ranking: Ranking, judge: Judge): number {
  const { mark, cells, heaps } = ranking;
  const changed = changedSince(fleet, mark);
  const queues = heaps.map(heap => new BestFirst(heap, judge, fleet.seen, fleet.run));
  for (const node of changed) {
    const cell = cells.of[node] ?? -1;
    if (cell >= 0 && judge.takes(node)) queues[cell]?.push(node);
  }
  for (let placed = 0; placed < pods; placed += 1) {
    const best = bestOf(queues, cells.samples, judge);
    const node = best?.node;
    if (best === undefined || node === undefined) return placed;
    best.pop();
    fleet.move(known, node, 1);
    judge.next();
    if (judge.takes(node)) best.push(node);
  }
  return pods;
}

/** As kube-scheduler does it: for each pod all nodes are filtered and scored. What every shortcut has to agree with. */
export function scheduleLiterally(fleet: Fleet, known: PodClass, pods: number): number {
  const judge = new Judge(fleet, known);
  for (let placed = 0; placed < pods; placed += 1) {
    let [best, bestScore] = [-1, Number.NEGATIVE_INFINITY];
    for (const node of known.verdict.candidates) {
      if (!judge.takes(node)) continue;
      const own = judge.score(node);
      if (!isBetter(own, node, bestScore, best) || !judge.admits(node)) continue;
      [best, bestScore] = [node, own];
    }
    if (best < 0) return placed;
    fleet.move(known, best, 1);
    judge.next();
  }
  return pods;
}
