import { asNumber } from '../kubernetes-api/json.ts';
import type { SimCluster } from './cluster.ts';
import { someServerIsUp } from './controllers/work-queue.ts';
import { sha256Hex } from './random.ts';
import type { KubeObject } from './store.ts';
import { kubeTime } from './store.ts';

/** The API server forgets an event an hour after it happened last (--event-ttl). */
const TTL_MS = 3_600_000;
const EXPIRY = 'event-ttl';

export interface Happening {
  type: 'Normal' | 'Warning';
  /** CamelCase, e.g. FailedScheduling. */
  reason: string;
  message: string;
  /** Who reports it, e.g. kubelet. */
  component: string;
  /** The node it is reported from. */
  host?: string;
  /** Of a pod: the container concerned. */
  container?: string;
}

/** Lets recorded events expire. */
export function runEventExpiry(cluster: SimCluster): void {
  cluster.clock.handle(EXPIRY, subject => {
    const [namespace = '', name = ''] = subject.split('/');
    const event = cluster.store.get('events', namespace, name);
    if (event === undefined) return;
    const dueMs = Date.parse(String(event.lastTimestamp)) + TTL_MS;
    if (dueMs > cluster.now()) cluster.clock.schedule(dueMs - cluster.now(), EXPIRY, subject);
    else cluster.store.remove('events', namespace, name);
  });
}

/**
 * Writes a core/v1 Event about an object; the same happening again raises its count. Without an API server, or in a
 * namespace that goes, it is lost, as a recorder's are.
 */
export function recordEvent(cluster: SimCluster, about: KubeObject, happening: Happening): void {
  const namespace = about.metadata.namespace ?? 'default';
  const home = cluster.store.get('namespaces', undefined, namespace);
  if (!someServerIsUp(cluster) || home === undefined || home.metadata.deletionTimestamp !== undefined) return;
  const { type, reason, message, component, host, container } = happening;
  const digest = sha256Hex([about.metadata.uid, type, reason, message, component, host, container].join('\n'));
  const name = `${about.metadata.name}.${digest.slice(0, 16)}`;
  const now = kubeTime(cluster.now());
  const known = cluster.store.get('events', namespace, name);
  if (known !== undefined) {
    cluster.store.replace('events', { ...known, count: asNumber(known.count) + 1, lastTimestamp: now });
    return;
  }
  cluster.store.create('events', {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: {
      kind: about.kind,
      ...(about.metadata.namespace === undefined ? {} : { namespace: about.metadata.namespace }),
      name: about.metadata.name,
      uid: about.metadata.uid,
      apiVersion: about.apiVersion,
      resourceVersion: about.metadata.resourceVersion,
      ...(container === undefined ? {} : { fieldPath: `spec.containers{${container}}` }),
    },
    reason,
    message,
    source: { component, ...(host === undefined ? {} : { host }) },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    type,
    eventTime: null,
    reportingComponent: component,
    reportingInstance: host ?? '',
  });
  cluster.clock.schedule(TTL_MS, EXPIRY, `${namespace}/${name}`);
}
