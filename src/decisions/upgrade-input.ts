import type { ClusterConfig } from '../model/config.ts';
import type { ClusterFacts, EtcdViewFacts, MachineFacts } from '../model/facts.ts';
import type { PlanAction } from '../model/plan.ts';

/** Everything known of one cluster when an upgrade is planned or started. */
export interface ClusterReading {
  config: Pick<ClusterConfig, 'name' | 'environment' | 'simulated' | 'mode' | 'installer'> & {
    talos: Pick<ClusterConfig['talos'], 'contractor'>;
  };
  /** Undefined when the cluster could not be read; `unreadable` says why. */
  facts: ClusterFacts | undefined;
  unreadable?: string;
  machines: readonly MachineFacts[];
  /** One view a control plane node. */
  etcd: readonly EtcdViewFacts[];
  /** Undefined when the contractor did not answer. */
  capabilities: { offered: readonly string[]; keepsReceipts: boolean; clientVersion: string | undefined } | undefined;
  /** Undefined when it could not be asked. */
  missingPermissions: readonly string[] | undefined;
}

export interface UpgradeInput {
  requested: PlanAction;
  /** In wave order. */
  clusters: readonly ClusterReading[];
  /** `isWritable` undefined: not known, which counts as not writable. */
  snapshotDirectory: { path: string; isWritable: boolean | undefined };
  /** The operation that asks, when it runs already: its own lease and cordons are not foreign. */
  holder?: string;
}
