import { asNumber, asObject, asObjects, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { controllerOf, isFinished, isReady, isTerminating, replicasOf } from '../pods.ts';
import type { KubeObject } from '../store.ts';
import { keepRevision } from './controller-revisions.ts';
import { removeFor } from './deletions.ts';
import type { PodMaking } from './pod-template.ts';
import { createPod, templateHash } from './pod-template.ts';
import { keyOf, splitKey, workQueue } from './work-queue.ts';

const STATEFULSETS = 'statefulsets.apps';

/** Keeps a StatefulSet's numbered pods; a name must be free before its pod is made again. */
export function runStatefulSets(cluster: SimCluster): void {
  const enqueue = workQueue(cluster, 'statefulsets', 50, key => reconcile(cluster, ...splitKey(key)));
  cluster.store.onEvent(({ resource, type, object }) => {
    if (resource === STATEFULSETS && type !== 'DELETED') enqueue(keyOf(object));
    if (resource !== 'pods') return;
    const owner = controllerOf(object);
    if (owner?.kind === 'StatefulSet') enqueue(`${object.metadata.namespace}/${owner.name}`);
  });
}

export const ordinalOf = (pod: KubeObject): number =>
  Number(pod.metadata.name.slice(pod.metadata.name.lastIndexOf('-') + 1));

/** The name of a StatefulSet's present revision, as in its pods' controller-revision-hash. */
export const statefulRevision = (set: KubeObject): string =>
  `${set.metadata.name}-${templateHash(at(set, 'spec', 'template'))}`;

const revisionOf = (pod: KubeObject): string | undefined => pod.metadata.labels?.['controller-revision-hash'];

function reconcile(cluster: SimCluster, namespace: string, name: string): void {
  const set = cluster.store.get(STATEFULSETS, namespace, name);
  if (set === undefined) return;
  if (!isTerminating(set)) {
    keepRevision(cluster, set);
    act(cluster, set);
  }
  writeStatefulStatus(cluster, namespace, name);
}

/** One step: make the lowest missing pod, else shrink from the top, else replace one of an old revision. */
function act(cluster: SimCluster, set: KubeObject): void {
  const pods = new Map(cluster.pods.ofController(set.metadata.uid).map(pod => [ordinalOf(pod), pod]));
  const desired = replicasOf(set);
  const inOrder = at(set, 'spec', 'podManagementPolicy') !== 'Parallel';
  for (let ordinal = 0; ordinal < desired; ordinal += 1) {
    const pod = pods.get(ordinal);
    if (pod !== undefined && isFinished(pod) && !isTerminating(pod)) removeFor('controller', cluster, 'pods', pod);
    if (pod === undefined) createPod(cluster, set, at(set, 'spec', 'template'), statefulMaking(cluster, set, ordinal));
    if (inOrder && (pod === undefined || isTerminating(pod) || !isReady(pod))) return;
  }
  const spare = [...pods.keys()].filter(ordinal => ordinal >= desired).sort((a, b) => b - a);
  for (const ordinal of spare) {
    const pod = pods.get(ordinal);
    if (pod !== undefined && !isTerminating(pod)) removeFor('controller', cluster, 'pods', pod);
    if (inOrder) return;
  }
  replaceOneOld(cluster, set, pods);
}

function replaceOneOld(cluster: SimCluster, set: KubeObject, pods: ReadonlyMap<number, KubeObject>): void {
  if (at(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') return;
  const partition = asNumber(at(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition'));
  const fresh = statefulRevision(set);
  if ([...pods.values()].some(pod => isTerminating(pod) || !isReady(pod))) return;
  for (let ordinal = replicasOf(set) - 1; ordinal >= partition; ordinal -= 1) {
    const pod = pods.get(ordinal);
    if (pod === undefined || revisionOf(pod) === fresh) continue;
    removeFor('controller', cluster, 'pods', pod);
    return;
  }
}

/** What pod NAME-ORDINAL is made from; creates the claims of its volumeClaimTemplates where they are missing. */
export function statefulMaking(cluster: SimCluster, set: KubeObject, ordinal: number): PodMaking {
  const name = `${set.metadata.name}-${ordinal}`;
  const claims = asObjects(at(set, 'spec', 'volumeClaimTemplates'));
  for (const claim of claims) createClaim(cluster, set, claim, name);
  const volumes = claims.map(claim => ({
    name: at(claim, 'metadata', 'name'),
    persistentVolumeClaim: { claimName: `${String(at(claim, 'metadata', 'name'))}-${name}` },
  }));
  const own = asObjects(at(set, 'spec', 'template', 'spec', 'volumes'));
  return {
    name,
    generateName: `${set.metadata.name}-`,
    labels: {
      'apps.kubernetes.io/pod-index': String(ordinal),
      'controller-revision-hash': statefulRevision(set),
      'statefulset.kubernetes.io/pod-name': name,
    },
    spec: { hostname: name, ...(volumes.length + own.length === 0 ? {} : { volumes: [...own, ...volumes] }) },
  };
}

function createClaim(cluster: SimCluster, set: KubeObject, claim: Record<string, unknown>, podName: string): void {
  const name = `${String(at(claim, 'metadata', 'name'))}-${podName}`;
  const { namespace } = set.metadata;
  if (cluster.store.get('persistentvolumeclaims', namespace, name) !== undefined) return;
  cluster.store.create('persistentvolumeclaims', {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: asObject(at(set, 'spec', 'selector', 'matchLabels')) as Record<string, string>,
    },
    spec: asObject(claim.spec),
    status: { phase: 'Pending' },
  });
}

export function writeStatefulStatus(cluster: SimCluster, namespace: string, name: string): void {
  const set = cluster.store.get(STATEFULSETS, namespace, name);
  if (set === undefined) return;
  const pods = cluster.pods.ofController(set.metadata.uid);
  const ready = pods.filter(pod => isReady(pod) && !isTerminating(pod)).length;
  const fresh = statefulRevision(set);
  const updated = pods.filter(pod => revisionOf(pod) === fresh).length;
  const isComplete = updated === pods.length && pods.length === replicasOf(set);
  const current = at(set, 'status', 'currentRevision');
  cluster.store.replace(STATEFULSETS, {
    ...set,
    status: {
      observedGeneration: set.metadata.generation,
      replicas: pods.length,
      ...(ready === 0 ? {} : { readyReplicas: ready }),
      availableReplicas: ready,
      currentReplicas: pods.length - (isComplete ? 0 : updated),
      updatedReplicas: updated,
      currentRevision: isComplete || current === undefined ? fresh : current,
      updateRevision: fresh,
      collisionCount: 0,
    },
  });
}
