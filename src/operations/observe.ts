/** Takes the readings a stage asks for, once each and at the same time; what can't be read is absent, and said. */
import { endpointsFor, type Readings, type TurnFacts } from '../decisions/upgrade-turn.ts';
import { DivisionError } from '../errors.ts';
import type { EtcdViewFacts, MachineFacts, NodeFacts } from '../model/facts.ts';
import type { ClusterPorts } from '../ports.ts';

export interface ObserveOptions {
  now: () => number;
  signal: AbortSignal;
  /** Drift and preflight of the whole cluster, for the stage that asks for it. */
  preflight(): Promise<NonNullable<TurnFacts['preflight']>>;
}

type KubernetesFacts = Pick<TurnFacts, 'cluster' | 'node' | 'controlPlanes' | 'servers'>;

/** Only failures of Kubernetes end up in `unavailable`: Talos' are missing facts. Other errors are thrown. */
export async function observe(ports: ClusterPorts, readings: Readings, options: ObserveOptions): Promise<TurnFacts> {
  const { signal } = options;
  // One clock reading, before the others: what a reading takes must not make a Lease look old.
  const now = options.now();
  const nothing = { machines: new Map<string, MachineFacts>(), etcd: [], controlPlanes: [], servers: [] };
  try {
    const kubernetes = await readKubernetes(ports, readings, signal);
    const [machines, etcd, receipt, preflight] = await Promise.all([
      readMachines(ports, readings, signal),
      readings.etcd ? readEtcd(ports, kubernetes.controlPlanes, signal) : [],
      readings.attemptId === undefined ? undefined : readReceipt(ports, readings.attemptId, signal),
      readings.preflight ? options.preflight() : undefined,
    ]);
    return {
      ...kubernetes,
      machines,
      etcd,
      ...(receipt && { receipt }),
      ...(preflight && { preflight }),
      now,
    };
  } catch (error) {
    if (!(error instanceof DivisionError) || signal.aborted) throw error;
    return { ...nothing, now, unavailable: { code: error.code, message: error.message } };
  }
}

const planesOf = (nodes: readonly NodeFacts[]) =>
  nodes.filter(node => node.role === 'control-plane').map(({ name, internalIp }) => ({ name, internalIp }));

async function readKubernetes(ports: ClusterPorts, readings: Readings, signal: AbortSignal): Promise<KubernetesFacts> {
  const { kubernetes } = ports;
  if (readings.kubernetes === 'cluster') {
    const cluster = await kubernetes.facts(signal);
    const node = cluster.nodes.find(candidate => candidate.name === readings.node);
    return { cluster, ...(node && { node }), controlPlanes: planesOf(cluster.nodes), servers: cluster.servers };
  }
  // etcd's members are judged against every control plane node, so all nodes are read where etcd is.
  const [nodes, node, servers] = await Promise.all([
    readings.etcd ? kubernetes.nodes(signal) : [],
    readings.node === undefined ? undefined : kubernetes.node(readings.node, signal),
    readings.servers ? kubernetes.servers(signal) : [],
  ]);
  return { ...(node && { node }), controlPlanes: planesOf(nodes), servers };
}

async function readMachines(
  ports: ClusterPorts,
  readings: Readings,
  signal: AbortSignal,
): Promise<Map<string, MachineFacts>> {
  const read = await Promise.all(
    readings.machines.map(async ({ node, address, parts }) => {
      const endpoints = endpointsFor(address, ports.config.talos.endpoints);
      const machine = await ports.talos.machine({ address, endpoints }, signal, parts).catch(ignoreDivisionErrors);
      return [node, machine] as const;
    }),
  );
  return new Map(read.filter((entry): entry is readonly [string, MachineFacts] => entry[1] !== undefined));
}

function readEtcd(
  ports: ClusterPorts,
  planes: readonly { internalIp: string | undefined }[],
  signal: AbortSignal,
): Promise<EtcdViewFacts[]> {
  const addresses = planes.flatMap(({ internalIp }) => (internalIp === undefined ? [] : [internalIp]));
  return Promise.all(
    addresses.map(address =>
      ports.talos.etcd({ address, endpoints: endpointsFor(address, ports.config.talos.endpoints) }, signal),
    ),
  );
}

async function readReceipt(ports: ClusterPorts, attemptId: string, signal: AbortSignal) {
  return (await ports.talos.attempt(attemptId, signal).catch(ignoreDivisionErrors)) ?? { state: 'unknown' as const };
}

/** A contractor that does not answer leaves its facts unknown; a decision never takes that for well. */
function ignoreDivisionErrors(error: unknown): undefined {
  if (error instanceof DivisionError) return undefined;
  throw error;
}
