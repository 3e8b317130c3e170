import type { Faults } from '../faults.ts';
import type { Ledger } from '../ledger.ts';
import type { BudgetWatch } from './budget-watch.ts';
import type { EtcdModel } from './etcd.ts';
import type { Machine } from './machine.ts';
import type { MachineEvents } from './machine-events.ts';
import type { Pki } from './pki.ts';
import type { PodIndex } from './pod-index.ts';
import type { SeededRandom } from './random.ts';
import type { ObjectStore } from './store.ts';

/** The world's timeline as one cluster sees it. */
export interface ClusterClock {
  /** Saved with the world. `subject` is what the handler gets. */
  schedule(delayMs: number, kind: string, subject: string): void;
  /** Nothing when the same is scheduled already. */
  scheduleOnce(delayMs: number, kind: string, subject: string): void;
  handle(kind: string, handler: (subject: string) => void): void;
  /** Calls back after that much cluster time; not saved. Returns a way to call it off. */
  wait(delayMs: number, wake: () => void): () => void;
}

export interface Extension {
  name: string;
  version: string;
}

export interface SimCluster {
  name: string;
  environment: 'staging' | 'production';
  /** Of this cluster: durations that must not depend on order are drawn from it and a subject. */
  seed: number;
  kubernetesVersion: string;
  store: ObjectStore;
  /** By node name. */
  machines: Map<string, Machine>;
  /** Extensions of the image factory's schematics, by id. */
  schematics: Record<string, readonly Extension[]>;
  etcd: EtcdModel;
  pki: Pki;
  ledger: Ledger;
  faults: Faults;
  pods: PodIndex;
  /** What really serves, for the ledger. */
  budgetWatch: BudgetWatch;
  clock: ClusterClock;
  /** What Talos says is happening on the machines. */
  machineEvents: MachineEvents;
  draw: SeededRandom;
  /** Cluster time, epoch ms. */
  now(): number;
  /** In [0, 1), from the cluster's saved generator. */
  random(): number;
  /** The control plane machine is up, its kube-apiserver started, and etcd has quorum. */
  apiServerIsUp(nodeName: string): boolean;
  /** The Kubernetes version of that control plane node's kube-apiserver. */
  apiServerVersion(nodeName: string): string;
  /** Called after anything that may change `apiServerIsUp`. Returns a way to stop listening. */
  onServersChanged(listener: () => void): () => void;
  /** To be called by whoever starts or stops a machine's services. */
  serversChanged(): void;
}

export interface World {
  clusters: Map<string, SimCluster>;
  /** The release the fleet's talosctl is, e.g. v1.13.9. */
  talosctlVersion: string;
  now(): number;
  /** Lets all that is due until then happen, in order. */
  advanceTo(ms: number): void;
}
