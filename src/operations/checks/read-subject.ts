/** What several checks read of a cluster. */
import PQueue from 'p-queue';
import type { MachineCertificates } from '../../decisions/checks/certificates.ts';
import type { SeenVersions } from '../../decisions/checks/drift.ts';
import type { RunningVersions } from '../../decisions/checks/versions.ts';
import type { HealthInput } from '../../decisions/cluster-health.ts';
import { endpointsFor } from '../../decisions/upgrade-turn.ts';
import { talosVersionOfImage } from '../../decisions/versions.ts';
import { DivisionError } from '../../errors.ts';
import type { ClusterFacts, MachinePart, NodeFacts } from '../../model/facts.ts';
import type { ClusterPorts } from '../../ports.ts';
import { readCluster } from '../read-cluster.ts';
import { readEtcd } from '../read-etcd.ts';
import type { ClusterScene } from './subject.ts';

/** Machines asked at the same time: each is some talosctl processes. */
const CONCURRENT_MACHINES = 4;

/** The whole cluster: Kubernetes, each machine, each etcd member. */
export async function readWhole(
  { cluster, ports, signal }: ClusterScene,
  parts?: readonly MachinePart[],
): Promise<HealthInput> {
  const look = await readCluster(cluster, signal, parts);
  return {
    cluster: cluster.config.name,
    simulated: cluster.config.simulated,
    facts: look.facts,
    ...(look.unreadable !== undefined && { unreadable: look.unreadable }),
    machines: look.machines,
    etcd: look.etcd,
    thresholds: ports.thresholds,
  };
}

/** Kubernetes alone: nothing is said of machines and etcd. [KUBERNETES_*] */
export async function readKubernetes(scene: ClusterScene): Promise<HealthInput & { facts: ClusterFacts }> {
  const { cluster, ports, signal } = scene;
  const facts = await cluster.kubernetes.facts(signal);
  return {
    cluster: cluster.config.name,
    simulated: cluster.config.simulated,
    facts,
    machines: [],
    notAsked: new Set(facts.nodes.map(({ name }) => name)),
    etcd: [],
    thresholds: ports.thresholds,
  };
}

/** Kubernetes and etcd. [KUBERNETES_*] */
export async function readWithEtcd(scene: ClusterScene): Promise<HealthInput & { facts: ClusterFacts }> {
  const [input, { etcd }] = await Promise.all([readKubernetes(scene), readEtcd(scene.cluster, scene.signal)]);
  return { ...input, etcd };
}

/** Certificates of every machine; a machine that does not answer says why. [KUBERNETES_*, CANCELLED] */
export async function readCertificates({ cluster, signal }: ClusterScene): Promise<MachineCertificates[]> {
  const nodes = await cluster.kubernetes.nodes(signal);
  const queue = new PQueue({ concurrency: CONCURRENT_MACHINES });
  return Promise.all(nodes.map(node => queue.add(() => certificatesOf({ cluster, signal }, node))));
}

async function certificatesOf(
  { cluster, signal }: Pick<ClusterScene, 'cluster' | 'signal'>,
  { name: node, internalIp: address }: NodeFacts,
): Promise<MachineCertificates> {
  if (address === undefined) return { node, certificates: [], unanswered: [], error: 'it has no address' };
  const endpoints = endpointsFor(address, cluster.config.talos.endpoints);
  try {
    return { node, ...(await cluster.talos.certificates({ address, endpoints }, signal)) };
  } catch (error) {
    if (!(error instanceof DivisionError) || error.code === 'CANCELLED') throw error;
    return { node, certificates: [], unanswered: [], error: `${error.code}: ${error.message}` };
  }
}

/** Versions that run: the API servers' lowest, each machine's own. [KUBERNETES_*] */
export async function readVersions({ cluster, signal }: ClusterScene): Promise<RunningVersions> {
  const [nodes, servers] = await Promise.all([cluster.kubernetes.nodes(signal), cluster.kubernetes.servers(signal)]);
  const told = servers.flatMap(({ version }) => version ?? []).sort(byNumbers);
  return {
    cluster: cluster.config.name,
    environment: cluster.config.environment,
    kubernetes: told[0],
    talos: [...new Set(nodes.map(({ osImage }) => talosVersionOfImage(osImage) ?? 'unknown'))],
  };
}

/** What Kubernetes shows of a cluster, where it can be asked. [CANCELLED] */
export async function seenVersions(
  name: string,
  cluster: ClusterPorts | undefined,
  signal: AbortSignal,
): Promise<SeenVersions> {
  try {
    const nodes = await cluster?.kubernetes.nodes(signal);
    return {
      cluster: name,
      talos: nodes && [...new Set(nodes.flatMap(({ osImage }) => talosVersionOfImage(osImage) ?? []))],
      kubelet: nodes && [...new Set(nodes.map(({ kubeletVersion }) => kubeletVersion))],
    };
  } catch (error) {
    if (!(error instanceof DivisionError) || error.code === 'CANCELLED') throw error;
    return { cluster: name, talos: undefined, kubelet: undefined };
  }
}

const byNumbers = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true });
