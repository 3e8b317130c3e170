import { asObject, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { controllerOf, isFinished, isReady, isTerminating, nodeOf, replicasOf } from '../pods.ts';
import type { KubeObject } from '../store.ts';
import { removeFor } from './deletions.ts';
import { createPod, generatedName } from './pod-template.ts';
import { keyOf, splitKey, workQueue } from './work-queue.ts';

const REPLICASETS = 'replicasets.apps';

/** Keeps as many pods as a ReplicaSet asks for; terminating pods no longer count. */
export function runReplicaSets(cluster: SimCluster): void {
  const enqueue = workQueue(cluster, 'replicasets', 50, key => reconcile(cluster, ...splitKey(key)));
  cluster.store.onEvent(({ resource, type, object }) => {
    if (resource === REPLICASETS && type !== 'DELETED') enqueue(keyOf(object));
    if (resource !== 'pods') return;
    const owner = controllerOf(object);
    if (owner?.kind === 'ReplicaSet') enqueue(`${object.metadata.namespace}/${owner.name}`);
  });
}

export const activePods = (cluster: SimCluster, owner: KubeObject): KubeObject[] =>
  cluster.pods.ofController(owner.metadata.uid).filter(pod => !isTerminating(pod) && !isFinished(pod));

function reconcile(cluster: SimCluster, namespace: string, name: string): void {
  const set = cluster.store.get(REPLICASETS, namespace, name);
  if (set === undefined) return;
  const pods = activePods(cluster, set);
  const missing = isTerminating(set) ? 0 : replicasOf(set) - pods.length;
  for (let made = 0; made < missing; made += 1) {
    createPod(cluster, set, at(set, 'spec', 'template'), {
      name: generatedName(cluster, namespace, `${name}-`),
      generateName: `${name}-`,
    });
  }
  const spare = [...pods].sort(firstToGo).slice(0, Math.max(0, -missing));
  for (const pod of spare) removeFor('controller', cluster, 'pods', pod);
  writeReplicaSetStatus(cluster, namespace, name);
}

/** Unassigned before assigned, pending before running, not ready before ready, the youngest first. */
function firstToGo(a: KubeObject, b: KubeObject): number {
  const rank = (pod: KubeObject): number => (nodeOf(pod) === undefined ? 0 : isReady(pod) ? 2 : 1);
  const byAge = a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1;
  return rank(a) - rank(b) || (a.metadata.creationTimestamp === b.metadata.creationTimestamp ? 0 : byAge);
}

export function writeReplicaSetStatus(cluster: SimCluster, namespace: string, name: string): void {
  const set = cluster.store.get(REPLICASETS, namespace, name);
  if (set === undefined) return;
  const pods = activePods(cluster, set);
  const ready = pods.filter(isReady).length;
  const before = asObject(set.status);
  cluster.store.replace(REPLICASETS, {
    ...set,
    status: {
      ...(before.conditions === undefined ? {} : { conditions: before.conditions }),
      replicas: pods.length,
      ...(pods.length === 0 ? {} : { fullyLabeledReplicas: pods.length }),
      ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
      observedGeneration: set.metadata.generation,
    },
  });
}
