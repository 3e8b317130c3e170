/** Reads of a simulated cluster straight from its store, by the product's own projections: what the API would serve, at once. */
import type {
  V1DaemonSet,
  V1Lease,
  V1Node,
  V1PersistentVolume,
  V1Pod,
  V1PodDisruptionBudget,
  V1VolumeAttachment,
} from '@kubernetes/client-node';
import { unreachable } from '../../../src/kubernetes/failures.ts';
import { OWN_LEASE } from '../../../src/kubernetes/lease-names.ts';
import { leaseRenewal, nodeFacts } from '../../../src/kubernetes/node-facts.ts';
import {
  budgetFacts,
  daemonSetFacts,
  leaseFacts,
  volumeAttachmentFacts,
} from '../../../src/kubernetes/object-facts.ts';
import { localClaim, podFacts } from '../../../src/kubernetes/pod-facts.ts';
import type { ClusterConfig } from '../../../src/model/config.ts';
import type { ClusterFacts, NodeFacts, PodFacts, ServerFacts } from '../../../src/model/facts.ts';
import type { ClusterReader } from '../../../src/ports.ts';
import { healthReply } from '../../../src/simulation/kubernetes-api/health.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import type { KubeObject, Resource } from '../../../src/simulation/world/store.ts';

const LEASES = 'leases.coordination.k8s.io';
const NO_QUERY = new URLSearchParams();

/** Objects and lists of the store never change, so what is made of one is made once. */
function memo<Key extends object, Made>(make: (key: Key) => Made): (key: Key) => Made {
  const known = new WeakMap<Key, { made: Made }>();
  return key => {
    const kept = known.get(key);
    if (kept !== undefined) return kept.made;
    const made = make(key);
    known.set(key, { made });
    return made;
  };
}

/** A stored object as the official client's type of it; the projections take its times as text too. */
const as = <T>(object: KubeObject): T => object as unknown as T;

const projected = <T, Fact>(project: (object: T) => Fact): ((list: readonly KubeObject[]) => Fact[]) => {
  const one = memo((object: KubeObject) => project(as<T>(object)));
  return memo((list: readonly KubeObject[]) => list.map(one));
};

const nodesOf = projected<V1Node, NodeFacts>(nodeFacts);
const renewalOf = memo((object: KubeObject) => leaseRenewal(as<V1Lease>(object)).renewedAt);
const budgetsOf = projected<V1PodDisruptionBudget, ReturnType<typeof budgetFacts>>(budgetFacts);
const daemonSetsOf = projected<V1DaemonSet, ReturnType<typeof daemonSetFacts>>(daemonSetFacts);
const attachmentsOf = projected<V1VolumeAttachment, ReturnType<typeof volumeAttachmentFacts>>(volumeAttachmentFacts);
/** By the list of persistent volumes: what is local there decides about every pod. */
const podsWith = memo((volumes: readonly KubeObject[]) => {
  const claims = volumes.map(volume => localClaim(as<V1PersistentVolume>(volume))).filter(claim => claim !== undefined);
  const localClaims = new Set(claims);
  return projected<V1Pod, PodFacts>(pod => podFacts(pod, localClaims));
});

export interface WorldReader extends ClusterReader {
  /** As `facts`, but at once and of what a watch cache knows: no API servers, no Leases. [KUBERNETES_UNAVAILABLE] */
  watched(): ClusterFacts;
}

export function worldReader(sim: SimCluster, config: ClusterConfig): WorldReader {
  const { store } = sim;
  const planes = [...sim.machines.values()].filter(({ role }) => role === 'controlplane');
  /** Throws as the client does when no API server answers; counts the request. */
  const ask = (verb: 'get' | 'list', resource: Resource): void => {
    sim.ledger.apiRequest(verb, resource);
    if (!planes.some(({ name }) => sim.apiServerIsUp(name))) {
      throw unreachable(sim.name, `${verb} ${resource}`, 'ECONNREFUSED');
    }
  };
  const list = (resource: Resource): readonly KubeObject[] => {
    ask('list', resource);
    return store.list(resource);
  };
  const renewed = (name: string): number | undefined => {
    const lease = store.get(LEASES, 'kube-node-lease', name);
    return lease === undefined ? undefined : renewalOf(lease);
  };
  const withLease = (node: NodeFacts): NodeFacts => ({ ...node, leaseRenewedAt: renewed(node.name) });
  const nodes = (): NodeFacts[] => nodesOf(list('nodes')).map(withLease);
  const pods = (nodeName?: string): PodFacts[] => {
    const all = podsWith(store.list('persistentvolumes'))(list('pods'));
    return nodeName === undefined ? all : all.filter(pod => pod.nodeName === nodeName);
  };
  const identity = (): string => {
    ask('get', 'namespaces');
    return store.get('namespaces', undefined, 'kube-system')?.metadata.uid ?? '';
  };
  const servers = (): ServerFacts[] =>
    planes.map(({ name, ip }) => {
      const isUp = sim.apiServerIsUp(name);
      return {
        url: config.kubernetes.servers.find(server => server.includes(`//${ip}:`)) ?? '',
        reachable: isUp,
        version: isUp ? sim.apiServerVersion(name) : undefined,
        etcdReady: isUp ? healthReply(sim, name, ['readyz', 'etcd'], NO_QUERY).code === 200 : 'unknown',
        error: isUp ? undefined : unreachable(sim.name, 'get /version', 'ECONNREFUSED').message,
      };
    });
  const lease = () => {
    ask('get', LEASES);
    const found = store.get(LEASES, OWN_LEASE.namespace, OWN_LEASE.name);
    return found === undefined ? undefined : leaseFacts(as<V1Lease>(found));
  };
  const watched = (): ClusterFacts => ({
    cluster: sim.name,
    asOf: sim.now(),
    kubeSystemUid: identity(),
    nodes: nodesOf(list('nodes')),
    pods: pods(),
    budgets: budgetsOf(list('poddisruptionbudgets.policy')),
    daemonSets: daemonSetsOf(list('daemonsets.apps')),
    volumeAttachments: attachmentsOf(list('volumeattachments.storage.k8s.io')),
    servers: [],
    lease: undefined,
  });
  return {
    cluster: sim.name,
    identity: async () => identity(),
    nodes: async () => nodes(),
    node: async name => {
      ask('get', 'nodes');
      const found = store.get('nodes', undefined, name);
      return found === undefined ? undefined : withLease(nodeFacts(as<V1Node>(found)));
    },
    pods: async ({ nodeName }) => pods(nodeName),
    budgets: async () => budgetsOf(list('poddisruptionbudgets.policy')),
    volumeAttachments: async () => attachmentsOf(list('volumeattachments.storage.k8s.io')),
    servers: async () => servers(),
    lease: async () => lease(),
    missingPermissions: async () => [],
    watched,
    facts: async () => ({ ...watched(), nodes: nodes(), servers: servers(), lease: lease() }),
  };
}
