import type { ForecastMade } from '../forecast/answer.ts';
import type { NodesToAdd } from '../placement/answers.ts';
import type { FleetFacts, HostedPods, NodeType, PodsOf } from '../placement/shape.ts';
import type { MetricOutlook } from './outlook.ts';
import { type CapacityMetric, isCpu } from './series.ts';
import type { MachineSize, WorkerType } from './worker-type.ts';

const DAY_MS = 86_400_000;

/** Why nodes are needed: pods wait for a place · 75 % with one worker gone (ledger R159; seed 484) · a threshold may be crossed. */
export type NeedReason = 'waiting_pods' | 'one_worker_gone' | 'threshold';

/** Nodes of one type to be had by a day. */
export interface NodeNeed {
  reason: NeedReason;
  /** The metric that may cross first; of a threshold. */
  metric: CapacityMetric | undefined;
  /** UTC days. The order is due the lead time before: on the day that a tenth of the paths has crossed. */
  by: string;
  orderBy: string;
  /** p50 is what is asked for; p90 holds in nine of ten futures. At the end of the horizon, beyond the nodes there are. */
  nodes: { p50: number; p90: number };
  lowerBoundNodes: number;
  nodeType: string;
  machine: MachineSize;
  nodesByZone: Readonly<Record<string, number>>;
  /** volume: amounts over what one node gives; else how pods were packed. */
  method: NodesToAdd['method'] | 'volume';
}

