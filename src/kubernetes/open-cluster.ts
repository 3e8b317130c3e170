import type { ClusterConfig } from '../model/config.ts';
import type { ClusterWatch } from '../ports/cluster-watch.ts';
import type { SymptomReader } from '../ports/symptoms.ts';
import type { UsageReader } from '../ports/usage.ts';
import type { WorkloadReader, WorkloadWriter } from '../ports/workloads.ts';
import type { Clock, ClusterReader, ClusterWriter, Log } from '../ports.ts';
import { KubernetesApi } from './api-call.ts';
import { clusterReader } from './cluster-reader.ts';
import { clusterWriter } from './cluster-writer.ts';
import { readKubeContext } from './kubeconfig.ts';
import { ResourceMap } from './objects/resource-map.ts';
import { workloadReader } from './objects/workload-reader.ts';
import { workloadWriter } from './objects/workload-writer.ts';
import { symptomReader } from './symptoms/symptom-reader.ts';
import { Transport } from './transport.ts';
import { usageReader } from './usage-reader.ts';
import { KubernetesWatch } from './watch/cluster-watch.ts';
import type { WatchTimes } from './watch/watched-set.ts';

/** One cluster's reader, watch cache and writer over shared, kept-alive connections. */
export interface ClusterConnection {
  reader: ClusterReader;
  /** Sends nothing until it is held. */
  watch: ClusterWatch;
  writer: ClusterWriter;
  symptoms: SymptomReader;
  usage: UsageReader;
  workloads: { reader: WorkloadReader; writer: WorkloadWriter };
  /** Aborts what is under way (CANCELLED) and closes every connection. */
  close(): void;
}

export interface ConnectOptions {
  clock: Clock;
  log: Log;
  /** The division directory's own id; for who writes. */
  directory?: string;
  /** Other bounds than WATCH_TIMES. */
  watchTimes?: WatchTimes;
}

/** The heavy half of connectCluster. Nothing is sent before the first call. [INPUT_INVALID] */
export async function openCluster(
  config: ClusterConfig,
  { clock, log, directory, watchTimes: times }: ConnectOptions,
): Promise<ClusterConnection> {
  const transport = new Transport(config.name, await readKubeContext(config), log);
  const api = new KubernetesApi(config.name, transport);
  const resources = new ResourceMap(api);
  const watch = new KubernetesWatch(api, { clock, log, times });
  return {
    watch,
    reader: clusterReader(api, clock),
    writer: clusterWriter(api, config, clock, directory),
    workloads: { reader: workloadReader(api, resources), writer: workloadWriter(api, resources, config) },
    symptoms: symptomReader(api),
    usage: usageReader(api, resources),
    close: () => {
      watch.close();
      transport.close();
    },
  };
}
