import { type KubeObject, kubeTime, type ObjectStore } from '../world/store.ts';
import { asNumber, asText, at } from './json.ts';
import type { ResourceInfo } from './resource.ts';
import { RESOURCES, resourceByKey } from './resources.ts';
import { ApiError, notFound } from './status.ts';

/** What a deletion needs of a cluster; a SimCluster is one. */
export interface DeletionScope {
  store: ObjectStore;
  /** Cluster time, epoch ms. */
  now(): number;
}

export interface DeletionOptions {
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string; resourceVersion?: string };
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  dryRun?: boolean;
}

export interface Deletion {
  object: KubeObject;
  /** False: it is terminating, and goes when its kubelet or its finalizers let it. */
  removed: boolean;
}

export const FOREGROUND_FINALIZER = 'foregroundDeletion';

const infoOf = (resource: string): ResourceInfo => {
  const info = resourceByKey(resource);
  if (info === undefined) throw new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
  return info;
};

/** Throws 409 when the object is not the one the caller means (rest.BeforeDelete's checks and texts). */
export function checkPreconditions(object: KubeObject, preconditions: DeletionOptions['preconditions']): void {
  const { name, uid, resourceVersion } = object.metadata;
  const refuse = (field: string, asked: string, actual: string, guess: string): ApiError =>
    new ApiError(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${object.kind} "${name}": the ${field} in the precondition (${asked}) does not match the ${field} in record (${actual}). The object might have been ${guess}`,
      { name, kind: object.kind },
    );
  if (preconditions?.uid !== undefined && preconditions.uid !== uid)
    throw refuse('UID', preconditions.uid, uid, 'deleted and then recreated');
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion)
    throw refuse('ResourceVersion', preconditions.resourceVersion, resourceVersion, 'modified');
}

/** Seconds of grace a deletion gives: only a pod bound to a node and not finished has any. */
function graceOf(object: KubeObject, asked: number | undefined): number {
  if (object.kind !== 'Pod') return 0;
  if (asText(at(object, 'spec', 'nodeName')) === '') return 0;
  if (['Succeeded', 'Failed'].includes(asText(at(object, 'status', 'phase')))) return 0;
  const own = asNumber(at(object, 'spec', 'terminationGracePeriodSeconds'), 30);
  const grace = asked ?? own;
  return grace < 0 ? 1 : grace;
}

/**
 * Deletes as the API server does: preconditions (409), grace (a running pod is only marked; its kubelet removes it),
 * finalizers (marked, goes with the last of them), else removed at once; a pod is marked before that all the same. A second deletion of a terminating object
 * only shortens its grace. Throws ApiError 404, 409.
 */
export function deleteObject(
  cluster: DeletionScope,
  resource: string,
  namespace: string | undefined,
  name: string,
  options: DeletionOptions = {},
): Deletion {
  const info = infoOf(resource);
  const current = cluster.store.get(resource, info.namespaced ? namespace : undefined, name);
  if (current === undefined) throw notFound(info, name);
  checkPreconditions(current, options.preconditions);
  const grace = graceOf(current, options.gracePeriodSeconds);
  const finalizers = finalizersAfter(current, options.propagationPolicy);
  if (info.key === 'namespaces') return markNamespace(cluster, current, options);
  if (grace === 0 && finalizers.length === 0) {
    if (options.dryRun === true) return { object: current, removed: true };
    if (options.propagationPolicy === 'Orphan') orphanDependents(cluster.store, current);
    const last = current.kind === 'Pod' ? mark(cluster, current, 0, []) : undefined;
    const object = last === undefined ? current : cluster.store.replace(resource, last);
    cluster.store.remove(resource, current.metadata.namespace, name);
    return { object, removed: true };
  }
  const marked = mark(cluster, current, grace, finalizers);
  if (marked === undefined || options.dryRun === true) return { object: marked ?? current, removed: false };
  return { object: cluster.store.replace(resource, marked), removed: false };
}

function finalizersAfter(object: KubeObject, policy: DeletionOptions['propagationPolicy']): string[] {
  const own = object.metadata.finalizers ?? [];
  if (policy !== 'Foreground' || object.kind === 'Pod' || own.includes(FOREGROUND_FINALIZER)) return own;
  return [...own, FOREGROUND_FINALIZER];
}

/** The terminating form of an object; undefined when it is terminating already and nothing gets shorter. */
function mark(
  cluster: DeletionScope,
  current: KubeObject,
  grace: number,
  finalizers: string[],
): KubeObject | undefined {
  const { metadata } = current;
  if (metadata.deletionTimestamp !== undefined && grace >= (metadata.deletionGracePeriodSeconds ?? 0)) return undefined;
  return {
    ...current,
    metadata: {
      ...metadata,
      deletionTimestamp: kubeTime(cluster.now() + grace * 1000),
      deletionGracePeriodSeconds: grace,
      ...(finalizers.length === 0 ? {} : { finalizers }),
    },
  };
}

function markNamespace(cluster: DeletionScope, current: KubeObject, options: DeletionOptions): Deletion {
  if (current.metadata.deletionTimestamp !== undefined) return { object: current, removed: false };
  const marked: KubeObject = {
    ...current,
    metadata: { ...current.metadata, deletionTimestamp: kubeTime(cluster.now()) },
    status: { phase: 'Terminating' },
  };
  if (options.dryRun === true) return { object: marked, removed: false };
  return { object: cluster.store.replace('namespaces', marked), removed: false };
}

/** Every object that names this one as an owner. */
export function dependentsOf(store: ObjectStore, owner: KubeObject): { info: ResourceInfo; object: KubeObject }[] {
  const { namespace, uid } = owner.metadata;
  return RESOURCES.filter(info => info.served === 'stored').flatMap(info =>
    store
      .list(info.key, info.namespaced ? namespace : undefined)
      .filter(object => object.metadata.ownerReferences?.some(reference => reference.uid === uid) === true)
      .map(object => ({ info, object })),
  );
}

/** `--cascade=orphan`: dependents lose the reference, so that collection of the owner does not take them along. */
function orphanDependents(store: ObjectStore, owner: KubeObject): void {
  for (const { info, object } of dependentsOf(store, owner)) {
    const ownerReferences = object.metadata.ownerReferences?.filter(reference => reference.uid !== owner.metadata.uid);
    store.replace(info.key, { ...object, metadata: { ...object.metadata, ownerReferences: ownerReferences ?? [] } });
  }
}

/** True when nothing holds a terminating object back any more: no finalizer, no grace left. */
export const mayGo = (object: KubeObject): boolean =>
  object.metadata.deletionTimestamp !== undefined &&
  (object.metadata.finalizers ?? []).length === 0 &&
  (object.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
  object.kind !== 'Namespace';
