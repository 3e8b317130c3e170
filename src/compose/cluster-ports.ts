/** Opens, once each, what it takes to read and change the division's clusters. */
import { delimiter, join } from 'node:path';
import { openContractors } from '../contractors/registry.ts';
import { openManifests } from '../division/manifests.ts';
import { DivisionError } from '../errors.ts';
import { connectCluster } from '../kubernetes/connect.ts';
import type { ClusterConfig, Config } from '../model/config.ts';
import type { SimulationConnection } from '../model/simulation-connection.ts';
import type { Budget } from '../ports/budget.ts';
import type { FleetReader } from '../ports/fleet-reader.ts';
import type { Manifests } from '../ports/workloads.ts';
import type { Clock, ClusterPorts, ClusterWriters, Log } from '../ports.ts';
import { prometheusHistory } from '../prometheus/usage-history.ts';
import { lateKubernetes } from './late-kubernetes.ts';
import { simulatedClusters } from './simulation-process.ts';
import { countAnswers, type MeteredContractor } from './token-budget.ts';
import { unavailableCluster } from './unavailable-cluster.ts';

export interface OpenClusters {
  ports: readonly ClusterPorts[];
  contractors: readonly MeteredContractor[];
  /** Undefined for a cluster that is not the division's. */
  writers(cluster: string): ClusterWriters | undefined;
  /** Reads several clusters at once; undefined: no contractor for that is configured. */
  fleet: FleetReader | undefined;
  close(): Promise<void>;
}

interface OpeningOptions {
  clock: Clock;
  log: Log;
  /** The division directory's own id; for who writes. */
  directory?: string;
  /** Clusters whose contractor is needed at once: it starts while the rest is loaded. */
  atWork?: { clusters: readonly string[]; signal: AbortSignal };
}

/**
 * `simulation` is given exactly when the configuration is simulated. No network is used yet. A cluster that can't be opened is there
 * all the same and answers with the reason.
 */
export async function openClusters(
  config: Config,
  simulation: SimulationConnection | undefined,
  options: OpeningOptions & { budget: Budget },
): Promise<OpenClusters> {
  const clusters: readonly ClusterConfig[] = simulation ? simulatedClusters(simulation) : config.clusters;
  const contractors = openContractors(
    { contractors: withTalosctl(config.contractors, simulation) },
    {
      receiptsDirectory: join(config.divisionDirectory, 'operations', 'receipts'),
      secretsDirectory: config.secretsDirectory,
      ownEnvironment: {
        CORTEX_HOME: config.home,
        ...(config.divisionFile !== undefined && { CONTAINERS_GM_DIVISION: config.divisionFile }),
      },
      ...options,
    },
  );
  const manifests = openManifests(config.snapshotDirectory);
  const opened = await Promise.all(
    clusters.map(cluster => openCluster(cluster, contractors, { ...options, manifests })),
  );
  const several = contractors.forSeveral();
  const metered = [
    ...opened.flatMap(({ contractor }) => contractor ?? []),
    ...(several ? [{ contractor: several.reader.contractor, usage: several.usage }] : []),
  ];
  const stopCounting = countAnswers(metered, options.budget);
  return {
    ports: opened.map(({ ports }) => ports),
    contractors: metered,
    fleet: several?.reader,
    writers: name => opened.find(({ ports }) => ports.config.name === name)?.writers,
    close: async () => {
      for (const { close } of opened) close();
      await contractors.close();
      stopCounting();
    },
  };
}

interface OpenCluster {
  ports: ClusterPorts;
  writers: ClusterWriters;
  /** Undefined for a cluster that could not be opened. */
  contractor?: MeteredContractor;
  close: () => void;
}

/** Without its contractor nothing of a cluster can be done; one whose kubeconfig can't be used now may have it later. */
async function openCluster(
  cluster: ClusterConfig,
  contractors: ReturnType<typeof openContractors>,
  options: OpeningOptions & { manifests: Manifests },
): Promise<OpenCluster> {
  const { atWork, log } = options;
  const tell = ({ code, message }: DivisionError) =>
    log.error('cluster.unavailable', { cluster: cluster.name, code, message });
  let talos: ReturnType<typeof contractors.forCluster>;
  try {
    talos = contractors.forCluster(cluster);
  } catch (error) {
    if (!(error instanceof DivisionError)) throw error;
    tell(error);
    return { ...unavailableCluster(cluster, error), close: () => undefined };
  }
  // Should it fail, the first call that needs it says so.
  if (atWork?.clusters.includes(cluster.name)) talos.reader.start(atWork.signal).catch(() => undefined);
  const contractor = { contractor: talos.reader.contractor, usage: talos.reader.usage };
  const connect = () => connectCluster(cluster, options);
  const opened = (
    kubernetes: Omit<ClusterPorts, 'config' | 'talos'>,
    writers: Pick<ClusterWriters, 'kubernetes' | 'workloads'>,
  ) => ({
    ports: {
      config: cluster,
      ...kubernetes,
      ...(cluster.prometheus && { history: prometheusHistory(cluster.name, cluster.prometheus) }),
      talos: talos.reader,
    },
    writers: { ...writers, manifests: options.manifests, talos: talos.actor },
    contractor,
  });
  try {
    const kubernetes = await connect();
    const { reader, writer, watch, workloads, symptoms, usage } = kubernetes;
    return {
      ...opened(
        { kubernetes: reader, watch, workloads: workloads.reader, symptoms, usage },
        { kubernetes: writer, workloads: workloads.writer },
      ),
      close: () => kubernetes.close(),
    };
  } catch (error) {
    if (!(error instanceof DivisionError)) throw error;
    tell(error);
    const late = lateKubernetes(unavailableCluster(cluster, error), connect);
    return { ...opened(late.ports, late.writers), close: () => late.close() };
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
