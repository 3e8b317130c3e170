import { resourceName, TAKEN } from './blockers.ts';
import type { Counter, Domains } from './counter.ts';
import { CPU, type Fleet, MEMORY, PODS, type PodClass } from './fleet.ts';
import { isOfNode, Judge } from './judge.ts';

/** Pods of a class that nodes have room for, each node by itself, summed by domain. */
export interface Room {
  byDomain: Float64Array;
  /** Pods on nodes without a domain. */
  elsewhere: number;
  /** What a sum of all that is free promises. */
  naive: number;
  /** Nodes by what ends their room, each once: `blocker` in limited domains (-1: without one), where nothing else bars the first pod. */
  blocked: (isLimited: (domain: number) => boolean, blocker: string) => Map<string, number>;
}

const NONE = new Float64Array();

/** Of the columns that every fleet has; each in a register, as this is asked of every node for each of a cluster's shapes. */
function fitByCommon(fleet: Fleet, candidates: Int32Array, cpu: number, memory: number): number[] {
  const { scores: fits, scarcest, free } = fleet;
  const [cpuFree, memoryFree, slotsFree] = [free[CPU] ?? NONE, free[MEMORY] ?? NONE, free[PODS] ?? NONE];
  let [allCpu, allMemory, allSlots] = [0, 0, 0];
  for (let index = 0; index < candidates.length; index += 1) {
    const node = candidates[index] ?? 0;
    const cpuLeft = Math.max(0, cpuFree[node] ?? 0);
    const memoryLeft = Math.max(0, memoryFree[node] ?? 0);
    let times = Math.max(0, slotsFree[node] ?? 0);
    allCpu += cpuLeft;
    allMemory += memoryLeft;
    allSlots += times;
    let end = PODS;
    // What is not asked for goes ∞ times, or NaN: neither is fewer.
    const byCpu = cpuLeft / cpu;
    if (byCpu <= times) {
      times = byCpu;
      end = CPU;
    }
    const byMemory = memoryLeft / memory;
    if (byMemory < times) {
      times = byMemory;
      end = MEMORY;
    }
    fits[index] = times;
    scarcest[index] = end;
  }
  return [allCpu, allMemory, allSlots];
}

/** Of one more column. */
function fitByFurther(fleet: Fleet, candidates: Int32Array, column: number, amount: number): number {
  const { scores: fits, scarcest } = fleet;
  const free = fleet.free[column] ?? NONE;
  let all = 0;
  for (let index = 0; index < candidates.length; index += 1) {
    const left = Math.max(0, free[candidates[index] ?? 0] ?? 0);
    all += left;
    if (left / amount >= (fits[index] ?? 0)) continue;
    fits[index] = left / amount;
    scarcest[index] = column;
  }
  return all;
}

/**
 * Of each candidate, in their order, how often a pod goes there as its resources go, not rounded (`fleet.scores`), and the column that
 * ends it (`fleet.scarcest`); returns what a sum of all that is free promises.
 */
export function fitByResources(fleet: Fleet, { columns, amounts, verdict: { candidates } }: PodClass): number {
  const asked = (column: number): number => amounts[columns.indexOf(column)] ?? 0;
  const common = fitByCommon(fleet, candidates, asked(CPU), asked(MEMORY));
  const promised = columns.map((column, at) => {
    const amount = amounts[at] ?? 1;
    return Math.floor((common[column] ?? fitByFurther(fleet, candidates, column, amount)) / amount);
  });
  return Math.min(...promised);
}

/** Where pods of a kind bar each other, one goes to a node; `end` in place of what is scarcest. */
function limitToOne({ scores: fits, scarcest }: Fleet, candidates: Int32Array, { of }: Domains, end: number): void {
  for (let index = 0; index < candidates.length; index += 1) {
    if ((fits[index] ?? 0) < 2 || (of[candidates[index] ?? 0] ?? -1) < 0) continue;
    fits[index] = 1;
    scarcest[index] = end;
  }
}

