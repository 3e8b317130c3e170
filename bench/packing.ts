import { seeded } from '../src/decisions/forecast/random.ts';
import { packByColumns } from '../src/decisions/placement/column-generation.ts';
import { Fleet } from '../src/decisions/placement/fleet.ts';
import { headroom } from '../src/decisions/placement/headroom.ts';
import { firstFit, type Item, nodesIn, packGreedily } from '../src/decisions/placement/packing.ts';
import { inOrder, placeAll, placePods } from '../src/decisions/placement/place-pods.ts';
import { scheduleLiterally } from '../src/decisions/placement/schedule.ts';
import type { NodeType } from '../src/decisions/placement/shape.ts';
import { whatIf } from '../src/decisions/placement/what-if.ts';
import { openSolver } from '../src/solver/highs.ts';
import { hostedOn, synthetic } from './packing-fleet.ts';
import type { Row } from './result.ts';

const NODES = 5_000;
const PODS = 150_000;
const SHAPES = 1_500;
const RUNS = 5;
/** Rounds of headroom: the compiler has settled after about ten. */
const ROUNDS = 20;
/** Pods that the literal way is measured with. */
const LITERAL_PODS = 3_000;
const LITERAL = 'pod by pod, node by node';

/** Milliseconds of the quickest of some runs: the others were disturbed. */
function quickest(runs: number, work: () => unknown): number {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}

/** A large fleet placed, asked for headroom, and without each zone and node, beside the literal way of doing it. */
function fleetRows(): Row[] {
  const { facts, wanted } = synthetic(NODES, PODS, SHAPES);
  const waiting = wanted.map(({ shape, pods }) => ({ shape, nodeName: undefined, pods }));
  const empty = new Fleet({ ...facts, hosted: waiting });
  const placed = placePods(empty, wanted);
  const place = quickest(RUNS, () => placePods(empty, wanted));
  const literal = literalMillis(empty, wanted);
  const filled = new Fleet({ ...facts, hosted: waiting });
  placeAll(
    filled,
    wanted.map(({ shape, pods }) => ({ known: filled.classOf(shape), pods })),
  );
  const hosted = hostedOn(filled);
  const open = quickest(RUNS, () => new Fleet({ ...facts, hosted }));
  const fleet = new Fleet({ ...facts, hosted });
  const some = wanted.slice(0, 500);
  const room = quickest(ROUNDS, () => some.map(({ shape }) => headroom(fleet, shape))) / some.length;
  const zone = quickest(RUNS, () => whatIf(fleet, { kind: 'lose_zone', zone: 'a' }));
  const lost = whatIf(fleet, { kind: 'lose_zone', zone: 'a' });
  const each = quickest(1, () => whatIf(fleet, { kind: 'lose_each_node' }));
  const size = `${NODES} nodes, ${PODS} pods of ${SHAPES} shapes`;
  const share = placed.placed_pods / placed.wanted_pods;
  const perPod = literal / LITERAL_PODS;
  return [
    {
      what: 'pods placed',
      unit: 'ms',
      value: place,
      peers: { [LITERAL]: perPod * PODS },
      targets: [{ atMost: 300 }, { atMost: 0.1, of: LITERAL }],
      note: `${size}; ${(100 * share).toFixed(1)} % found a place; the literal way by ${LITERAL_PODS} pods, times ${PODS / LITERAL_PODS}; quickest of ${RUNS}`,
    },
    { what: 'facts of a full fleet taken in', unit: 'ms', value: open },
    {
      what: 'headroom of a shape',
      unit: 'ms',
      value: room,
      targets: [{ atMost: 0.1 }],
      note: `mean of ${some.length} shapes, each asked of all nodes; quickest of ${ROUNDS} rounds`,
    },
    {
      what: 'a zone lost',
      unit: 'ms',
      value: zone,
      peers: { [LITERAL]: perPod * lost.evicted_pods },
      targets: [{ atMost: 250 }, { atMost: 0.1, of: LITERAL }],
      note: `${lost.evicted_pods} pods evicted, ${lost.unplaced_pods} without a place`,
    },
    {
      what: 'each node lost by itself',
      unit: 'ms',
      value: each,
      peers: { [LITERAL]: perPod * placed.placed_pods },
      targets: [{ atMost: 5_000 }, { atMost: 0.2, of: LITERAL }],
    },
  ];
}

