/** What a request may name: read once from every cluster, within a deadline. */

import type { KnownCluster, KnownWorld } from '../decisions/understanding.ts';
import { DivisionError } from '../errors.ts';
import { withDeadline } from '../host/deadline.ts';
import type { ClusterPorts, FrontEnd } from '../ports.ts';

const DEADLINE_MS = 20_000;
const WORKLOAD_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** A cluster that can't be read is known by its name alone: what would have to be found in it is then asked, not guessed. [CANCELLED] */
export async function knownWorld(
  front: Pick<FrontEnd, 'clusters' | 'clock'>,
  signal: AbortSignal,
): Promise<KnownWorld> {
  const within = withDeadline(signal, DEADLINE_MS);
  const clusters = await front.clusters(signal);
  return { clusters: await Promise.all(clusters.map(ports => knownCluster(ports, within))), now: front.clock.now() };
}

async function knownCluster(
  { config, kubernetes, workloads }: ClusterPorts,
  signal: AbortSignal,
): Promise<KnownCluster> {
  const [nodes, namespaces, servers, ...listed] = await Promise.all([
    orNone(kubernetes.nodes(signal)),
    orNone(workloads.namespaces(signal)),
    orNone(kubernetes.servers(signal)),
    ...WORKLOAD_KINDS.map(kind => orNone(workloads.list({ apiVersion: 'apps/v1', kind }, {}, signal))),
  ]);
  const kubernetesVersion = servers.find(({ version }) => version !== undefined)?.version;
  const talosVersion = nodes
    .map(({ osImage }) => /\(v[\d.]+/.exec(osImage)?.[0].slice(1))
    .find(version => version !== undefined);
  return {
    name: config.name,
    environment: config.environment,
    nodes: nodes.map(({ name, role }) => ({ name, role })),
    namespaces: namespaces.map(({ name }) => name),
    workloads: listed
      .flat()
      .flatMap(({ ref }) => (ref.namespace === undefined ? [] : [{ namespace: ref.namespace, name: ref.name }])),
    ...(kubernetesVersion !== undefined && { kubernetesVersion }),
    ...(talosVersion !== undefined && { talosVersion }),
  };
}

async function orNone<T>(reading: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof DivisionError) return [];
    throw error;
  }
}
