import type { V1Lease, V1Namespace, V1Node } from '@kubernetes/client-node';
import type { LeaseFacts, NodeFacts } from '../model/facts.ts';
import type { Clock, ClusterReader } from '../ports.ts';
import { linkedAbort } from './aborting.ts';
import type { KubernetesApi } from './api-call.ts';
import { unintelligible } from './failures.ts';
import { NODE_LEASES, OWN_LEASE } from './lease-names.ts';
import { listBudgets, listDaemonSets, listNodes, listPods, listVolumeAttachments } from './lists.ts';
import { leaseRenewal, nodeFacts } from './node-facts.ts';
import { leaseFacts } from './object-facts.ts';
import { missingRights } from './permissions.ts';
import { COORDINATION, CORE, namespaced, pathOf } from './request.ts';
import { serverFacts } from './servers.ts';

/** Reads of one cluster over its API; errors as in ports.ts. */
export function clusterReader(api: KubernetesApi, clock: Clock): ClusterReader {
  return {
    cluster: api.cluster,
    identity: signal => readIdentity(api, signal),
    nodes: signal => together(signal, all => listNodes(api, all)),
    node: (name, signal) => readNode(api, name, signal),
    pods: (options, signal) => listPods(api, options, signal),
    budgets: signal => listBudgets(api, signal),
    volumeAttachments: signal => listVolumeAttachments(api, signal),
    servers: signal => together(signal, all => serverFacts(api, all)),
    lease: signal => readOwnLease(api, signal),
    missingPermissions: (signal, shown) => missingRights(api, signal, shown),
    facts: signal =>
      together(signal, async all => {
        const [kubeSystemUid, nodes, pods, budgets, daemonSets, volumeAttachments, servers, lease] = await Promise.all([
          readIdentity(api, all),
          listNodes(api, all),
          listPods(api, {}, all),
          listBudgets(api, all),
          listDaemonSets(api, all),
          listVolumeAttachments(api, all),
          serverFacts(api, all),
          readOwnLease(api, all),
        ]);
        return {
          cluster: api.cluster,
          asOf: clock.now(),
          kubeSystemUid,
          nodes,
          pods,
          budgets,
          daemonSets,
          volumeAttachments,
          servers,
          lease,
        };
      }),
  };
}

/** Reads that count only together: when one fails the others are aborted. */
async function together<T>(signal: AbortSignal, read: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { controller, release } = linkedAbort(signal);
  try {
    return await read(controller.signal);
  } finally {
    controller.abort();
    release();
  }
}

/** A projection that fails means that the answer was no such object. */
function project<Item, Fact>(api: KubernetesApi, what: string, item: Item, projection: (item: Item) => Fact): Fact {
  try {
    return projection(item);
  } catch (error) {
    throw unintelligible(api.cluster, what, error);
  }
}

async function readIdentity(api: KubernetesApi, signal: AbortSignal): Promise<string> {
  const what = 'get namespaces';
  const path = pathOf(...CORE, 'namespaces', 'kube-system');
  const namespace = await api.demand<V1Namespace>(api.read(what, signal), { method: 'GET', path });
  const uid = namespace.metadata?.uid;
  if (!uid) throw unintelligible(api.cluster, what);
  return uid;
}

async function readNode(api: KubernetesApi, name: string, signal: AbortSignal): Promise<NodeFacts | undefined> {
  const path = pathOf(...CORE, 'nodes', name);
  const found = await api.find<V1Node>(api.read('get nodes', signal), { method: 'GET', path });
  if (found === undefined) return undefined;
  const lease = await readLease(api, { namespace: NODE_LEASES, name }, signal);
  const renewal = lease === undefined ? undefined : project(api, 'get leases', lease, leaseRenewal);
  return { ...project(api, 'get nodes', found, nodeFacts), leaseRenewedAt: renewal?.renewedAt };
}

function readLease(
  api: KubernetesApi,
  { namespace, name }: { namespace: string; name: string },
  signal: AbortSignal,
): Promise<V1Lease | undefined> {
  const path = namespaced(COORDINATION, namespace, 'leases', name);
  return api.find(api.read('get leases', signal), { method: 'GET', path });
}

async function readOwnLease(api: KubernetesApi, signal: AbortSignal): Promise<LeaseFacts | undefined> {
  const found = await readLease(api, OWN_LEASE, signal);
  return found === undefined ? undefined : project(api, 'get leases', found, leaseFacts);
}
