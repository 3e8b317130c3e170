import type { ClusterConfig } from '../model/config.ts';
import type { Clock, ClusterReader, ClusterWriter, Log } from '../ports.ts';
import { KubernetesApi } from './api-call.ts';
import { clusterReader } from './cluster-reader.ts';
import { clusterWriter } from './cluster-writer.ts';
import { readKubeContext } from './kubeconfig.ts';
import { Transport } from './transport.ts';

/** One cluster's reader and writer over shared, kept-alive connections. */
export interface ClusterConnection {
  reader: ClusterReader;
  writer: ClusterWriter;
  /** Aborts what is under way (CANCELLED) and closes every connection. */
  close(): void;
}

/** The heavy half of connectCluster. Nothing is sent before the first call. [INPUT_INVALID] */
export async function openCluster(
  config: ClusterConfig,
  { clock, log }: { clock: Clock; log: Log },
): Promise<ClusterConnection> {
  const transport = new Transport(config.name, await readKubeContext(config), log);
  const api = new KubernetesApi(config.name, transport);
  return {
    reader: clusterReader(api, clock),
    writer: clusterWriter(api, config, clock),
    close: () => transport.close(),
  };
}
