import type { V1SelfSubjectAccessReviewSpec } from '@kubernetes/client-node';
import type { KubernetesApi } from './api-call.ts';

interface Right {
  verb: string;
  resource: string;
  group?: string;
  subresource?: string;
  namespace?: string;
}

/** What an upgrade needs of the API, reads first. */
const RIGHTS: readonly Right[] = [
  { verb: 'get', resource: 'namespaces', namespace: 'kube-system' },
  { verb: 'list', resource: 'nodes' },
  { verb: 'get', resource: 'nodes' },
  { verb: 'list', resource: 'pods' },
  { verb: 'get', resource: 'pods' },
  { verb: 'list', resource: 'persistentvolumes' },
  { verb: 'list', resource: 'poddisruptionbudgets', group: 'policy' },
  { verb: 'list', resource: 'daemonsets', group: 'apps' },
  { verb: 'list', resource: 'volumeattachments', group: 'storage.k8s.io' },
  { verb: 'list', resource: 'leases', group: 'coordination.k8s.io', namespace: 'kube-node-lease' },
  { verb: 'get', resource: 'leases', group: 'coordination.k8s.io', namespace: 'kube-node-lease' },
  { verb: 'get', resource: 'leases', group: 'coordination.k8s.io', namespace: 'kube-system' },
  { verb: 'create', resource: 'leases', group: 'coordination.k8s.io', namespace: 'kube-system' },
  { verb: 'update', resource: 'leases', group: 'coordination.k8s.io', namespace: 'kube-system' },
  { verb: 'patch', resource: 'nodes' },
  { verb: 'create', resource: 'pods', subresource: 'eviction' },
];

const PATHS = ['/version', '/readyz/etcd'] as const;

const nameOf = ({ verb, resource, group, subresource, namespace }: Right): string =>
  [
    `${verb} ${resource}`,
    subresource === undefined ? '' : `/${subresource}`,
    group === undefined ? '' : `.${group}`,
    namespace === undefined ? '' : ` in ${namespace}`,
  ].join('');

/** Rights that a SelfSubjectAccessReview does not grant, as "verb resource[.group] [in namespace]" or "get /path". */
export async function missingRights(api: KubernetesApi, signal: AbortSignal): Promise<string[]> {
  const asked: { name: string; spec: V1SelfSubjectAccessReviewSpec }[] = [
    ...RIGHTS.map(right => ({ name: nameOf(right), spec: { resourceAttributes: right } })),
    ...PATHS.map(path => ({ name: `get ${path}`, spec: { nonResourceAttributes: { verb: 'get', path } } })),
  ];
  const missing: string[] = [];
  for (const { name, spec } of asked) {
    const call = api.read('create selfsubjectaccessreviews', signal);
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
    const review = await api.demand(call, options =>
      api.authorization.createSelfSubjectAccessReview({ body }, options),
    );
    if (review.status?.allowed !== true) missing.push(name);
  }
  return missing;
}
