/** What is known of a cluster's capacity over time. Times are epoch milliseconds of the cluster's clock. */

/** Millicores, bytes, pods. */
export interface CapacityAmounts {
  cpuMillis: number;
  memoryBytes: number;
  /** Undefined: not told. */
  pods: number | undefined;
}

/** One hour of a cluster, or one day of which the hours are gone. What was not measured is undefined, never 0. */
export interface CapacityPoint {
  /** When the hour was looked at; of a day its noon. */
  at: number;
  span: 'hour' | 'day';
  nodes: number | undefined;
  /** Of all nodes. */
  allocatable: CapacityAmounts | undefined;
  requested: CapacityAmounts | undefined;
  used: CapacityAmounts | undefined;
  /** Of a day: the 95th percentile of its hours. */
  usedP95: CapacityAmounts | undefined;
}

/** What is asked of a Prometheus server: PromQL that yields one series each. */
export const historyMetrics = [
  'cpu_used_cores',
  'memory_used_bytes',
  'cpu_requested_cores',
  'memory_requested_bytes',
  'cpu_allocatable_cores',
  'memory_allocatable_bytes',
  'pods',
  'nodes',
] as const;
export type HistoryMetric = (typeof historyMetrics)[number];
