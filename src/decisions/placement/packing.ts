/** So many equal pods to pack onto new, equal nodes. */
export interface Item {
  /** What one asks for, by resource; integers. */
  size: readonly number[];
  pods: number;
  /** At most so many on one node. */
  mostOnNode: number;
  /** Bit by bit the zones it can be in. */
  zones: number;
}

/** Nodes filled alike. */
export interface Bin {
  free: number[];
  /** The zones they can be in, as their pods go. */
  zones: number;
  nodes: number;
}

/** Pods of an item that fit into what is free. */
export const fitsIn = ({ size, mostOnNode }: Item, free: readonly number[]): number =>
  size.reduce(
    (least, amount, at) => (amount > 0 ? Math.min(least, Math.floor((free[at] ?? 0) / amount)) : least),
    mostOnNode,
  );

const lessen = (free: readonly number[], { size }: Item, pods: number): number[] =>
  free.map((left, at) => left - pods * (size[at] ?? 0));

/** Nodes with `each` pods of an item, and one with what is left over. */
function filled(bin: Bin, item: Item, pods: number, each: number): Bin[] {
  const full = Math.floor(pods / each);
  const rest = pods - full * each;
  const zones = bin.zones & item.zones;
  const untouched = bin.nodes - full - (rest > 0 ? 1 : 0);
  return [
    { free: lessen(bin.free, item, each), zones, nodes: full },
    { free: lessen(bin.free, item, rest), zones, nodes: rest > 0 ? 1 : 0 },
    { ...bin, nodes: untouched },
  ].filter(({ nodes }) => nodes > 0);
}

/** First fit by `key`, the largest first: every pod goes onto the first node that takes it. Each pod fits on an empty node. */
export function firstFit(items: readonly Item[], capacity: readonly number[], key: (item: Item) => number): Bin[] {
  const bins: Bin[] = [];
  for (const item of items.toSorted((one, other) => key(other) - key(one))) {
    let left = item.pods;
    for (let at = 0; at < bins.length && left > 0; at += 1) {
      const bin = bins[at];
      const each = bin === undefined || (bin.zones & item.zones) === 0 ? 0 : fitsIn(item, bin.free);
      if (bin === undefined || each <= 0) continue;
      const taken = Math.min(left, each * bin.nodes);
      const parts = filled(bin, item, taken, Math.min(each, taken));
      bins.splice(at, 1, ...parts);
      at += parts.length - 1;
      left -= taken;
    }
    if (left === 0) continue;
    const each = Math.min(left, fitsIn(item, capacity));
    const empty: Bin = { free: [...capacity], zones: item.zones, nodes: Math.ceil(left / each) };
    bins.push(...filled(empty, item, left, each));
  }
  return bins;
}

/** What is left to pack, node by node: the pod goes next whose demand points where room and the remaining demand are (Panigrahy 2011). */
function byDotProduct(items: readonly Item[], capacity: readonly number[], weighs: (size: number) => number): Bin[] {
  const left = items.map(({ pods }) => pods);
  const bins: Bin[] = [];
  while (left.some(pods => pods > 0)) {
    const demand = capacity.map(
      (all, at) =>
        items.reduce((sum, { size }, item) => sum + (size[at] ?? 0) * (left[item] ?? 0), 0) / Math.max(1, all),
    );
    const bin: Bin = { free: [...capacity], zones: -1, nodes: 1 };
    const pattern = items.map(() => 0);
    for (let best = nextOf(bin, pattern); best >= 0; best = nextOf(bin, pattern)) {
      const item = items[best];
      if (item === undefined) break;
      pattern[best] = (pattern[best] ?? 0) + 1;
      bin.free = lessen(bin.free, item, 1);
      bin.zones &= item.zones;
    }
    const times = Math.min(
      ...pattern.map((pods, item) => (pods > 0 ? Math.floor((left[item] ?? 0) / pods) : Number.POSITIVE_INFINITY)),
    );
    // Half of what is possible: the demand that is left decides anew before it is used up.
    bin.nodes = Math.max(1, Math.ceil(times / 2));
    pattern.forEach((pods, item) => {
      left[item] = (left[item] ?? 0) - pods * bin.nodes;
    });
    bins.push(bin);

    function nextOf({ free, zones }: Bin, taken: readonly number[]): number {
      let [best, bestScore] = [-1, -1];
      items.forEach((item, at) => {
        const count = taken[at] ?? 0;
        if (
          (left[at] ?? 0) <= count ||
          count >= item.mostOnNode ||
          (zones & item.zones) === 0 ||
          fitsIn(item, free) < 1
        )
          return;
        const score = item.size.reduce((sum, size, dimension) => {
          const all = Math.max(1, capacity[dimension] ?? 1);
          return sum + (demand[dimension] ?? 0) * weighs(size / all) * ((free[dimension] ?? 0) / all);
        }, 0);
        if (score > bestScore) [best, bestScore] = [at, score];
      });
      return best;
    }
  }
  return bins;
}

export const nodesIn = (bins: readonly Bin[]): number => bins.reduce((sum, { nodes }) => sum + nodes, 0);

/** The best of six orders: by greatest share, sum of shares, one resource before the other, and two by dot product. */
export function packGreedily(items: readonly Item[], capacity: readonly number[]): Bin[] {
  const share = (item: Item, at: number): number => (item.size[at] ?? 0) / Math.max(1, capacity[at] ?? 1);
  const shares = (item: Item): number[] => capacity.map((_, at) => share(item, at));
  const ways = [
    () => firstFit(items, capacity, item => Math.max(...shares(item))),
    () => firstFit(items, capacity, item => shares(item).reduce((sum, one) => sum + one, 0)),
    () => firstFit(items, capacity, item => share(item, 0) * 1e6 + share(item, 1)),
    () => firstFit(items, capacity, item => share(item, 1) * 1e6 + share(item, 0)),
    () => byDotProduct(items, capacity, size => size),
    () => byDotProduct(items, capacity, Math.sqrt),
  ].map(way => way());
  return ways.reduce((best, bins) => (nodesIn(bins) < nodesIn(best) ? bins : best));
}

/** No packing has fewer nodes: by the sum of each resource, by what may be on a node but once, of all and of those tied to one zone. */
export function volumeBound(items: readonly Item[], capacity: readonly number[]): number {
  const bound = (some: readonly Item[]): number =>
    Math.max(
      0,
      ...capacity.map((all, at) =>
        all > 0 ? Math.ceil(some.reduce((sum, { size, pods }) => sum + (size[at] ?? 0) * pods, 0) / all) : 0,
      ),
      ...some.map(({ pods, mostOnNode }) => Math.ceil(pods / mostOnNode)),
    );
  const tied = new Set(items.map(({ zones }) => zones).filter(zones => (zones & (zones - 1)) === 0));
  const byZone = [...tied].reduce((sum, zone) => sum + bound(items.filter(({ zones }) => zones === zone)), 0);
  return Math.max(bound(items), byZone);
}
