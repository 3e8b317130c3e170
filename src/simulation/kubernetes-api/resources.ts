import { metrics, type ResourceInfo, readable, review, scale, status, stored } from './resource.ts';

const CORE: readonly ResourceInfo[] = [
  stored('v1', 'configmaps', 'ConfigMap', { short: ['cm'] }),
  stored('v1', 'endpoints', 'Endpoints', { short: ['ep'], singular: 'endpoints' }),
  stored('v1', 'events', 'Event', { short: ['ev'] }),
  stored('v1', 'limitranges', 'LimitRange', { short: ['limits'] }),
  stored('v1', 'namespaces', 'Namespace', { short: ['ns'], cluster: true, subresources: [status('Namespace')] }),
  stored('v1', 'nodes', 'Node', { short: ['no'], cluster: true, subresources: [status('Node')] }),
  stored('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', {
    short: ['pvc'],
    subresources: [status('PersistentVolumeClaim')],
  }),
  stored('v1', 'persistentvolumes', 'PersistentVolume', {
    short: ['pv'],
    cluster: true,
    subresources: [status('PersistentVolume')],
  }),
  stored('v1', 'pods', 'Pod', {
    short: ['po'],
    categories: ['all'],
    subresources: [
      { name: 'binding', kind: 'Binding', verbs: ['create'] },
      { name: 'eviction', group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
      { name: 'log', kind: 'Pod', verbs: ['get'] },
      status('Pod'),
    ],
  }),
  stored('v1', 'resourcequotas', 'ResourceQuota', { short: ['quota'], subresources: [status('ResourceQuota')] }),
  stored('v1', 'secrets', 'Secret'),
  stored('v1', 'serviceaccounts', 'ServiceAccount', { short: ['sa'] }),
  stored('v1', 'services', 'Service', { short: ['svc'], categories: ['all'], subresources: [status('Service')] }),
];

const WORKLOADS: readonly ResourceInfo[] = [
  stored('apps/v1', 'controllerrevisions', 'ControllerRevision'),
  stored('apps/v1', 'daemonsets', 'DaemonSet', {
    short: ['ds'],
    categories: ['all'],
    subresources: [status('DaemonSet')],
  }),
  stored('apps/v1', 'deployments', 'Deployment', {
    short: ['deploy'],
    categories: ['all'],
    subresources: [scale, status('Deployment')],
  }),
  stored('apps/v1', 'replicasets', 'ReplicaSet', {
    short: ['rs'],
    categories: ['all'],
    subresources: [scale, status('ReplicaSet')],
  }),
  stored('apps/v1', 'statefulsets', 'StatefulSet', {
    short: ['sts'],
    categories: ['all'],
    subresources: [scale, status('StatefulSet')],
  }),
  readable('batch/v1', 'cronjobs', 'CronJob', { short: ['cj'], categories: ['all'] }),
  readable('batch/v1', 'jobs', 'Job', { categories: ['all'] }),
  readable('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    short: ['hpa'],
    categories: ['all'],
  }),
];

const REST: readonly ResourceInfo[] = [
  stored('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', {
    short: ['pdb'],
    subresources: [status('PodDisruptionBudget')],
  }),
  stored('coordination.k8s.io/v1', 'leases', 'Lease'),
  readable('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice'),
  stored('networking.k8s.io/v1', 'ingresses', 'Ingress', { short: ['ing'] }),
  stored('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', { short: ['netpol'] }),
  stored('rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding', { cluster: true }),
  stored('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', { cluster: true }),
  stored('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding'),
  stored('rbac.authorization.k8s.io/v1', 'roles', 'Role'),
  readable('apiextensions.k8s.io/v1', 'customresourcedefinitions', 'CustomResourceDefinition', {
    short: ['crd', 'crds'],
    cluster: true,
    categories: ['api-extensions'],
  }),
  stored('scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', { short: ['pc'], cluster: true }),
  readable('storage.k8s.io/v1', 'csidrivers', 'CSIDriver', { cluster: true }),
  readable('storage.k8s.io/v1', 'csinodes', 'CSINode', { cluster: true }),
  stored('storage.k8s.io/v1', 'storageclasses', 'StorageClass', { short: ['sc'], cluster: true }),
  stored('storage.k8s.io/v1', 'volumeattachments', 'VolumeAttachment', {
    cluster: true,
    subresources: [status('VolumeAttachment')],
  }),
  review('authentication.k8s.io/v1', 'selfsubjectreviews', 'SelfSubjectReview', { cluster: true }),
  review('authorization.k8s.io/v1', 'localsubjectaccessreviews', 'LocalSubjectAccessReview'),
  review('authorization.k8s.io/v1', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', { cluster: true }),
  review('authorization.k8s.io/v1', 'selfsubjectrulesreviews', 'SelfSubjectRulesReview', { cluster: true }),
  review('authorization.k8s.io/v1', 'subjectaccessreviews', 'SubjectAccessReview', { cluster: true }),
  metrics('nodes', 'NodeMetrics', { cluster: true }),
  metrics('pods', 'PodMetrics'),
];

/** Everything served, in the order discovery lists it. */
export const RESOURCES: readonly ResourceInfo[] = [...CORE, ...WORKLOADS, ...REST];

/** Groups a real 1.35 API server has and the simulation leaves out: asked for, they answer 501 and not 404. */
export const GROUPS_LEFT_OUT: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io',
  'apiregistration.k8s.io',
  'certificates.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'node.k8s.io',
  'resource.k8s.io',
  'storagemigration.k8s.io',
]);

/** The same for core resources and subresources. */
export const CORE_LEFT_OUT: ReadonlySet<string> = new Set([
  'bindings',
  'componentstatuses',
  'podtemplates',
  'replicationcontrollers',
]);

/** Subresources of the real thing that answer 501. */
export const SUBRESOURCES_LEFT_OUT: ReadonlySet<string> = new Set([
  'approval',
  'attach',
  'ephemeralcontainers',
  'exec',
  'finalize',
  'portforward',
  'proxy',
  'resize',
  'token',
]);

const byPath = new Map(RESOURCES.map(info => [`${info.group}/${info.version}/${info.plural}`, info]));
const byKey = new Map(RESOURCES.filter(info => info.served === 'stored').map(info => [info.key, info]));

/** The resource served under `/apis/GROUP/VERSION/PLURAL`. */
export const findResource = (group: string, version: string, plural: string): ResourceInfo | undefined =>
  byPath.get(`${group}/${version}/${plural}`);

/** The stored resource of a store key (`pods`, `deployments.apps`). */
export const resourceByKey = (key: string): ResourceInfo | undefined => byKey.get(key);

/** Group versions in order, each with its resources. */
export function groupVersions(): ReadonlyMap<string, readonly ResourceInfo[]> {
  const found = new Map<string, ResourceInfo[]>();
  for (const info of RESOURCES) {
    const key = `${info.group}/${info.version}`;
    found.set(key, [...(found.get(key) ?? []), info]);
  }
  return found;
}
