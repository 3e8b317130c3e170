import { type Bin, fitsIn, type Item, nodesIn, packGreedily } from './packing.ts';
import type { LinearSolver, Solution } from './solver.ts';

/** How one node is filled: of each item so many. */
interface Pattern {
  pods: number[];
  zones: number;
}

/** Rounding of the solver's: what it calls whole is so within this. */
const TOLERANCE = 1e-6;
const MOST_ROUNDS = 400;

const sumOf = (terms: readonly string[]): string => (terms.length === 0 ? '0 none' : terms.join(' + '));

/** Fewest nodes, in parts of nodes, for patterns known so far. */
const masterOf = (items: readonly Item[], patterns: readonly Pattern[]): string =>
  [
    'Minimize',
    ` obj: ${sumOf(patterns.map((_, at) => `x${at}`))}`,
    'Subject To',
    ...items.map(({ pods }, item) => {
      const terms = patterns.flatMap((pattern, at) => (pattern.pods[item] ? [`${pattern.pods[item]} x${at}`] : []));
      return ` d${item}: ${sumOf(terms)} >= ${pods}`;
    }),
    'End',
  ].join('\n');

/** The node worth most at these prices, in one zone. */
function pricingOf(
  items: readonly Item[],
  capacity: readonly number[],
  prices: readonly number[],
  zone: number,
): string {
  const allowed = items.flatMap(({ zones }, item) => ((zones & zone) === 0 ? [] : [item]));
  const rows = capacity.flatMap((all, at) => {
    const terms = allowed.flatMap(item => (items[item]?.size[at] ? [`${items[item]?.size[at]} a${item}`] : []));
    return terms.length === 0 ? [] : [` c${at}: ${terms.join(' + ')} <= ${all}`];
  });
  return [
    'Maximize',
    ` obj: ${sumOf(allowed.map(item => `${(prices[item] ?? 0).toFixed(9)} a${item}`))}`,
    'Subject To',
    ...rows,
    'Bounds',
    ...allowed.map(item => ` a${item} <= ${Math.min(items[item]?.pods ?? 0, items[item]?.mostOnNode ?? 0)}`),
    'General',
    ` ${allowed.map(item => `a${item}`).join(' ')}`,
    'End',
  ].join('\n');
}

function patternIn({ values }: Solution, items: readonly Item[]): Pattern {
  const pods = items.map((_, item) => Math.round(values[`a${item}`] ?? 0));
  return { pods, zones: items.reduce((zones, item, at) => (pods[at] ? zones & item.zones : zones), -1) };
}

const freeOf = (items: readonly Item[], capacity: readonly number[], pods: readonly number[]): number[] =>
  capacity.map((all, at) => items.reduce((left, { size }, item) => left - (size[at] ?? 0) * (pods[item] ?? 0), all));

/** Whole nodes of the parts, and the best of the greedy orders for what they leave. */
function rounded(
  items: readonly Item[],
  capacity: readonly number[],
  patterns: readonly Pattern[],
  values: Solution['values'],
): Bin[] {
  const left = items.map(({ pods }) => pods);
  const bins = patterns.flatMap(({ pods, zones }, at): Bin[] => {
    const nodes = Math.floor((values[`x${at}`] ?? 0) + TOLERANCE);
    if (nodes <= 0) return [];
    pods.forEach((each, item) => {
      left[item] = Math.max(0, (left[item] ?? 0) - each * nodes);
    });
    return [{ free: freeOf(items, capacity, pods), zones, nodes }];
  });
  const rest = items.map((item, at) => ({ ...item, pods: left[at] ?? 0 })).filter(({ pods }) => pods > 0);
  return rest.length === 0 ? bins : [...bins, ...packGreedily(rest, capacity)];
}

interface Packed {
  bins: Bin[];
  /** No packing has fewer nodes; undefined: the solver's time was up before that was known. */
  lowerBound: number | undefined;
}

/** Of each pattern a whole number of nodes: the best with these patterns. */
function wholeNodes(
  items: readonly Item[],
  capacity: readonly number[],
  patterns: readonly Pattern[],
  solver: LinearSolver,
): Bin[] | undefined {
  const general = `General\n ${patterns.map((_, at) => `x${at}`).join(' ')}\nEnd`;
  const solved = solver.solve(masterOf(items, patterns).replace(/End$/, general));
  return solved && rounded(items, capacity, patterns, solved.values);
}

/** Zones that admit the same items are one. */
const distinct = (zones: readonly number[], items: readonly Item[]): number[] => {
  const admitted = (zone: number): string => items.map(item => ((item.zones & zone) === 0 ? 0 : 1)).join('');
  return zones.filter((zone, at) => zones.findIndex(other => admitted(other) === admitted(zone)) === at);
};

/**
 * The fewest nodes by column generation (Gilmore and Gomory): patterns are found by a knapsack at the prices of the linear program
 * until none is worth more than a node, which proves the bound; then whole numbers of them. Undefined: no time for a first solution.
 */
export function packByColumns(
  items: readonly Item[],
  capacity: readonly number[],
  zones: readonly number[],
  solver: LinearSolver,
): Packed | undefined {
  const patterns: Pattern[] = items.map((own, item) => {
    const fits = fitsIn(own, capacity);
    return { pods: items.map((_, at) => (at === item ? Math.min(fits, own.pods) : 0)), zones: own.zones };
  });
  const kinds = distinct(zones, items);
  let best: Packed | undefined;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const master = solver.solve(masterOf(items, patterns));
    if (master === undefined) return best;
    const prices = items.map((_, item) => Math.max(0, master.duals[`d${item}`] ?? 0));
    const found = kinds.map(zone => solver.solve(pricingOf(items, capacity, prices, zone)));
    if (found.includes(undefined)) return best;
    const worth = Math.max(...found.map(solved => solved?.objective ?? 0));
    // Farley: at these prices no node is worth more than `worth`.
    const lowerBound = Math.ceil(master.objective / Math.max(1, worth) - TOLERANCE);
    const bins = rounded(items, capacity, patterns, master.values);
    best = {
      bins: best !== undefined && nodesIn(best.bins) <= nodesIn(bins) ? best.bins : bins,
      lowerBound: Math.max(best?.lowerBound ?? 0, lowerBound),
    };
    if (nodesIn(best.bins) <= (best.lowerBound ?? 0)) return best;
    const useful = found.flatMap(solved =>
      solved !== undefined && solved.objective > 1 + TOLERANCE ? [patternIn(solved, items)] : [],
    );
    const isSound = useful.every(({ pods }) => freeOf(items, capacity, pods).every(left => left >= 0));
    if (useful.length === 0 || !isSound) break;
    patterns.push(...useful);
  }
  const whole = wholeNodes(items, capacity, patterns, solver);
  return best && whole && nodesIn(whole) < nodesIn(best.bins) ? { ...best, bins: whole } : best;
}
