import type { V1SelfSubjectAccessReview, V1SelfSubjectAccessReviewSpec } from '@kubernetes/client-node';
import type { ClusterFacts } from '../model/facts.ts';
import type { KubernetesApi } from './api-call.ts';

interface Right {
  verb: string;
  resource: string;
  group?: string;
  subresource?: string;
  namespace?: string;
}

/** What a whole look at the cluster takes: one that was had shows that all of these are granted. */
const LOOKING: readonly Right[] = [
  { verb: 'get', resource: 'namespaces', namespace: 'kube-system' },
  { verb: 'list', resource: 'nodes' },
  { verb: 'list', resource: 'pods' },
  { verb: 'list', resource: 'persistentvolumes' },
  { verb: 'list', resource: 'poddisruptionbudgets', group: 'policy' },
  { verb: 'list', resource: 'daemonsets', group: 'apps' },
  { verb: 'list', resource: 'volumeattachments', group: 'storage.k8s.io' },
  { verb: 'list', resource: 'leases', group: 'coordination.k8s.io', namespace: 'kube-node-lease' },
  { verb: 'get', resource: 'leases', group: 'coordination.k8s.io', namespace: 'kube-system' },
];

/** What else an upgrade needs of the API. */
const ACTING: readonly Right[] = [
  { verb: 'get', resource: 'nodes' },
  { verb: 'get', resource: 'pods' },
  { verb: 'get', resource: 'leases', group: 'coordination.k8s.io', namespace: 'kube-node-lease' },
  { verb: 'create', resource: 'leases', group: 'coordination.k8s.io', namespace: 'kube-system' },
  { verb: 'update', resource: 'leases', group: 'coordination.k8s.io', namespace: 'kube-system' },
  { verb: 'patch', resource: 'nodes' },
  { verb: 'create', resource: 'pods', subresource: 'eviction' },
];

const anywhere = (group: string | undefined, resources: readonly string[], verbs: readonly string[]): Right[] =>
  resources.flatMap(resource => verbs.map(verb => ({ verb, resource, ...(group !== undefined && { group }) })));

/** Server-side apply is a PATCH, and of what is not there yet a create as well; what a deployment made is deleted when it is taken back. */
const APPLYING = ['get', 'create', 'patch', 'delete'];
/** What deployments, and what is done for a workload that fails, need beside an upgrade: of the kinds that manifests mostly have. */
const DEPLOYING: readonly Right[] = [
  { verb: 'list', resource: 'namespaces' },
  { verb: 'create', resource: 'namespaces' },
  { verb: 'list', resource: 'resourcequotas' },
  { verb: 'list', resource: 'endpointslices', group: 'discovery.k8s.io' },
  { verb: 'list', resource: 'replicasets', group: 'apps' },
  { verb: 'list', resource: 'controllerrevisions', group: 'apps' },
  ...anywhere(undefined, ['configmaps', 'secrets', 'services', 'serviceaccounts'], APPLYING),
  ...anywhere('apps', ['deployments', 'statefulsets', 'daemonsets'], APPLYING),
  ...anywhere('policy', ['poddisruptionbudgets'], APPLYING),
  ...anywhere('networking.k8s.io', ['networkpolicies', 'ingresses'], APPLYING),
];

/** Asked of each server, and shown by one that answered them. */
const VERSION = '/version';
const ETCD = '/readyz/etcd';
const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

const pathsToAsk = (shown: ClusterFacts | undefined): string[] => [
  ...(shown?.servers.some(({ reachable }) => reachable) ? [] : [VERSION]),
  ...(shown?.servers.some(({ etcdReady }) => etcdReady !== 'unknown') ? [] : [ETCD]),
];

const nameOf = ({ verb, resource, group, subresource, namespace }: Right): string =>
  [
    `${verb} ${resource}`,
    subresource === undefined ? '' : `/${subresource}`,
    group === undefined ? '' : `.${group}`,
    namespace === undefined ? '' : ` in ${namespace}`,
  ].join('');

/**
 * Rights that a SelfSubjectAccessReview does not grant, as "verb resource[.group] [in namespace]" or "get /path". What `shown`, a whole
 * look of just before, could not have been had without is not asked again.
 */
export async function missingRights(api: KubernetesApi, signal: AbortSignal, shown?: ClusterFacts): Promise<string[]> {
  const asked: { name: string; spec: V1SelfSubjectAccessReviewSpec }[] = [
    ...[...(shown ? [] : LOOKING), ...ACTING].map(right => ({
      name: nameOf(right),
      spec: { resourceAttributes: right },
    })),
    ...pathsToAsk(shown).map(path => ({ name: `get ${path}`, spec: { nonResourceAttributes: { verb: 'get', path } } })),
  ];
  return notGranted(api, asked, signal);
}

/** The same of what deployments need beside that. */
export const missingDeployRights = (api: KubernetesApi, signal: AbortSignal): Promise<string[]> =>
  notGranted(
    api,
    DEPLOYING.map(right => ({ name: nameOf(right), spec: { resourceAttributes: right } })),
    signal,
  );

async function notGranted(
  api: KubernetesApi,
  asked: readonly { name: string; spec: V1SelfSubjectAccessReviewSpec }[],
  signal: AbortSignal,
): Promise<string[]> {
  const missing: string[] = [];
  for (const { name, spec } of asked) {
    const call = api.read('create selfsubjectaccessreviews', signal);
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
    const review = await api.demand<V1SelfSubjectAccessReview>(call, { method: 'POST', path: REVIEWS, body });
    if (review.status?.allowed !== true) missing.push(name);
  }
  return missing;
}
