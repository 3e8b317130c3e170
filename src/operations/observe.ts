/** Takes the readings a stage asks for, once each and at the same time; what can't be read is absent, and said. */
import { endpointsFor, type Readings, type TurnFacts } from '../decisions/upgrade-turn.ts';
import { DivisionError } from '../errors.ts';
import type { ClusterFacts, EtcdViewFacts, MachineFacts, NodeFacts } from '../model/facts.ts';
import type { ClusterPorts } from '../ports.ts';

export interface ObserveOptions {
  now: () => number;
  signal: AbortSignal;
  /** What is decided on the watch cache's word is to wait, or it is asked again with `confirm` (ADR 8). */
  mayBeWatched: boolean;
  /** Drift and preflight of the whole cluster, for the stage that asks for it, and what it read for that. */
  preflight(): Promise<NonNullable<TurnFacts['preflight']> & { facts: ClusterFacts }>;
}

type KubernetesFacts = Pick<TurnFacts, 'isWatched' | 'cluster' | 'node' | 'controlPlanes' | 'servers'>;

/** Only failures of Kubernetes end up in `unavailable`: Talos' are missing facts. Other errors are thrown. */
export async function observe(ports: ClusterPorts, readings: Readings, options: ObserveOptions): Promise<TurnFacts> {
  const { signal } = options;
  return orUnavailable(options, async () => {
    const checked = readings.preflight ? await options.preflight() : undefined;
    const kubernetes = checked ? seen(checked.facts, readings) : await watchedOrRead(ports, readings, options);
    const [etcd, { machines, receipt }] = await Promise.all([
      readings.etcd ? readEtcd(ports, kubernetes.controlPlanes, signal) : [],
      readTalos(ports, readings, signal),
    ]);
    const preflight = checked && { drift: checked.drift, blocked: checked.blocked };
    return { ...kubernetes, machines, etcd, ...(receipt && { receipt }), ...(preflight && { preflight }) };
  });
}

/** What was seen on the watch cache's word, with Kubernetes asked directly; the machines and etcd were asked themselves. */
export function confirm(
  ports: ClusterPorts,
  readings: Readings,
  { machines, etcd, receipt }: TurnFacts,
  options: ObserveOptions,
): Promise<TurnFacts> {
  return orUnavailable(options, async () => {
    const kubernetes = await readKubernetes(ports, readings, options.signal);
    return { ...kubernetes, machines, etcd, ...(receipt && { receipt }) };
  });
}

async function orUnavailable(
  { now: clock, signal }: ObserveOptions,
  look: () => Promise<Omit<TurnFacts, 'now'>>,
): Promise<TurnFacts> {
  // One clock reading, before the others: what a reading takes must not make a Lease look old.
  const now = clock();
  try {
    return { ...(await look()), now };
  } catch (error) {
    if (!(error instanceof DivisionError) || signal.aborted) throw error;
    const nothing = { machines: new Map<string, MachineFacts>(), etcd: [], controlPlanes: [], servers: [] };
    return { ...nothing, now, unavailable: { code: error.code, message: error.message } };
  }
}

const planesOf = (nodes: readonly NodeFacts[]) =>
  nodes.filter(node => node.role === 'control-plane').map(({ name, internalIp }) => ({ name, internalIp }));

function watchedOrRead(
  ports: ClusterPorts,
  readings: Readings,
  { mayBeWatched, signal }: ObserveOptions,
): KubernetesFacts | Promise<KubernetesFacts> {
  const watched = mayBeWatched && readings.mayBeWatched ? ports.watch?.facts() : undefined;
  return watched ? fromWatch(watched, readings) : readKubernetes(ports, readings, signal);
}

async function readKubernetes(ports: ClusterPorts, readings: Readings, signal: AbortSignal): Promise<KubernetesFacts> {
  const { kubernetes } = ports;
  if (readings.kubernetes === 'cluster') return seen(await readWhole(ports, readings, signal), readings);
  // etcd's members are judged against every control plane node, so all nodes are read where etcd is.
  const [nodes, node, servers] = await Promise.all([
    readings.etcd ? kubernetes.nodes(signal) : [],
    readings.node === undefined ? undefined : kubernetes.node(readings.node, signal),
    readings.servers ? kubernetes.servers(signal) : [],
  ]);
  return { ...(node && { node }), controlPlanes: planesOf(nodes), servers };
}

/** Where one node is decided about, what decides about it is read and the rest is the watch cache's; quorum needs all that is read. */
async function readWhole(ports: ClusterPorts, { node, etcd }: Readings, signal: AbortSignal): Promise<ClusterFacts> {
  const around = node === undefined || etcd ? undefined : await ports.watch?.around(node, signal);
  return around ?? ports.kubernetes.facts(signal);
}

function seen(cluster: ClusterFacts, readings: Readings): KubernetesFacts {
  const node = cluster.nodes.find(candidate => candidate.name === readings.node);
  return { cluster, ...(node && { node }), controlPlanes: planesOf(cluster.nodes), servers: cluster.servers };
}

function fromWatch(watched: ClusterFacts, readings: Readings): KubernetesFacts {
  const { cluster, ...rest } = seen(watched, readings);
  return { isWatched: true, ...rest, ...(readings.kubernetes === 'cluster' && cluster && { cluster }) };
}

/** A machine that is not asked while its talosctl runs is told by the receipt alone: each part of it would be a process of its own. */
async function readTalos(
  ports: ClusterPorts,
  readings: Readings,
  signal: AbortSignal,
): Promise<Pick<TurnFacts, 'machines' | 'receipt'>> {
  const { attemptId } = readings;
  const receipt = attemptId === undefined ? undefined : readReceipt(ports, attemptId, signal);
  const isEnough = readings.machinesOnceEnded && (await receipt)?.state === 'running';
  const machines = isEnough ? new Map<string, MachineFacts>() : readMachines(ports, readings, signal);
  const [read, told] = await Promise.all([machines, receipt]);
  return { machines: read, ...(told && { receipt: told }) };
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

/** Absent when the contractor could not be asked now, which is not the same as one that keeps none (`unknown`). */
function readReceipt(ports: ClusterPorts, attemptId: string, signal: AbortSignal) {
  return ports.talos.attempt(attemptId, signal).catch(ignoreDivisionErrors);
}

/** A contractor that does not answer leaves its facts unknown; a decision never takes that for well. */
function ignoreDivisionErrors(error: unknown): undefined {
  if (error instanceof DivisionError) return undefined;
  throw error;
}
