import type { ClusterConfig } from '../model/config.ts';
import type { ClusterConnection, ConnectOptions } from './open-cluster.ts';

export type { ClusterConnection } from './open-cluster.ts';

/**
 * Connects to a cluster by its kubeconfig context. Importing this file is cheap: the official client is loaded at the first call.
 * An unreadable kubeconfig, an unknown context or an unusable server address is INPUT_INVALID with the fix; no network is used yet.
 */
export async function connectCluster(config: ClusterConfig, options: ConnectOptions): Promise<ClusterConnection> {
  const { openCluster } = await import('./open-cluster.ts');
  return openCluster(config, options);
}
