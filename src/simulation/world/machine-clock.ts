import type { SimCluster } from './cluster.ts';

/** What a machine's own clock says, epoch ms: cluster time, but for a fault (clock_skew). */
export const clockOf = (cluster: Pick<SimCluster, 'now' | 'faults'>, machine: string): number =>
  cluster.now() + (cluster.faults.active('clock_skew', { node: machine })?.skew_ms ?? 0);
