import { deleteObject, dependentsOf, FOREGROUND_FINALIZER } from '../../kubernetes-api/deletion.ts';
import { asList } from '../../kubernetes-api/json.ts';
import { RESOURCES } from '../../kubernetes-api/resources.ts';
import type { SimCluster } from '../cluster.ts';
import { isTerminating, nodeOf } from '../pods.ts';
import type { KubeObject } from '../store.ts';
import { keyOf, workQueue } from './work-queue.ts';

/** Collects what lost its owners, empties terminating namespaces, and removes pods of nodes that are gone. */
export function runCollection(cluster: SimCluster): void {
  const orphan = workQueue(cluster, 'orphans', 100, uid => collectOrphansOf(cluster, uid));
  const foreground = workQueue(cluster, 'foreground', 200, key => collectForeground(cluster, key));
  const namespace = workQueue(cluster, 'namespaces', 500, name => emptyNamespace(cluster, name));
  const lost = workQueue(cluster, 'lost-pods', 0, node => removePodsOf(cluster, node));
  cluster.store.onEvent(({ resource, type, object }) => {
    if (type === 'DELETED') {
      orphan(object.metadata.uid);
      if (resource === 'nodes') lost(object.metadata.name);
    } else if (isTerminating(object)) {
      if (resource === 'namespaces') namespace(object.metadata.name);
      if (object.metadata.finalizers?.includes(FOREGROUND_FINALIZER)) foreground(`${resource} ${keyOf(object)}`);
    }
    const node = resource === 'pods' && type === 'ADDED' ? nodeOf(object) : undefined;
    if (node !== undefined && cluster.store.get('nodes', undefined, node) === undefined) lost(node);
  });
}

/** Deletes an object whose owners are all gone. */
function collectOrphansOf(cluster: SimCluster, uid: string): void {
  for (const { info, object } of ownedByUid(cluster, uid)) {
    const owners = object.metadata.ownerReferences ?? [];
    const isOwned = owners.some(owner => owner.uid !== uid && existsUid(cluster, owner.uid));
    if (!isOwned && !isTerminating(object)) {
      cluster.ledger.because('controller', () =>
        deleteObject(cluster, info, object.metadata.namespace, object.metadata.name, {
          propagationPolicy: 'Background',
        }),
      );
    }
  }
}

function ownedByUid(cluster: SimCluster, uid: string): { info: string; object: KubeObject }[] {
  const found: { info: string; object: KubeObject }[] = [];
  for (const resource of cluster.store.resources()) {
    const candidates = resource === 'pods' ? cluster.pods.ofController(uid) : cluster.store.list(resource);
    for (const object of candidates) {
      if (object.metadata.ownerReferences?.some(owner => owner.uid === uid)) found.push({ info: resource, object });
    }
  }
  return found;
}

const existsUid = (cluster: SimCluster, uid: string): boolean =>
  cluster.store.resources().some(resource => cluster.store.list(resource).some(object => object.metadata.uid === uid));

/** Foreground deletion: dependents go first, then the owner's finalizer. */
function collectForeground(cluster: SimCluster, key: string): void {
  const [resource = '', path = ''] = key.split(' ');
  const slash = path.indexOf('/');
  const namespace = slash < 0 ? undefined : path.slice(0, slash);
  const owner = cluster.store.get(resource, namespace, path.slice(slash + 1));
  if (owner === undefined) return;
  const dependents = dependentsOf(cluster.store, owner);
  for (const { info, object } of dependents) {
    if (!isTerminating(object)) {
      cluster.ledger.because('controller', () =>
        deleteObject(cluster, info.key, object.metadata.namespace, object.metadata.name, {
          propagationPolicy: 'Foreground',
        }),
      );
    }
  }
  if (dependents.length > 0) {
    cluster.clock.scheduleOnce(1_000, 'work foreground', key);
    return;
  }
  const finalizers = asList(owner.metadata.finalizers).filter(name => name !== FOREGROUND_FINALIZER) as string[];
  cluster.store.replace(resource, { ...owner, metadata: { ...owner.metadata, finalizers } });
  if (finalizers.length === 0)
    deleteObject(cluster, resource, namespace, owner.metadata.name, { gracePeriodSeconds: 0 });
}

function emptyNamespace(cluster: SimCluster, name: string): void {
  const namespace = cluster.store.get('namespaces', undefined, name);
  if (namespace === undefined || !isTerminating(namespace)) return;
  let left = 0;
  for (const info of RESOURCES.filter(resource => resource.served === 'stored' && resource.namespaced)) {
    for (const object of cluster.store.list(info.key, name)) {
      left += 1;
      if (!isTerminating(object)) deleteObject(cluster, info.key, name, object.metadata.name);
    }
  }
  if (left > 0) cluster.clock.scheduleOnce(1_000, 'work namespaces', name);
  else cluster.store.remove('namespaces', undefined, name);
}

function removePodsOf(cluster: SimCluster, node: string): void {
  if (cluster.store.get('nodes', undefined, node) !== undefined) return;
  for (const pod of cluster.pods.onNode(node)) {
    deleteObject(cluster, 'pods', pod.metadata.namespace, pod.metadata.name, { gracePeriodSeconds: 0 });
  }
}
