import * as z from 'zod';

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

/** How far ahead is looked where nobody says: three monthly reports. */
export const HORIZON_DAYS = 90;

/** Something that could happen to a cluster: one of it, and `add_nodes` beside it or alone. */
export const WhatIf = z.strictObject({
  /** namespace/name; `replicas` more pods of it. */
  workload: z.string().min(3).max(320).optional(),
  replicas: z.number().int().min(1).max(100_000).optional(),
  /** node:NAME, zone:NAME, each_node or each_zone. */
  lose: z.string().max(260).optional(),
  drain: z.array(z.string().min(1).max(253)).min(1).max(500).optional(),
  growth_factor: z.number().gt(0).max(100).optional(),
  /** Of an upgrade: nodes that are away at the same time. */
  max_unavailable: z.number().int().min(1).max(100).optional(),
  add_nodes: z.number().int().min(1).max(1000).optional(),
});
export type WhatIf = z.infer<typeof WhatIf>;