/** None goes where a pod is that it doesn't go together with. */
function barFrom(
  { scores: fits, scarcest }: Fleet,
  candidates: Int32Array,
  { counts, domains }: Counter,
  end: number,
): void {
  const { of } = domains;
  for (let index = 0; index < candidates.length; index += 1) {
    if ((counts[of[candidates[index] ?? 0] ?? -1] ?? 0) === 0 || (fits[index] ?? 0) < 1) continue;
    fits[index] = 0;
    scarcest[index] = end;
  }
}

/** Pods and nodes by domain, those without one first, and by what ends the room: one place to count a node in. */
function tally({ scores: fits, scarcest }: Fleet, candidates: Int32Array, { of, names }: Domains, ends: number) {
  const pods = new Float64Array((names.length + 1) * ends);
  const nodes = new Int32Array(pods.length);
  for (let index = 0; index < candidates.length; index += 1) {
    const cell = ((of[candidates[index] ?? 0] ?? -1) + 1) * ends + (scarcest[index] ?? 0);
    pods[cell] = (pods[cell] ?? 0) + Math.floor(fits[index] ?? 0);
    nodes[cell] = (nodes[cell] ?? 0) + 1;
  }
  return { pods, nodes };
}

/** What ends a node's room, by number: a column, then a pod of its own kind, then what keeps the first one away. */
class Ends {
  readonly names: string[];
  readonly ownKind: number;

  constructor({ resources }: Fleet, { shape }: PodClass) {
    this.names = [...resources.map(resourceName), shape.hostPorts.length > 0 ? 'host port' : 'anti-affinity'];
    this.ownKind = resources.length;
  }

  obstacle(name: string): number {
    const found = this.names.indexOf(name, this.ownKind + 1);
    return found >= 0 ? found : this.names.push(name) - 1;
  }

  isObstacle(end: number): boolean {
    return end > this.ownKind;
  }
}

/** None goes to a node that is taken away, or whose domains don't take it. */
function keepAway(fleet: Fleet, known: PodClass, ends: Ends): void {
  const judge = new Judge(fleet, { ...known, spreads: known.spreads.filter(({ own }) => own === 0) });
  if (judge.isFree && !fleet.open.includes(0)) return;
  const { scores: fits, scarcest, open } = fleet;
  known.verdict.candidates.forEach((node, index) => {
    const isFull = (fits[index] ?? 0) < 1;
    const obstacle = open[node] !== 1 ? TAKEN : isFull ? undefined : judge.domainBlocker(node);
    if (obstacle === undefined) return;
    fits[index] = 0;
    scarcest[index] = ends.obstacle(obstacle);
  });
}

/** A pod goes to a node min ⌊free / request⌋ times, and what is scarcest ends it; where pods of its kind bar each other, once. */
export function roomOf(fleet: Fleet, known: PodClass, oneANode: readonly Domains[], domains: Domains): Room {
  const { candidates } = known.verdict;
  const ends = new Ends(fleet, known);
  const naive = fitByResources(fleet, known);
  for (const each of oneANode) limitToOne(fleet, candidates, each, ends.ownKind);
  for (const { counter, blocker } of known.bars.filter(isOfNode))
    barFrom(fleet, candidates, counter, ends.obstacle(blocker));
  keepAway(fleet, known, ends);
  const width = ends.names.length;
  const { pods, nodes } = tally(fleet, candidates, domains, width);
  const eachCell = (visit: (domain: number, end: number, cell: number) => void): void => {
    for (let cell = 0; cell < nodes.length; cell += 1)
      if (nodes[cell] !== 0) visit(Math.floor(cell / width) - 1, cell % width, cell);
  };
  const byDomain = new Float64Array(domains.names.length);
  let elsewhere = 0;
  eachCell((domain, _, cell) => {
    if (domain < 0) elsewhere += pods[cell] ?? 0;
    else byDomain[domain] = (byDomain[domain] ?? 0) + (pods[cell] ?? 0);
  });
  const blocked: Room['blocked'] = (isLimited, blocker) => {
    const counts = new Map<string, number>();
    eachCell((domain, end, cell) => {
      const name = !ends.isObstacle(end) && isLimited(domain) ? blocker : (ends.names[end] ?? '');
      counts.set(name, (counts.get(name) ?? 0) + (nodes[cell] ?? 0));
    });
    return counts;
  };
  return { byDomain, elsewhere, naive, blocked };
}