/** The first pods, in the order they are placed in, the literal way. */
function literalMillis(fleet: Fleet, wanted: ReturnType<typeof synthetic>['wanted']): number {
  const all = inOrder(
    fleet,
    wanted.map(({ shape, pods }) => ({ known: fleet.classOf(shape), pods })),
  );
  const mark = fleet.mark;
  const time = quickest(1, () => {
    let left = LITERAL_PODS;
    for (const { known, pods } of all) if (left > 0) left -= scheduleLiterally(fleet, known, Math.min(left, pods));
  });
  fleet.rollback(mark);
  return time;
}

const MIXES = 30;
const CPU_MILLIS = [50, 100, 250, 500, 1000, 2000, 4000];
const MEMORY_MIB = [64, 128, 256, 512, 1024, 2048, 4096, 8192];
/** A node of 16 cores and 64 GiB as pods see it: millicores, MiB, pods. */
const WORKER: NodeType['allocatable'] = { cpu: 15_500, memory: 61_440, pods: 110 };
const CAPACITY = [WORKER.cpu ?? 0, WORKER.memory ?? 0, WORKER.pods ?? 0];

function mix(seed: number): Item[] {
  const random = seeded(seed).uniform;
  const below = (limit: number): number => Math.floor(random() * limit);
  return Array.from({ length: 10 + below(25) }, (): Item => {
    const cpu = (CPU_MILLIS[below(CPU_MILLIS.length)] ?? 50) + 10 * below(5);
    const memory = MEMORY_MIB[below(MEMORY_MIB.length)] ?? 64;
    const pods = 5 + below(300);
    return { size: [cpu, memory, 1], pods, mostOnNode: pods, zones: 1 };
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How far above the bound of the linear program: the best of our orders, the solver, and the orders that autoscalers use. */
async function nodeRows(): Promise<Row[]> {
  const share = (item: Item, at: number): number => (item.size[at] ?? 0) / (CAPACITY[at] ?? 1);
  const above = { greedy: [] as number[], solved: [] as number[], sum: [] as number[], cpu: [] as number[] };
  const times: number[] = [];
  for (let seed = 1; seed <= MIXES; seed += 1) {
    const items = mix(seed);
    const solved = packByColumns(items, CAPACITY, [1], await openSolver(10_000));
    const bound = solved?.lowerBound;
    if (solved === undefined || bound === undefined) continue;
    const percent = (nodes: number): number => (100 * (nodes - bound)) / bound;
    above.greedy.push(percent(nodesIn(packGreedily(items, CAPACITY))));
    above.solved.push(percent(nodesIn(solved.bins)));
    above.sum.push(percent(nodesIn(firstFit(items, CAPACITY, item => share(item, 0) + share(item, 1)))));
    above.cpu.push(percent(nodesIn(firstFit(items, CAPACITY, item => share(item, 0) * 1e6 + share(item, 1)))));
    times.push(quickest(3, () => packGreedily(items, CAPACITY)));
  }
  const bySum = 'first fit by CPU and memory share';
  const byCpu = 'first fit by CPU, then memory';
  const peers = { [bySum]: mean(above.sum), [byCpu]: mean(above.cpu) };
  const note = `mean of ${above.greedy.length} mixes of 10 to 34 shapes; greatest ${Math.max(...above.greedy).toFixed(1)} % and, with the solver, ${Math.max(...above.solved).toFixed(1)} %`;
  return [
    {
      what: 'nodes to add, above the bound of the linear program',
      unit: '%',
      value: mean(above.greedy),
      peers,
      targets: [{ atMost: 1 }, { atMost: 0.5, of: bySum }],
      note,
    },
    {
      what: 'nodes to add with the solver, above that bound',
      unit: '%',
      value: mean(above.solved),
      peers,
      targets: [{ atMost: 1 }],
    },
    { what: 'the greedy orders, one mix', unit: 'ms', value: mean(times), targets: [{ atMost: 50 }] },
  ];
}

export async function packing(): Promise<Row[]> {
  return [...fleetRows(), ...(await nodeRows())];
}
