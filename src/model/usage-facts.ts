/** What metrics.k8s.io says is used now: an average over some seconds, never a history. */

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
