/** What metrics.k8s.io says is used now, an average over some seconds; and what a monitoring system remembers. */

export interface NodeUsage {
  node: string;
  cpuMillis: number;
  memoryBytes: number;
}

export interface PodUsage {
  namespace: string;
  pod: string;
  cpuMillis: number;
  memoryBytes: number;
}

/** What a pod used over the last days: the 95th percentile of cpu, the most of memory. */
export interface PodPeak extends PodUsage {
  /** Whole days that the pod was seen in, at most 7. */
  historyDays: number;
}
