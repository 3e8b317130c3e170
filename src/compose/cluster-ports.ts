/** Opens, once each, what it takes to read and change the division's clusters. */
import { delimiter, join } from 'node:path';
import { openContractors } from '../contractors/registry.ts';
import { connectCluster } from '../kubernetes/connect.ts';
import type { ClusterConfig, Config } from '../model/config.ts';
import type { SimulationConnection } from '../model/simulation-connection.ts';
import type { Clock, ClusterPorts, ClusterWriters, Log } from '../ports.ts';
import { simulatedClusters } from './simulation-process.ts';

export interface OpenClusters {
  ports: readonly ClusterPorts[];
  /** Undefined for a cluster that is not the division's. */
  writers(cluster: string): ClusterWriters | undefined;
  close(): Promise<void>;
}

/**
 * `simulation` is given exactly when the configuration is simulated. Nothing is asked of a cluster or a contractor yet:
 * both connect at their first call.
 */
export async function openClusters(
  config: Config,
  simulation: SimulationConnection | undefined,
  options: { clock: Clock; log: Log },
): Promise<OpenClusters> {
  const clusters: readonly ClusterConfig[] = simulation ? simulatedClusters(simulation) : config.clusters;
  const contractors = openContractors(
    { contractors: withTalosctl(config.contractors, simulation), self: config.self },
    { receiptsDirectory: join(config.divisionDirectory, 'operations', 'receipts'), ...options },
  );
  const opened = new Map<string, { ports: ClusterPorts; writers: ClusterWriters; close(): void }>();
  for (const cluster of clusters) {
    const kubernetes = await connectCluster(cluster, options);
    const talos = contractors.forCluster(cluster);
    opened.set(cluster.name, {
      ports: { config: cluster, kubernetes: kubernetes.reader, talos: talos.reader },
      writers: { kubernetes: kubernetes.writer, talos: talos.actor },
      close: () => kubernetes.close(),
    });
  }
  return {
    ports: [...opened.values()].map(cluster => cluster.ports),
    writers: name => opened.get(name)?.writers,
    close: async () => {
      for (const cluster of opened.values()) cluster.close();
      await contractors.close();
    },
  };
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
