import type { Amounts } from '../pod-requests.ts';
import { sortedBy } from '../verdict.ts';
import type { BlockedNodes, ShapeSize, Unplaced } from './answers.ts';
import { type Fleet, PODS, type PodClass } from './fleet.ts';
import { Judge } from './judge.ts';

/** The blocker of a node that is not there for the question. */
export const TAKEN = 'taken away';

/** What keeps one more pod from a node that it may go to by the node's own; undefined: nothing. */
function dynamicBlocker(fleet: Fleet, known: PodClass, judge: Judge, node: number): string | undefined {
  if (fleet.open[node] !== 1) return TAKEN;
  for (let at = 0; at < known.columns.length; at += 1) {
    const column = known.columns[at] ?? PODS;
    if ((fleet.free[column]?.[node] ?? 0) < (known.amounts[at] ?? 0))
      return resourceName(fleet.resources[column] ?? '');
  }
  if (!judge.takes(node)) return known.bars.find(({ counter }) => (counter.at(node) ?? 0) > 0)?.blocker;
  return judge.domainBlocker(node);
}

const NAMES: Readonly<Record<string, string>> = {
  cpu: 'CPU',
  pods: 'pod slots',
  'ephemeral-storage': 'ephemeral storage',
};
/** As people call it. */
export const resourceName = (resource: string): string => NAMES[resource] ?? resource;

/** The commonest first. */
export const commonestFirst = (counts: ReadonlyMap<string, number>): BlockedNodes[] =>
  sortedBy([...counts], ([blocker]) => blocker)
    .map(([blocker, nodes]) => ({ blocker, nodes }))
    .sort((one, other) => other.nodes - one.nodes);

/** Nodes by the first column of which they have too little; the others are handed on. */
function shortages(fleet: Fleet, { verdict, columns, amounts }: PodClass, others: (node: number) => void): Int32Array {
  const free = columns.map(column => fleet.free[column] ?? new Float64Array());
  const short = new Int32Array(columns.length);
  for (const node of verdict.candidates) {
    let at = 0;
    while (at < free.length && (free[at]?.[node] ?? 0) >= (amounts[at] ?? 0)) at += 1;
    if (at < free.length && fleet.open[node] === 1) short[at] = (short[at] ?? 0) + 1;
    else others(node);
  }
  return short;
}

/** All nodes by what keeps one more pod from them. */
export function blockedNodes(fleet: Fleet, known: PodClass): BlockedNodes[] {
  const counts = new Map(known.verdict.obstacles);
  const add = (blocker: string | undefined, nodes: number): void => {
    if (blocker !== undefined && nodes > 0) counts.set(blocker, (counts.get(blocker) ?? 0) + nodes);
  };
  const judge = new Judge(fleet, known);
  const short = shortages(fleet, known, node => {
    add(dynamicBlocker(fleet, known, judge, node), 1);
  });
  known.columns.forEach((column, at) => {
    add(resourceName(fleet.resources[column] ?? ''), short[at] ?? 0);
  });
  return commonestFirst(counts);
}

export function sizeOf(requests: Amounts): ShapeSize {
  const { cpu, memory, 'ephemeral-storage': ephemeral, ...extended } = requests;
  return {
    cpu_millis: cpu ?? 0,
    memory_bytes: memory ?? 0,
    ...(ephemeral !== undefined && { ephemeral_storage_bytes: ephemeral }),
    ...(Object.keys(extended).length > 0 && { extended_pieces: extended }),
  };
}

export const unplacedOf = (fleet: Fleet, known: PodClass, pods: number): Unplaced => ({
  workload: known.shape.workload,
  pods,
  requests: sizeOf(known.shape.requests),
  blocked_nodes: blockedNodes(fleet, known),
});
