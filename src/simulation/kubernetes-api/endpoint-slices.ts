import { sha256Hex } from '../world/random.ts';
import type { KubeObject } from '../world/store.ts';
import type { ApiCluster } from './api-cluster.ts';
import { asObject, asObjects, asText, at } from './json.ts';
import type { ListPage } from './list.ts';
import type { Target } from './request.ts';
import { selectionOf } from './selection.ts';

/** Endpoints of one slice (the controller's own limit). */
const MOST_ENDPOINTS = 100;

export const isEndpointSlice = ({ info }: Pick<Target, 'info'>): boolean =>
  info.key === 'endpointslices.discovery.k8s.io';

const isTrue = (pod: KubeObject, type: string): boolean =>
  asObjects(at(pod, 'status', 'conditions')).some(condition => condition.type === type && condition.status === 'True');

function endpointOf(pod: KubeObject, showsUnready: boolean): Record<string, unknown> {
  const serving = isTrue(pod, 'Ready');
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const { name, namespace, uid } = pod.metadata;
  return {
    addresses: [asText(at(pod, 'status', 'podIP'))],
    conditions: { ready: showsUnready || (serving && !terminating), serving, terminating },
    nodeName: at(pod, 'spec', 'nodeName'),
    targetRef: { kind: 'Pod', name, namespace, uid },
  };
}

function slicesOf(cluster: ApiCluster, service: KubeObject): KubeObject[] {
  const { name, namespace, uid } = service.metadata;
  const selector = Object.entries(asObject(at(service, 'spec', 'selector')));
  if (selector.length === 0) return [];
  const pods = cluster.store
    .list('pods', namespace)
    .filter(pod => selector.every(([key, value]) => pod.metadata.labels?.[key] === value))
    .filter(pod => asText(at(pod, 'status', 'podIP')) !== '')
    .filter(pod => !['Succeeded', 'Failed'].includes(asText(at(pod, 'status', 'phase'))));
  const showsUnready = at(service, 'spec', 'publishNotReadyAddresses') === true;
  const ports = asObjects(at(service, 'spec', 'ports')).map(port => ({
    name: asText(port.name),
    port: typeof port.targetPort === 'number' ? port.targetPort : port.port,
    protocol: port.protocol ?? 'TCP',
  }));
  const count = Math.max(1, Math.ceil(pods.length / MOST_ENDPOINTS));
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-${sha256Hex(`${uid} ${index}`).slice(0, 5)}`,
      ...(namespace === undefined ? {} : { namespace }),
      uid: sha256Hex(`${uid} slice ${index}`).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
      resourceVersion: String(cluster.store.resourceVersion),
      creationTimestamp: service.metadata.creationTimestamp,
      generation: 1,
      labels: {
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    addressType: 'IPv4',
    endpoints: pods
      .slice(index * MOST_ENDPOINTS, (index + 1) * MOST_ENDPOINTS)
      .map(pod => endpointOf(pod, showsUnready)),
    ports,
  }));
}

/**
 * The EndpointSlices of the Services of a namespace, or of all, worked out when they are asked for: kept, they would be written with
 * each change of each pod. So they can be read and not watched.
 */
export const endpointSlices = (cluster: ApiCluster, namespace: string | undefined): KubeObject[] =>
  cluster.store.list('services', namespace).flatMap(service => slicesOf(cluster, service));

/** All that were asked for, in one page. */
export function endpointSlicePage(cluster: ApiCluster, target: Target, query: URLSearchParams): ListPage {
  const matches = selectionOf(target, query);
  const meta = { resourceVersion: String(cluster.store.resourceVersion) };
  return { meta, items: endpointSlices(cluster, target.namespace).filter(matches) };
}
