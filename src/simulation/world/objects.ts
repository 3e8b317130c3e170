export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ObjectMetadata {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: unknown[];
  generateName?: string;
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMetadata;
  [field: string]: unknown;
}

/** What a creator gives: the store adds uid, resourceVersion, creationTimestamp (and generation where the kind has one). */
export interface NewKubeObject {
  apiVersion: string;
  kind: string;
  metadata: Omit<ObjectMetadata, 'uid' | 'resourceVersion' | 'creationTimestamp'> &
    Partial<Pick<ObjectMetadata, 'uid' | 'creationTimestamp'>>;
  [field: string]: unknown;
}

/** Plural and group: 'pods', 'nodes', 'deployments.apps', 'poddisruptionbudgets.policy', 'leases.coordination.k8s.io'. */
export type Resource = string;

/** Times in Kubernetes metadata have no fractions of a second. */
export const kubeTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
