import type { KubeObject, StoreEvent } from '../world/store.ts';
import type { ApiCluster } from './api-cluster.ts';
import { deleteObject, dependentsOf, FOREGROUND_FINALIZER } from './deletion.ts';
import { RESOURCES, resourceByKey } from './resources.ts';
import { ApiError } from './status.ts';

type Place = { resource: string; namespace: string | undefined; name: string };

/** Deletes, where it is still there: others may have been faster. */
function deleteIfThere(cluster: ApiCluster, { resource, namespace, name }: Place): void {
  try {
    deleteObject(cluster, resource, namespace, name);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 404)) throw error;
  }
}

const contentsOf = (cluster: ApiCluster, namespace: string): { resource: string; object: KubeObject }[] =>
  RESOURCES.filter(info => info.served === 'stored' && info.namespaced).flatMap(info =>
    cluster.store.list(info.key, namespace).map(object => ({ resource: info.key, object })),
  );

/** Deletes what a terminating namespace holds; removes it when it holds nothing. */
function finishNamespace(cluster: ApiCluster, name: string): boolean {
  const contents = contentsOf(cluster, name);
  for (const { resource, object } of contents) {
    if (object.metadata.deletionTimestamp !== undefined) continue;
    deleteIfThere(cluster, { resource, namespace: name, name: object.metadata.name });
  }
  if (contentsOf(cluster, name).length > 0) return false;
  cluster.store.remove('namespaces', undefined, name);
  return true;
}

/** Deletes the dependents of an object deleted in the foreground; lets it go when none is left. */
function finishForeground(cluster: ApiCluster, place: Place): boolean {
  const owner = cluster.store.get(place.resource, place.namespace, place.name);
  if (owner?.metadata.finalizers?.includes(FOREGROUND_FINALIZER) !== true) return true;
  for (const { info, object } of dependentsOf(cluster.store, owner)) {
    if (object.metadata.deletionTimestamp !== undefined) continue;
    deleteIfThere(cluster, { resource: info.key, namespace: object.metadata.namespace, name: object.metadata.name });
  }
  if (dependentsOf(cluster.store, owner).length > 0) return false;
  const finalizers = owner.metadata.finalizers.filter(finalizer => finalizer !== FOREGROUND_FINALIZER);
  if (finalizers.length === 0) cluster.store.remove(place.resource, place.namespace, place.name);
  else cluster.store.replace(place.resource, { ...owner, metadata: { ...owner.metadata, finalizers } });
  return true;
}

/**
 * Ends what a deletion only began: empties terminating namespaces and collects the dependents of objects deleted in
 * the foreground. Acts on store events alone, so it is as deterministic as the world. Returns a way to stop.
 */
export function finishTerminating(cluster: ApiCluster): () => void {
  const waiting = new Map<string, Place>();
  const begin = (resource: string, { metadata }: KubeObject): void => {
    const isForeground = metadata.finalizers?.includes(FOREGROUND_FINALIZER) === true;
    if (metadata.deletionTimestamp === undefined || (resource !== 'namespaces' && !isForeground)) return;
    const { namespace, name } = metadata;
    waiting.set(`${resource}/${namespace ?? ''}/${name}`, { resource, namespace, name });
  };
  const goOn = (): void => {
    for (const [key, place] of waiting) {
      const isDone =
        place.resource === 'namespaces' ? finishNamespace(cluster, place.name) : finishForeground(cluster, place);
      if (isDone) waiting.delete(key);
    }
  };
  for (const { key } of RESOURCES.filter(info => info.served === 'stored'))
    for (const object of cluster.store.list(key)) begin(key, object);
  return cluster.store.onEvent(({ type, resource, object }: StoreEvent) => {
    if (resourceByKey(resource) === undefined) return;
    if (type === 'MODIFIED') begin(resource, object);
    if (waiting.size > 0 && (type === 'DELETED' || object.metadata.deletionTimestamp !== undefined)) goOn();
  });
}
