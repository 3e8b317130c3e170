import type { BudgetFacts, DaemonSetFacts, NodeFacts, PodFacts, VolumeAttachmentFacts } from '../model/facts.ts';
import type { KubernetesApi } from './api-call.ts';
import { listRaw } from './watch/list-raw.ts';
import {
  BUDGETS,
  DAEMON_SETS,
  NODE_LEASES,
  NODES,
  PODS,
  VOLUME_ATTACHMENTS,
  VOLUMES,
  type WatchedKind,
  withVolumes,
} from './watch/watched-resources.ts';

async function listed<Entry>(api: KubernetesApi, kind: WatchedKind<Entry>, signal: AbortSignal): Promise<Entry[]> {
  const { entries } = await listRaw(api, kind, signal);
  return [...entries.values()];
}

/** Every node, with its lease's renewal where it has a lease. */
export async function listNodes(api: KubernetesApi, signal: AbortSignal): Promise<NodeFacts[]> {
  const [nodes, renewals] = await Promise.all([listed(api, NODES, signal), listed(api, NODE_LEASES, signal)]);
  const renewedAt = new Map(renewals.map(renewal => [renewal.node, renewal.renewedAt]));
  return nodes.map(node => ({ ...node, leaseRenewedAt: renewedAt.get(node.name) }));
}

/** Pods of all namespaces, or those bound to one node; persistent volumes tell which pods hold local data. */
export async function listPods(
  api: KubernetesApi,
  { nodeName }: { nodeName?: string },
  signal: AbortSignal,
): Promise<PodFacts[]> {
  const query = nodeName === undefined ? PODS.query : { fieldSelector: `spec.nodeName=${nodeName}` };
  const pods = await listed(api, { ...PODS, query }, signal);
  // Read after the pods: a volume is bound before the pod that mounts it is on its node.
  const local = new Set(await listed(api, VOLUMES, signal));
  return pods.map(pod => withVolumes(pod, local));
}

export const listBudgets = (api: KubernetesApi, signal: AbortSignal): Promise<BudgetFacts[]> =>
  listed(api, BUDGETS, signal);

export const listDaemonSets = (api: KubernetesApi, signal: AbortSignal): Promise<DaemonSetFacts[]> =>
  listed(api, DAEMON_SETS, signal);

export const listVolumeAttachments = (api: KubernetesApi, signal: AbortSignal): Promise<VolumeAttachmentFacts[]> =>
  listed(api, VOLUME_ATTACHMENTS, signal);
