/** What capacity_forecast and its resources show: units in the names, percent of what the nodes can give now. */
import type { NodeNeed } from '../decisions/capacity/node-needs.ts';
import { leading } from '../decisions/capacity/outlook.ts';
import { outlookSentence } from '../decisions/capacity/sentence.ts';
import type { CapacityReading } from '../operations/read-capacity.ts';
import { outlookView, rounded } from './outlook-view.ts';
import { type Detail, SUMMARY, schedulingView, WHOLE } from './scheduling-view.ts';

const MIB = 1024 ** 2;
export const capacityAddress = (cluster: string): string => `gm://capacity/${cluster}`;
export const chartAddress = (cluster: string): string => `gm://capacity/${cluster}/chart`;

const percentOf = (part: number | undefined, whole: number): number | null =>
  part === undefined || whole <= 0 ? null : rounded((100 * part) / whole);

/** CPU in millicores, memory in MiB; `used` is null where it is not measured, and says why. */
function currentView({ capacity, allocatable, requested, used, warnings }: CapacityReading): Record<string, unknown> {
  const failed = warnings.find(({ code }) => code === 'usage');
  return {
    cpu: {
      capacity_millicores: capacity?.cpuMillis ?? null,
      allocatable_millicores: allocatable.cpuMillis,
      requested_millicores: requested.cpuMillis,
      used_millicores: used?.cpuMillis ?? null,
      requested_percent: percentOf(requested.cpuMillis, allocatable.cpuMillis),
      used_percent: percentOf(used?.cpuMillis, allocatable.cpuMillis),
    },
    memory: {
      capacity_mib: capacity ? Math.round(capacity.memoryBytes / MIB) : null,
      allocatable_mib: Math.round(allocatable.memoryBytes / MIB),
      requested_mib: Math.round(requested.memoryBytes / MIB),
      used_mib: used ? Math.round(used.memoryBytes / MIB) : null,
      requested_percent: percentOf(requested.memoryBytes, allocatable.memoryBytes),
      used_percent: percentOf(used?.memoryBytes, allocatable.memoryBytes),
    },
    pods: { allocatable_pods: allocatable.pods ?? null, running_pods: requested.pods ?? null },
    ...(!used && { used_unknown: failed?.message ?? 'the cluster has no metrics API, or does not measure every node' }),
  };
}

const needView = ({
  reason,
  metric,
  by,
  orderBy,
  nodes,
  lowerBoundNodes,
  nodeType,
  machine,
  nodesByZone,
  method,
}: NodeNeed) => ({
  reason,
  ...(metric && { metric }),
  by,
  order_by: orderBy,
  nodes,
  lower_bound_nodes: lowerBoundNodes,
  node_type: nodeType,
  machine: { cpu_cores: machine.cpu, memory_gib: machine.memory, disk_gib: machine.disk },
  nodes_by_zone: nodesByZone,
  method,
});

/** What is said of a cluster in one line. */
export function clusterSentence({ cluster, metrics }: CapacityReading): string {
  const first = leading(metrics);
  return first === undefined ? `${cluster}: nothing is known` : outlookSentence(cluster, first);
}

const viewOf = (reading: CapacityReading, detail: Detail): Record<string, unknown> => ({
  name: reading.cluster,
  simulated: reading.simulated,
  as_of: new Date(reading.nowMs).toISOString(),
  sentence: clusterSentence(reading),
  source: {
    history: reading.source.history,
    history_days: rounded(reading.source.days),
    samples: reading.source.samples,
  },
  nodes: {
    total: reading.nodes.total,
    ready: reading.nodes.ready,
    schedulable: reading.nodes.schedulable,
    by_zone: reading.nodes.byZone,
  },
  current: currentView(reading),
  forecast: reading.metrics.map(outlook =>
    outlookView(reading.cluster, outlook, detail.isWhole || outlook === leading(reading.metrics)),
  ),
  scheduling: schedulingView(reading.scheduling, detail),
  nodes_to_add: reading.needs.map(needView),
  chart: { mime_type: 'image/svg+xml', address: chartAddress(reading.cluster), alt: clusterSentence(reading) },
  infrastructure_requests: reading.requests,
});

/** One cluster, whole. */
export const wholeCapacityView = (reading: CapacityReading): Record<string, unknown> => ({
  ...viewOf(reading, WHOLE),
  warnings: reading.warnings,
});

/** One cluster as a tool's result tells it: within 8,000 bytes. */
export const capacityView = (reading: CapacityReading): Record<string, unknown> => viewOf(reading, SUMMARY);

/** One cluster among several: what it comes to, and where the rest is. */
export const briefCapacityView = (reading: CapacityReading): Record<string, unknown> => ({
  name: reading.cluster,
  sentence: clusterSentence(reading),
  forecast: reading.metrics.map(({ metric, nowPercent, thresholdPercent, forecast }) => ({
    metric,
    now_percent: nowPercent === undefined ? null : rounded(nowPercent),
    threshold_percent: thresholdPercent,
    verdict: forecast.verdict,
    ...(forecast.verdict === 'forecast' &&
      forecast.crossing && {
        crossing: { p10: forecast.crossing.p10, p50: forecast.crossing.p50, p90: forecast.crossing.p90 },
      }),
  })),
  nodes_to_add: reading.needs.map(({ by, orderBy, nodes, reason }) => ({ reason, by, order_by: orderBy, nodes })),
  address: capacityAddress(reading.cluster),
  chart: { address: chartAddress(reading.cluster) },
});
