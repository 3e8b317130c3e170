import type { Faults } from '../faults.ts';
import type { Ledger } from '../ledger.ts';
import type { ObjectStore } from '../world/store.ts';

/** What the Kubernetes face needs of a cluster; a SimCluster is one. */
export interface ApiCluster {
  name: string;
  store: ObjectStore;
  /** Cluster time, epoch ms. */
  now(): number;
  /** Seeded, 0 ≤ x < 1. */
  random(): number;
  /** e.g. v1.35.4 */
  kubernetesVersion: string;
  /** Of one node's server, when they may differ: an upgrade is under way. */
  apiServerVersion?(nodeName: string): string;
  ledger: Ledger;
  faults: Faults;
  /** The machine runs, its kube-apiserver has started and etcd has quorum. */
  apiServerIsUp(nodeName: string): boolean;
  /** Calls back after anything that may change `apiServerIsUp`. Returns a way to stop listening. */
  onServersChanged(listener: () => void): () => void;
}
