import type { ManifestObject } from './read-manifest.ts';

/** What others need comes first: places, limits and policies, identities, configuration, storage, then what runs, then what leads to it. */
const ORDER: readonly string[] = [
  'Namespace',
  'CustomResourceDefinition',
  'PriorityClass',
  'StorageClass',
  'IngressClass',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'Service',
];
const LAST: readonly string[] = [
  'DaemonSet',
  'Pod',
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'HorizontalPodAutoscaler',
  'Job',
  'CronJob',
  'Ingress',
];

/** Kinds that are not named come after the configuration and before what runs. */
const rankOf = (kind: string): number => {
  const first = ORDER.indexOf(kind);
  const last = LAST.indexOf(kind);
  return first >= 0 ? first : last >= 0 ? ORDER.length + 1 + last : ORDER.length;
};

/** The objects in the order they are applied in; within a kind as the manifest has them. */
export const inApplyOrder = (objects: readonly ManifestObject[]): ManifestObject[] =>
  [...objects].sort((left, right) => rankOf(left.ref.kind) - rankOf(right.ref.kind));
