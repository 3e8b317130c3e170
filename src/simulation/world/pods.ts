import { asObject, asObjects, at, isObject } from '../kubernetes-api/json.ts';
import { quantityOf } from './quantity.ts';
import type { OwnerReference } from './store.ts';

/** Anything with a pod's fields: a stored pod, or one that is about to be created. */
export interface ObjectLike {
  spec?: unknown;
  status?: unknown;
  metadata: { ownerReferences?: OwnerReference[]; deletionTimestamp?: string; annotations?: Record<string, string> };
  [field: string]: unknown;
}

/** How pods are asked about. */
export function nodeOf(pod: ObjectLike): string | undefined {
  const name = isObject(pod.spec) ? pod.spec.nodeName : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

export function phaseOf(pod: ObjectLike): string {
  const phase = isObject(pod.status) ? pod.status.phase : undefined;
  return typeof phase === 'string' ? phase : 'Pending';
}

export const isTerminating = (object: ObjectLike): boolean => object.metadata.deletionTimestamp !== undefined;

export const isFinished = (pod: ObjectLike): boolean => ['Succeeded', 'Failed'].includes(phaseOf(pod));

export const isMirror = (pod: ObjectLike): boolean =>
  pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;

export function conditionOf(object: ObjectLike, type: string): Record<string, unknown> | undefined {
  const conditions = isObject(object.status) ? object.status.conditions : undefined;
  if (!Array.isArray(conditions)) return undefined;
  for (const condition of conditions as unknown[]) {
    if (isObject(condition) && condition.type === type) return condition;
  }
  return undefined;
}

export const isReady = (object: ObjectLike): boolean => conditionOf(object, 'Ready')?.status === 'True';

export const controllerOf = (object: ObjectLike): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(reference => reference.controller === true);

export const isOfDaemonSet = (pod: ObjectLike): boolean => controllerOf(pod)?.kind === 'DaemonSet';

export const replicasOf = (object: ObjectLike): number => {
  const replicas = at(object, 'spec', 'replicas');
  return typeof replicas === 'number' ? replicas : 1;
};

export const claimNamesOf = (pod: ObjectLike): string[] =>
  asObjects(at(pod, 'spec', 'volumes')).flatMap(volume => {
    const name = at(volume, 'persistentVolumeClaim', 'claimName');
    return typeof name === 'string' ? [name] : [];
  });

export type Amounts = Readonly<Record<string, number>>;

/** By the list of containers, which the pods of a workload share. */
const requestsCache = new WeakMap<object, Amounts>();

/** Requests of a pod by resource, summed over containers, and 1 of `pods`. Init containers count by their maximum. */
export function requestsOf(pod: ObjectLike): Amounts {
  const spec = asObject(pod.spec);
  const key = Array.isArray(spec.containers) && spec.initContainers === undefined ? spec.containers : spec;
  const cached = requestsCache.get(key);
  if (cached !== undefined) return cached;
  const sum: Record<string, number> = { pods: 1 };
  for (const container of asObjects(spec.containers)) {
    for (const [resource, amount] of Object.entries(asObject(at(container, 'resources', 'requests')))) {
      sum[resource] = (sum[resource] ?? 0) + quantityOf(amount);
    }
  }
  for (const container of asObjects(spec.initContainers)) {
    for (const [resource, amount] of Object.entries(asObject(at(container, 'resources', 'requests')))) {
      sum[resource] = Math.max(sum[resource] ?? 0, quantityOf(amount));
    }
  }
  requestsCache.set(key, sum);
  return sum;
}

/** The object with one status condition set; its transition time moves only when the status does. */
export function conditionsWith(
  object: ObjectLike,
  now: string,
  changes: readonly { type: string; status: string; reason?: string; message?: string; lastUpdateTime?: string }[],
): Record<string, unknown>[] {
  const kept = asObjects(at(object, 'status', 'conditions'));
  if (kept.length === 0) return changes.map(change => ({ ...change, lastTransitionTime: now }));
  const changed = changes.map(change => {
    const before = kept.find(condition => condition.type === change.type);
    const since = before?.status === change.status ? before.lastTransitionTime : now;
    return { ...change, lastTransitionTime: since };
  });
  const others = kept.filter(condition => !changes.some(change => change.type === condition.type));
  return [...others, ...changed];
}

export const containersOf = (pod: ObjectLike): Record<string, unknown>[] => asObjects(at(pod, 'spec', 'containers'));

export const tolerationsOf = (pod: ObjectLike): Record<string, unknown>[] => asObjects(at(pod, 'spec', 'tolerations'));