export interface NeedQuestion {
  fleet: FleetFacts;
  worker: WorkerType | undefined;
  /** Workers that the present requests need beside those there are (checks/capacity.ts). */
  workersMissing: number;
  metrics: readonly MetricOutlook[];
  nowMs: number;
  leadDays: number;
  nodesToAdd: (pods: readonly PodsOf[], nodeType: NodeType) => NodesToAdd;
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** As evenly as whole nodes go, the first zones first. */
function spread(nodes: number, zones: readonly string[]): Record<string, number> {
  const shares = zones.map((zone, index): [string, number] => [
    zone,
    Math.floor(nodes / zones.length) + (index < nodes % zones.length ? 1 : 0),
  ]);
  return Object.fromEntries(shares.filter(([, count]) => count > 0));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What is ordered is what kube-scheduler needs, which spreads rather than packs. */
const ordered = (packed: NodesToAdd | undefined): number => packed?.scheduler_nodes ?? packed?.nodes ?? 0;

/** Workers that are missing now, for what is asked for now. */
function missingNow({
  fleet,
  worker,
  workersMissing: missing,
  nodesToAdd,
}: NeedQuestion): Omit<NodeNeed, 'by' | 'orderBy'> | undefined {
  if (worker === undefined) return undefined;
  const { nodeType, machine } = worker;
  const waiting = fleet.hosted.filter(({ nodeName }) => nodeName === undefined);
  const packed = waiting.length === 0 ? undefined : nodesToAdd(waiting, nodeType);
  const nodes = Math.max(ordered(packed), missing);
  if (nodes === 0) return undefined;
  const isPacked = packed !== undefined && ordered(packed) >= missing;
  return {
    reason: isPacked ? 'waiting_pods' : 'one_worker_gone',
    metric: undefined,
    nodes: { p50: nodes, p90: nodes },
    lowerBoundNodes: isPacked ? packed.lower_bound_nodes : missing,
    nodeType: nodeType.name,
    machine,
    nodesByZone: isPacked && packed.nodes === nodes ? packed.nodes_by_zone : spread(nodes, nodeType.zones),
    method: isPacked ? packed.method : 'volume',
  };
}

type Made = MetricOutlook & { forecast: ForecastMade };
const isMade = (outlook: MetricOutlook): outlook is Made => outlook.forecast.verdict === 'forecast';

type Level = 'p50' | 'p90';

const levelAtEnd = ({ forecast: { daily } }: Made, level: Level): number => daily.at(-1)?.[level] ?? 0;

/** Nodes that bring a metric back to its threshold at the end of the horizon, by sums alone. */
function byVolume(outlook: Made, level: Level, { fleet }: NeedQuestion, worker: WorkerType): number {
  const resource = isCpu(outlook.metric) ? 'cpu' : 'memory';
  const whole = sum(fleet.nodes.map(({ allocatable }) => allocatable[resource] ?? 0));
  const one = worker.nodeType.allocatable[resource] ?? 0;
  const above = levelAtEnd(outlook, level) / outlook.thresholdPercent - 1;
  return one > 0 ? Math.max(0, Math.ceil((above * whole) / one)) : 0;
}

/** Nodes for the pods there would be if all replicated workloads grew as the requests do. */
function byPods(made: readonly Made[], level: Level, { fleet, nodesToAdd }: NeedQuestion, worker: WorkerType) {
  const factors = made
    .filter(({ metric, nowPercent = 0 }) => metric.endsWith('requested') && nowPercent > 0)
    .map(outlook => levelAtEnd(outlook, level) / (outlook.nowPercent ?? 1));
  const growth = Math.max(1, ...factors) - 1;
  const byShape = new Map<HostedPods['shape'], number>();
  for (const { shape, pods } of fleet.hosted)
    if (shape.kind === 'replicated') byShape.set(shape, (byShape.get(shape) ?? 0) + pods);
  const grown = [...byShape].flatMap(([shape, pods]) => {
    const more = Math.round(pods * growth);
    return more > 0 ? [{ shape, pods: more }] : [];
  });
  const waiting = fleet.hosted.filter(({ nodeName }) => nodeName === undefined);
  return grown.length === 0 ? undefined : nodesToAdd([...waiting, ...grown], worker.nodeType);
}

/** The nodes that keep every metric at its threshold to the end of the horizon; undefined when none may cross. */
function missingThen(question: NeedQuestion): NodeNeed | undefined {
  const { worker, metrics, nowMs, leadDays } = question;
  const made = metrics.filter(isMade);
  const crossing = made
    .flatMap(({ metric, forecast: { crossing: found } }) => (found?.p10 ? [{ metric, day: found.p10 }] : []))
    .toSorted((one, other) => (one.day < other.day ? -1 : 1));
  const [first] = crossing;
  if (first === undefined || worker === undefined) return undefined;
  const over = made.filter(({ metric }) => crossing.some(found => found.metric === metric));
  const [packed50, packed90] = [byPods(made, 'p50', question, worker), byPods(made, 'p90', question, worker)];
  const volume = (level: Level): number => Math.max(...over.map(one => byVolume(one, level, question, worker)));
  const p50 = Math.max(volume('p50'), ordered(packed50));
  const p90 = Math.max(p50, volume('p90'), ordered(packed90), 1);
  const isPacked = packed50 !== undefined && ordered(packed50) > 0 && ordered(packed50) >= volume('p50');
  const by = Math.max(Date.parse(first.day), nowMs);
  return {
    reason: 'threshold',
    metric: first.metric,
    by: dayOf(by),
    orderBy: dayOf(Math.max(by - leadDays * DAY_MS, nowMs)),
    nodes: { p50, p90 },
    lowerBoundNodes: isPacked ? packed50.lower_bound_nodes : volume('p50'),
    nodeType: worker.nodeType.name,
    machine: worker.machine,
    nodesByZone:
      isPacked && packed50.nodes === p50 ? packed50.nodes_by_zone : spread(Math.max(p50, 1), worker.nodeType.zones),
    method: isPacked ? packed50.method : 'volume',
  };
}

/** What is missing now, then what will be; each counted from the nodes there are, so the second includes the first. */
export function nodeNeeds(question: NeedQuestion): NodeNeed[] {
  const { nowMs } = question;
  const today = dayOf(nowMs);
  const now = missingNow(question);
  const then = missingThen(question);
  return [...(now ? [{ ...now, by: today, orderBy: today }] : []), ...(then ? [then] : [])];
}
