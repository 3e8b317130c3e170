import type { SimCluster } from '../cluster.ts';
import { isTerminating, nodeOf } from '../pods.ts';
import type { KubeObject } from '../store.ts';
import { removeFor } from './deletions.ts';
import { workQueue } from './work-queue.ts';

/** Kinds that come and go all the time and that nothing here is owned by. */
const OWN_NOTHING = new Set(['pods', 'events', 'leases.coordination.k8s.io', 'volumeattachments.storage.k8s.io']);

/**
 * Collects what lost its owners and removes pods of nodes that are gone. Terminating namespaces and deletion in the
 * foreground are ended by the API server's side (kubernetes-api/terminating.ts).
 */
export function runCollection(cluster: SimCluster): void {
  const orphan = workQueue(cluster, 'orphans', 100, uid => collectOrphansOf(cluster, uid));
  const lost = workQueue(cluster, 'lost-pods', 0, node => removePodsOf(cluster, node));
  cluster.store.onEvent(({ resource, type, object }) => {
    if (type === 'DELETED') {
      if (!OWN_NOTHING.has(resource)) orphan(object.metadata.uid);
      if (resource === 'nodes') lost(object.metadata.name);
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
      removeFor('controller', cluster, info, object, { propagationPolicy: 'Background' });
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

function removePodsOf(cluster: SimCluster, node: string): void {
  if (cluster.store.get('nodes', undefined, node) !== undefined) return;
  for (const pod of cluster.pods.onNode(node)) {
    removeFor('deletion', cluster, 'pods', pod, { gracePeriodSeconds: 0 });
  }
}
