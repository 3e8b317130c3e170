import type { NodesToAdd, Unplaced } from './answers.ts';
import { sizeOf } from './blockers.ts';
import { packByColumns } from './column-generation.ts';
import { CPU, type Fleet, MEMORY, PODS, type PodClass, ZONE } from './fleet.ts';
import { Judge } from './judge.ts';
import { nodesOf, withNodes } from './more-nodes.ts';
import { type Bin, fitsIn, type Item, nodesIn, packGreedily, volumeBound } from './packing.ts';
import { caveats, placeAll, type Wanted } from './place-pods.ts';
import type { NodeType, PodsOf } from './shape.ts';
import type { LinearSolver } from './solver.ts';

/** With more shapes than this the solver is not asked. */
const MOST_SHAPES = 60;
/** Times the packed nodes with which the scheduler is tried. */
const TRIES = [1, 1.02, 1.05, 1.1, 1.2, 1.35, 1.6, 2];

/** A fleet of empty nodes of the type, one in each zone, with what DaemonSets put on them. */
interface Probe {
  fleet: Fleet;
  zones: readonly (string | undefined)[];
}

function probeOf({ facts }: Fleet, type: NodeType): Probe {
  const zones = type.zones.length === 0 ? [undefined] : type.zones;
  const daemons = facts.hosted.filter(({ shape }) => shape.kind === 'each-node');
  const bare = { ...facts, hosted: daemons.map(one => ({ ...one, nodeName: undefined })), nodes: [] };
  return { fleet: withNodes(bare, nodesOf(type, zones.length)), zones };
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/** Zones as bits in which an empty node takes the pod. */
function zonesFor({ fleet, zones }: Probe, known: PodClass): number {
  const judge = new Judge(fleet, known);
  const candidates = new Set(known.verdict.candidates);
  return zones.reduce((bits, _, at) => (candidates.has(at) && judge.takes(at) ? bits | (1 << at) : bits), 0);
}

const isSpreadOver = (known: PodClass, key: string): boolean =>
  known.spreads.some(({ counter, own }) => own === 1 && counter.domains.key === key);

const isOneANode = ({ bars, moves }: PodClass): boolean =>
  bars.some(({ counter }) => counter.domains.isPerNode && counter.domains.key !== ZONE && moves.includes(counter));

interface Task {
  items: Item[];
  /** The same pods, tied to no zone by their spread: what a bound may be taken of. */
  loose: Item[];
  capacity: number[];
  impossible: Unplaced[];
}

/** Sizes in the largest units that leave them whole: exact, and small numbers for the solver. */
function taskOf(probe: Probe, left: readonly Wanted[]): Task {
  const { fleet, zones } = probe;
  const task: Task = { items: [], loose: [], capacity: [], impossible: [] };
  const possible: { known: PodClass; pods: number; bits: number }[] = [];
  for (const { known: asked, pods } of left) {
    const known = fleet.classOf(asked.shape);
    const bits = zonesFor(probe, known);
    if (bits !== 0) possible.push({ known, pods, bits });
    else task.impossible.push(impossibleOf(known, pods));
  }
  const columns = [...new Set([CPU, MEMORY, PODS, ...possible.flatMap(({ known }) => known.columns)])];
  const amountOf = ({ columns: own, amounts }: PodClass, column: number): number => amounts[own.indexOf(column)] ?? 0;
  const units = columns.map(
    column => possible.reduce((unit, { known }) => greatestDivisor(unit, amountOf(known, column)), 0) || 1,
  );
  task.capacity = columns.map((column, at) => {
    const least = Math.min(...zones.map((_, zone) => fleet.free[column]?.[zone] ?? 0));
    return Math.max(0, Math.floor(least / (units[at] ?? 1)));
  });
  for (const { known, pods, bits } of possible) {
    const item: Item = {
      size: columns.map((column, at) => amountOf(known, column) / (units[at] ?? 1)),
      pods,
      mostOnNode: isOneANode(known) ? 1 : pods,
      zones: bits,
    };
    if (fitsIn(item, task.capacity) < 1) {
      task.impossible.push(impossibleOf(known, pods));
      continue;
    }
    task.loose.push(item);
    const own = zones.map((_, at) => 1 << at).filter(bit => (bits & bit) !== 0);
    if (!isSpreadOver(known, ZONE) || own.length < 2) task.items.push(item);
    else
      own.forEach((bit, at) => {
        const share = Math.floor(pods / own.length) + (at < pods % own.length ? 1 : 0);
        if (share > 0) task.items.push({ ...item, pods: share, zones: bit });
      });
  }
  return task;
}

const impossibleOf = (known: PodClass, pods: number): Unplaced => ({
  workload: known.shape.workload,
  pods,
  requests: sizeOf(known.shape.requests),
  blocked_nodes: [...known.verdict.obstacles]
    .map(([blocker, nodes]) => ({ blocker, nodes }))
    .concat(
      known.verdict.candidates.length > 0
        ? [{ blocker: 'size of the node', nodes: known.verdict.candidates.length }]
        : [],
    ),
});

interface Packed {
  bins: Bin[];
  lowerBound: number;
  isImproved: boolean;
}

function pack({ items, loose, capacity }: Task, zones: readonly number[], solver: LinearSolver | undefined): Packed {
  const bins = packGreedily(items, capacity);
  const lowerBound = volumeBound(loose, capacity);
  const isSmall = items.length <= MOST_SHAPES && items.length > 0;
  if (solver === undefined || !isSmall || nodesIn(bins) <= lowerBound) return { bins, lowerBound, isImproved: false };
  const better = packByColumns(items, capacity, zones, solver);
  const isLoose = items.length === loose.length;
  const bound = Math.max(lowerBound, (isLoose ? better?.lowerBound : undefined) ?? 0);
  const isImproved = better !== undefined && nodesIn(better.bins) < nodesIn(bins);
  return { bins: isImproved ? better.bins : bins, lowerBound: bound, isImproved };
}

/** Of each node its zone: the one its pods are tied to, else that with the fewest so far. */
function zonesOfBins(bins: readonly Bin[], zones: readonly (string | undefined)[]): number[] {
  const counts = zones.map(() => 0);
  const byFreedom = bins.toSorted((one, other) => freedom(one, zones.length) - freedom(other, zones.length));
  for (const bin of byFreedom) {
    for (let node = 0; node < bin.nodes; node += 1) {
      const possible = zones.flatMap((_, at) => ((bin.zones & (1 << at)) === 0 ? [] : [at]));
      const best = possible.reduce(
        (least, at) => ((counts[at] ?? 0) < (counts[least] ?? 0) ? at : least),
        possible[0] ?? 0,
      );
      counts[best] = (counts[best] ?? 0) + 1;
    }
  }
  return counts;
}

const freedom = ({ zones }: Bin, count: number): number =>
  Array.from({ length: count }, (_, at) => (zones >> at) & 1).reduce((sum, bit) => sum + bit, 0);

/** The first number of nodes with which the scheduler's own order leaves nothing without a place. */
function schedulerNodes(fleet: Fleet, wanted: readonly Wanted[], type: NodeType, nodes: number): number | undefined {
  const counts = [...new Set(TRIES.map(times => Math.ceil(nodes * times)))];
  return counts.find(count => {
    const larger = withNodes(fleet.facts, nodesOf(type, count));
    const all = wanted.map(({ known, pods }) => ({ known: larger.classOf(known.shape), pods }));
    return placeAll(larger, all).length === 0;
  });
}

/**
 * How many nodes of a type hold the pods that the fleet has no place for. Packed by the best of several greedy orders; with a solver
 * and few shapes by column generation, mostly to the proven fewest. `scheduler_nodes` says with how many kube-scheduler, which spreads
 * rather than packs, places them too: the number to order. The fleet stays as it is.
 */
export function nodesToAdd(fleet: Fleet, pods: readonly PodsOf[], type: NodeType, solver?: LinearSolver): NodesToAdd {
  const wanted = pods.map(({ shape, pods: count }): Wanted => ({ known: fleet.classOf(shape), pods: count }));
  const mark = fleet.mark;
  const left = placeAll(fleet, wanted);
  fleet.rollback(mark);
  const probe = probeOf(fleet, type);
  const task = taskOf(probe, left);
  const sum = (all: readonly { pods: number }[]): number => all.reduce((total, one) => total + one.pods, 0);
  const { bins, lowerBound, isImproved } = pack(
    task,
    probe.zones.map((_, at) => 1 << at),
    solver,
  );
  const nodes = nodesIn(bins);
  const zones = zonesOfBins(bins, probe.zones);
  const refused = new Set(task.impossible.map(({ workload }) => workload));
  const placeable = wanted.filter(({ known }) => !refused.has(known.shape.workload));
  const scheduled = nodes === 0 ? 0 : schedulerNodes(fleet, placeable, type, nodes);
  return {
    node_type: type.name,
    nodes,
    lower_bound_nodes: lowerBound,
    nodes_by_zone: Object.fromEntries(type.zones.map((zone, at) => [zone, zones[at] ?? 0])),
    method: nodes === 0 ? 'none_needed' : nodes === lowerBound ? 'exact' : isImproved ? 'improved' : 'greedy',
    ...(scheduled !== undefined && { scheduler_nodes: scheduled }),
    placed_now_pods: sum(wanted) - sum(left),
    impossible: task.impossible,
    ...caveats(
      fleet,
      wanted.map(({ known }) => known),
    ),
  };
}
