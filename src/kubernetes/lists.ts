import type { BudgetFacts, DaemonSetFacts, NodeFacts, PodFacts, VolumeAttachmentFacts } from '../model/facts.ts';
import type { KubernetesApi } from './api-call.ts';
import { NODE_LEASES } from './lease-names.ts';
import { leaseRenewal, nodeFacts } from './node-facts.ts';
import { budgetFacts, daemonSetFacts, volumeAttachmentFacts } from './object-facts.ts';
import { listAll } from './pages.ts';
import { localClaim, podFacts } from './pod-facts.ts';

/** Every node, with its lease's renewal where it has a lease. */
export async function listNodes(api: KubernetesApi, signal: AbortSignal): Promise<NodeFacts[]> {
  const [nodes, renewals] = await Promise.all([
    listAll(api, 'list nodes', signal, (page, options) => api.core.listNode(page, options), nodeFacts),
    listAll(
      api,
      'list leases',
      signal,
      (page, options) => api.coordination.listNamespacedLease({ namespace: NODE_LEASES, ...page }, options),
      leaseRenewal,
    ),
  ]);
  const renewedAt = new Map(renewals.map(renewal => [renewal.node, renewal.renewedAt]));
  return nodes.map(node => ({ ...node, leaseRenewedAt: renewedAt.get(node.name) }));
}

/** Pods of all namespaces, or those bound to one node; persistent volumes are read first to tell which pods hold local data. */
export async function listPods(
  api: KubernetesApi,
  { nodeName }: { nodeName?: string },
  signal: AbortSignal,
): Promise<PodFacts[]> {
  const claims = await listAll(
    api,
    'list persistentvolumes',
    signal,
    (page, options) => api.core.listPersistentVolume(page, options),
    localClaim,
  );
  const localClaims = new Set(claims.filter(claim => claim !== undefined));
  const selector = nodeName === undefined ? {} : { fieldSelector: `spec.nodeName=${nodeName}` };
  return listAll(
    api,
    'list pods',
    signal,
    (page, options) => api.core.listPodForAllNamespaces({ ...selector, ...page }, options),
    pod => podFacts(pod, localClaims),
  );
}

export function listBudgets(api: KubernetesApi, signal: AbortSignal): Promise<BudgetFacts[]> {
  return listAll(
    api,
    'list poddisruptionbudgets',
    signal,
    (page, options) => api.policy.listPodDisruptionBudgetForAllNamespaces(page, options),
    budgetFacts,
  );
}

export function listDaemonSets(api: KubernetesApi, signal: AbortSignal): Promise<DaemonSetFacts[]> {
  return listAll(
    api,
    'list daemonsets',
    signal,
    (page, options) => api.apps.listDaemonSetForAllNamespaces(page, options),
    daemonSetFacts,
  );
}

export function listVolumeAttachments(api: KubernetesApi, signal: AbortSignal): Promise<VolumeAttachmentFacts[]> {
  return listAll(
    api,
    'list volumeattachments',
    signal,
    (page, options) => api.storage.listVolumeAttachment(page, options),
    volumeAttachmentFacts,
  );
}
