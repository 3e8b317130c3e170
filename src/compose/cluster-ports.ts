/** Opens, once each, what it takes to read and change the division's clusters. */
import { delimiter, join } from 'node:path';
import { openContractors } from '../contractors/registry.ts';
import { DivisionError } from '../errors.ts';
import { connectCluster } from '../kubernetes/connect.ts';
import type { ClusterConfig, Config } from '../model/config.ts';
import type { SimulationConnection } from '../model/simulation-connection.ts';
import type { Clock, ClusterPorts, ClusterWriters, Log } from '../ports.ts';
import { simulatedClusters } from './simulation-process.ts';
import { unavailableCluster } from './unavailable-cluster.ts';

export interface OpenClusters {
  ports: readonly ClusterPorts[];
  /** Undefined for a cluster that is not the division's. */
  writers(cluster: string): ClusterWriters | undefined;
  close(): Promise<void>;
}

/**
 * `simulation` is given exactly when the configuration is simulated. No network is used yet. A cluster that can't be opened is there
 * all the same and answers with the reason.
 */
export async function openClusters(
  config: Config,
  simulation: SimulationConnection | undefined,
  options: { clock: Clock; log: Log },
): Promise<OpenClusters> {
  const clusters: readonly ClusterConfig[] = simulation ? simulatedClusters(simulation) : config.clusters;
  const contractors = openContractors(
    { contractors: withTalosctl(config.contractors, simulation) },
    { receiptsDirectory: join(config.divisionDirectory, 'operations', 'receipts'), ...options },
  );
  const opened = await Promise.all(clusters.map(cluster => openCluster(cluster, contractors, options)));
  return {
    ports: opened.map(({ ports }) => ports),
    writers: name => opened.find(({ ports }) => ports.config.name === name)?.writers,
    close: async () => {
      for (const { close } of opened) close();
      await contractors.close();
    },
  };
}

interface OpenCluster {
  ports: ClusterPorts;
  writers: ClusterWriters;
  close: () => void;
}

async function openCluster(
  cluster: ClusterConfig,
  contractors: ReturnType<typeof openContractors>,
  options: { clock: Clock; log: Log },
): Promise<OpenCluster> {
  try {
    const talos = contractors.forCluster(cluster);
    const kubernetes = await connectCluster(cluster, options);
    return {
      ports: { config: cluster, kubernetes: kubernetes.reader, talos: talos.reader },
      writers: { kubernetes: kubernetes.writer, talos: talos.actor },
      close: () => kubernetes.close(),
    };
  } catch (error) {
    if (!(error instanceof DivisionError)) throw error;
    options.log.error('cluster.unavailable', { cluster: cluster.name, code: error.code, message: error.message });
    return { ...unavailableCluster(cluster, error), close: () => undefined };
  }
}

/** A simulated fleet brings its own talosctl; every contractor finds it first. */
function withTalosctl(
  contractors: Config['contractors'],
  simulation: SimulationConnection | undefined,
): Config['contractors'] {
  if (!simulation) return contractors;
  return Object.fromEntries(
    Object.entries(contractors).map(([name, entry]) => [
      name,
      {
        ...entry,
        env: {
          ...entry.env,
          PATH: [simulation.path, process.env.PATH ?? ''].join(delimiter),
          TALOSCTL: join(simulation.path, 'talosctl'),
        },
      },
    ]),
  );
}
