import type {
  V1DaemonSet,
  V1Lease,
  V1Namespace,
  V1Node,
  V1ObjectMeta,
  V1PersistentVolume,
  V1Pod,
  V1PodDisruptionBudget,
  V1VolumeAttachment,
} from '@kubernetes/client-node';
import type { BudgetFacts, DaemonSetFacts, NodeFacts, PodFacts, VolumeAttachmentFacts } from '../../model/facts.ts';
import { NODE_LEASES as KUBELETS } from '../lease-names.ts';
import { leaseRenewal, nodeFacts } from '../node-facts.ts';
import { budgetFacts, daemonSetFacts, volumeAttachmentFacts } from '../object-facts.ts';
import { claimsOf, localClaim, podFacts } from '../pod-facts.ts';
import { COORDINATION, namespaced } from '../request.ts';
import { required } from '../wire.ts';

/** An object as the API writes it, not looked into yet. */
export interface RawObject {
  metadata?: V1ObjectMeta;
}

/** What is watched, and what is kept of each object. */
export interface WatchedKind<Entry> {
  /** As in RBAC: nodes, pods, … */
  resource: string;
  /** Path and fixed query of its list and watch. */
  path: string;
  query: Readonly<Record<string, string>>;
  /** Throws TypeError for what is no such object. */
  project(object: RawObject): Entry;
}

/** A pod and the claims it mounts: whether they are local is told by the volumes, which change by themselves. */
export interface PodEntry {
  facts: PodFacts;
  claims: readonly string[];
}

/** Whether a pod has data on its node is told by the volumes as they are now. */
export function withVolumes({ facts, claims }: PodEntry, local: ReadonlySet<string | undefined>): PodFacts {
  return claims.some(claim => local.has(claim)) ? { ...facts, hasLocalVolume: true } : facts;
}

const NONE: ReadonlySet<string> = new Set();
const NO_CLAIMS: readonly string[] = [];

// Objects are the JSON that the client's types describe; its dates stay text, which every projection reads as well.

export const NODES: WatchedKind<NodeFacts> = {
  resource: 'nodes',
  path: '/api/v1/nodes',
  query: {},
  project: object => nodeFacts(object as V1Node),
};

/** When each node's kubelet was heard last. Listed, not watched: every node renews its own every ten seconds. */
export const NODE_LEASES: WatchedKind<ReturnType<typeof leaseRenewal>> = {
  resource: 'leases',
  path: namespaced(COORDINATION, KUBELETS, 'leases'),
  query: {},
  project: object => leaseRenewal(object as V1Lease),
};

export const PODS: WatchedKind<PodEntry> = {
  resource: 'pods',
  path: '/api/v1/pods',
  query: {},
  project: object => {
    const claims = claimsOf(object as V1Pod);
    return { facts: podFacts(object as V1Pod, NONE), claims: claims.length === 0 ? NO_CLAIMS : claims };
  },
};

export const BUDGETS: WatchedKind<BudgetFacts> = {
  resource: 'poddisruptionbudgets',
  path: '/apis/policy/v1/poddisruptionbudgets',
  query: {},
  project: object => budgetFacts(object as V1PodDisruptionBudget),
};

export const DAEMON_SETS: WatchedKind<DaemonSetFacts> = {
  resource: 'daemonsets',
  path: '/apis/apps/v1/daemonsets',
  query: {},
  project: object => daemonSetFacts(object as V1DaemonSet),
};

export const VOLUME_ATTACHMENTS: WatchedKind<VolumeAttachmentFacts> = {
  resource: 'volumeattachments',
  path: '/apis/storage.k8s.io/v1/volumeattachments',
  query: {},
  project: object => volumeAttachmentFacts(object as V1VolumeAttachment),
};

/** The claim whose data is on one node; undefined for any other volume. */
export const VOLUMES: WatchedKind<string | undefined> = {
  resource: 'persistentvolumes',
  path: '/api/v1/persistentvolumes',
  query: {},
  project: object => localClaim(object as V1PersistentVolume),
};

/** The uid of kube-system: which cluster this is. */
export const IDENTITY: WatchedKind<string> = {
  resource: 'namespaces',
  path: '/api/v1/namespaces',
  query: { fieldSelector: 'metadata.name=kube-system' },
  project: object => required((object as V1Namespace).metadata?.uid, 'metadata.uid'),
};

/** What tells one object of a resource from the others. Throws TypeError for an object without a name. */
export function keyOf({ metadata }: RawObject): string {
  const name = required(metadata?.name, 'metadata.name');
  return metadata?.namespace === undefined ? name : `${metadata.namespace}/${name}`;
}
