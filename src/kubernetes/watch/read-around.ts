import type { BudgetFacts, NodeFacts, VolumeAttachmentFacts } from '../../model/facts.ts';
import { linkedAbort } from '../aborting.ts';
import type { KubernetesApi } from '../api-call.ts';
import { assertName } from '../object-name.ts';
import { listRaw } from './list-raw.ts';
import { BUDGETS, NODES, PODS, type PodEntry, VOLUME_ATTACHMENTS, type WatchedKind } from './watched-resources.ts';

/** All that decides about disrupting one node, as it is now. */
export interface NodeSurroundings {
  /** The node itself, or none when it does not exist. */
  nodes: readonly NodeFacts[];
  /** Pods bound to the node, and all pods of cluster DNS when one of them is. */
  pods: readonly PodEntry[];
  budgets: readonly BudgetFacts[];
  volumeAttachments: readonly VolumeAttachmentFacts[];
}

const DNS_LABEL = 'k8s-app';
const DNS = 'kube-dns';

/** A pod whose eviction is judged by pods on other nodes, and not by a budget (decisions/drain: one DNS pod stays Ready). */
export const isDns = ({ facts }: Pick<PodEntry, 'facts'>): boolean => facts.labels[DNS_LABEL] === DNS;

/** Four or five small requests, whatever the cluster's size. [KUBERNETES_*, TIMEOUT, CANCELLED, INPUT_INVALID] */
export async function readAround(api: KubernetesApi, node: string, signal: AbortSignal): Promise<NodeSurroundings> {
  assertName(node, 'node');
  const { controller, release } = linkedAbort(signal);
  const list = async <Entry>(kind: WatchedKind<Entry>, query: Readonly<Record<string, string>> = {}) => {
    const { entries } = await listRaw(api, { ...kind, query }, controller.signal);
    return [...entries.values()];
  };
  try {
    const [nodes, onNode, budgets, volumeAttachments] = await Promise.all([
      list(NODES, { fieldSelector: `metadata.name=${node}` }),
      list(PODS, { fieldSelector: `spec.nodeName=${node}` }),
      list(BUDGETS),
      list(VOLUME_ATTACHMENTS),
    ]);
    const dns = onNode.some(isDns) ? await list(PODS, { labelSelector: `${DNS_LABEL}=${DNS}` }) : [];
    return {
      nodes,
      pods: [...onNode.filter(entry => dns.length === 0 || !isDns(entry)), ...dns],
      budgets,
      volumeAttachments,
    };
  } finally {
    // Reads that count only together: when one fails the others are aborted.
    controller.abort();
    release();
  }
}
