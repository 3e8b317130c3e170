import { asObject, asObjects, at, isObject } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { deepFreeze } from '../deep.ts';
import { sha256Hex } from '../random.ts';
import type { KubeObject, NewKubeObject, OwnerReference } from '../store.ts';

const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

const hashes = new WeakMap<object, string>();

/** A short name for a pod template, from Kubernetes' suffix alphabet, equal for equal templates. */
export function templateHash(template: unknown): string {
  const known = typeof template === 'object' && template !== null ? hashes.get(template) : undefined;
  if (known !== undefined) return known;
  const hash = hashOf(template, 10);
  if (Object.isFrozen(template)) hashes.set(template as object, hash);
  return hash;
}

function hashOf(template: unknown, length: number): string {
  const digest = sha256Hex(JSON.stringify(sorted(template)));
  let name = '';
  for (let index = 0; index < length; index += 1) {
    name += SAFE[Number.parseInt(digest.slice(index * 2, index * 2 + 2), 16) % 27] ?? '';
  }
  return name;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

export const ownedBy = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** Those the DefaultTolerationSeconds admission plugin adds to every pod. */
const DEFAULT_TOLERATIONS = ['not-ready', 'unreachable'].map(condition => ({
  key: `node.kubernetes.io/${condition}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

/** A pod whose uid is chosen already. */
export type NewPod = NewKubeObject & { metadata: { uid: string } };

export interface PodMaking {
  name: string;
  generateName?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  spec?: Record<string, unknown>;
}

/** A pod spec with the API server's defaults. */
export function defaultedPodSpec(spec: Record<string, unknown>): Record<string, unknown> {
  const own = asObjects(spec.tolerations);
  const missing = DEFAULT_TOLERATIONS.filter(
    toleration =>
      !own.some(other => (other.key === toleration.key || other.key === undefined) && other.effect !== 'NoSchedule'),
  );
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    securityContext: {},
    schedulerName: 'default-scheduler',
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
    ...spec,
    tolerations: [...own, ...missing],
  };
}

/** Burstable, Guaranteed or BestEffort, by requests and limits. */
export function qosClassOf(spec: Record<string, unknown>): string {
  const resources = asObjects(spec.containers).map(container => asObject(container.resources));
  if (resources.every(one => one.requests === undefined && one.limits === undefined)) return 'BestEffort';
  const equal = resources.every(
    one => one.limits !== undefined && JSON.stringify(sorted(one.limits)) === JSON.stringify(sorted(one.requests)),
  );
  return equal ? 'Guaranteed' : 'Burstable';
}

/** A pod name from a prefix that no other pod of the namespace has. */
export function generatedName(cluster: SimCluster, namespace: string | undefined, prefix: string): string {
  for (;;) {
    const name = `${prefix}${cluster.draw.suffix(5)}`;
    if (cluster.store.get('pods', namespace, name) === undefined) return name;
  }
}

const specFrom = (template: unknown, more: Record<string, unknown>): Record<string, unknown> =>
  defaultedPodSpec({ ...asObject(at(template, 'spec')), ...more });

/** What the pods of one template have in common: made once, and as immutable as the template. */
interface Mould {
  spec: Record<string, unknown>;
  qosClass: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

const moulds = new WeakMap<object, Mould>();

function mouldOf(template: unknown): Mould {
  const known = isObject(template) ? moulds.get(template) : undefined;
  if (known !== undefined) return known;
  const metadata = asObject(at(template, 'metadata'));
  const spec = specFrom(template, {});
  const mould = {
    spec,
    qosClass: qosClassOf(spec),
    labels: { ...(asObject(metadata.labels) as Record<string, string>) },
    annotations: { ...(asObject(metadata.annotations) as Record<string, string>) },
  };
  if (isObject(template) && Object.isFrozen(template)) moulds.set(template, deepFreeze(mould));
  return mould;
}

const references = new WeakMap<KubeObject, OwnerReference[]>();

function referencesTo(owner: KubeObject): OwnerReference[] {
  const known = references.get(owner) ?? deepFreeze([ownedBy(owner)]);
  references.set(owner, known);
  return known;
}

/** A pod of a workload, made from its template and not yet created. */
export function podOf(cluster: SimCluster, owner: KubeObject, template: unknown, making: PodMaking): NewPod {
  const mould = mouldOf(template);
  const spec = making.spec === undefined ? mould.spec : specFrom(template, making.spec);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: making.name,
      ...(making.generateName === undefined ? {} : { generateName: making.generateName }),
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      uid: cluster.draw.uuid(),
      labels: making.labels === undefined ? mould.labels : { ...mould.labels, ...making.labels },
      annotations:
        making.annotations === undefined ? mould.annotations : { ...mould.annotations, ...making.annotations },
      ownerReferences: referencesTo(owner),
    },
    spec,
    status: { phase: 'Pending', qosClass: making.spec === undefined ? mould.qosClass : qosClassOf(spec) },
  };
}

/** Creates one pod of a workload from its template. */
export const createPod = (cluster: SimCluster, owner: KubeObject, template: unknown, making: PodMaking): KubeObject =>
  cluster.store.create('pods', podOf(cluster, owner, template, making));
