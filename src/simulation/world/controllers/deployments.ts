import { asNumber, asObject, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { controllerOf, isTerminating, replicasOf } from '../pods.ts';
import type { KubeObject } from '../store.ts';
import { removeFor } from './deletions.ts';
import { writeDeploymentStatus } from './deployment-status.ts';
import { ownedBy, templateHash } from './pod-template.ts';
import { rollingLimits, rolloutStep } from './rollout.ts';
import { keyOf, splitKey, workQueue } from './work-queue.ts';

const DEPLOYMENTS = 'deployments.apps';
const REPLICASETS = 'replicasets.apps';
const REVISION = 'deployment.kubernetes.io/revision';

/** Rolls Deployments out over their ReplicaSets. */
export function runDeployments(cluster: SimCluster): void {
  const look = (key: string): void => {
    const deadlineMs = reconcile(cluster, ...splitKey(key));
    if (deadlineMs !== undefined) lookAgain(key, Math.max(1_000, deadlineMs - cluster.now()));
  };
  const enqueue = workQueue(cluster, 'deployments', 50, look);
  const lookAgain = workQueue(cluster, 'deployment-deadlines', 0, look);
  cluster.store.onEvent(({ resource, type, object }) => {
    if (resource === DEPLOYMENTS && type !== 'DELETED') enqueue(keyOf(object));
    const isGonePod = resource === 'pods' && type === 'DELETED';
    const set = isGonePod ? setOfPod(cluster, object) : resource === REPLICASETS ? object : undefined;
    const owner = set === undefined ? undefined : controllerOf(set);
    if (owner?.kind === 'Deployment') enqueue(`${object.metadata.namespace}/${owner.name}`);
  });
}

/** Recreate goes on when the last old pod is gone, which its ReplicaSet no longer counts. */
function setOfPod(cluster: SimCluster, pod: KubeObject): KubeObject | undefined {
  const owner = controllerOf(pod);
  return owner?.kind === 'ReplicaSet' ? cluster.store.get(REPLICASETS, pod.metadata.namespace, owner.name) : undefined;
}

const revisionOf = (object: KubeObject): number => Number(object.metadata.annotations?.[REVISION] ?? 0);

/** When its progress deadline is over, if it is on its way. */
function reconcile(cluster: SimCluster, namespace: string, name: string): number | undefined {
  const deployment = cluster.store.get(DEPLOYMENTS, namespace, name);
  if (deployment === undefined || isTerminating(deployment)) return undefined;
  const hash = templateHash(at(deployment, 'spec', 'template'));
  const sets = setsOf(cluster, deployment);
  const isFresh = (set: KubeObject): boolean => set.metadata.labels?.['pod-template-hash'] === hash;
  const isPaused = at(deployment, 'spec', 'paused') === true;
  // Of a Deployment of this name that was deleted: until it is collected, the new one would collide with it.
  const left = cluster.store.get(REPLICASETS, namespace, `${name}-${hash}`);
  if (left !== undefined && controllerOf(left)?.uid !== deployment.metadata.uid) return cluster.now();
  if (!isPaused || sets.some(isFresh)) {
    const fresh = freshSet(cluster, deployment, sets, hash);
    scale(
      cluster,
      deployment,
      fresh,
      sets.filter(set => !isFresh(set)),
    );
    forgetOld(cluster, deployment, hash);
  }
  const now = cluster.store.get(DEPLOYMENTS, namespace, name);
  return now && writeDeploymentStatus(cluster, now, setsOf(cluster, now), hash);
}

const setsOf = (cluster: SimCluster, deployment: KubeObject): KubeObject[] =>
  cluster.store
    .list(REPLICASETS, deployment.metadata.namespace)
    .filter(set => controllerOf(set)?.uid === deployment.metadata.uid);

/** The ReplicaSet of the current template, made or raised to the newest revision. */
function freshSet(cluster: SimCluster, deployment: KubeObject, sets: readonly KubeObject[], hash: string): KubeObject {
  const found = sets.find(set => set.metadata.labels?.['pod-template-hash'] === hash);
  const newest = Math.max(0, ...sets.filter(set => set !== found).map(revisionOf));
  const revision = String(found !== undefined && revisionOf(found) > newest ? revisionOf(found) : newest + 1);
  const set =
    found === undefined ? createSet(cluster, deployment, hash, revision) : withRevision(cluster, found, revision);
  const current = cluster.store.get(DEPLOYMENTS, deployment.metadata.namespace, deployment.metadata.name);
  if (current !== undefined) {
    const annotations = { ...current.metadata.annotations, [REVISION]: revision };
    cluster.store.replace(DEPLOYMENTS, { ...current, metadata: { ...current.metadata, annotations } });
  }
  return set;
}

function withRevision(cluster: SimCluster, set: KubeObject, revision: string): KubeObject {
  const annotations = { ...set.metadata.annotations, [REVISION]: revision };
  return cluster.store.replace(REPLICASETS, { ...set, metadata: { ...set.metadata, annotations } });
}

/** A new ReplicaSet at 0 replicas for the Deployment's present template. */
export function createSet(cluster: SimCluster, deployment: KubeObject, hash: string, revision: string): KubeObject {
  const template = asObject(at(deployment, 'spec', 'template'));
  const labels = { ...asObject(at(template, 'metadata', 'labels')), 'pod-template-hash': hash } as Record<
    string,
    string
  >;
  const { namespace, name } = deployment.metadata;
  const selector = asObject(at(deployment, 'spec', 'selector'));
  return cluster.store.create(REPLICASETS, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      annotations: {
        [REVISION]: revision,
        'deployment.kubernetes.io/desired-replicas': String(replicasOf(deployment)),
      },
      ownerReferences: [ownedBy(deployment)],
    },
    spec: {
      replicas: 0,
      selector: { ...selector, matchLabels: { ...asObject(selector.matchLabels), 'pod-template-hash': hash } },
      template: { ...template, metadata: { ...asObject(template.metadata), labels } },
    },
    status: { replicas: 0 },
  });
}

const availableOf = (set: KubeObject): number => asNumber(at(set, 'status', 'availableReplicas'));

function scale(cluster: SimCluster, deployment: KubeObject, fresh: KubeObject, old: readonly KubeObject[]): void {
  const desired = replicasOf(deployment);
  if (at(deployment, 'spec', 'strategy', 'type') === 'Recreate') {
    for (const set of old) setReplicas(cluster, set, 0);
    const gone = old.every(set => cluster.pods.ofController(set.metadata.uid).length === 0);
    if (gone) setReplicas(cluster, fresh, desired);
    return;
  }
  const standing = old.filter(set => replicasOf(set) > 0);
  const step = rolloutStep({
    desired,
    ...rollingLimits(at(deployment, 'spec', 'strategy'), desired),
    fresh: { wanted: replicasOf(fresh), available: availableOf(fresh) },
    old: standing.map(set => ({ name: set.metadata.name, wanted: replicasOf(set), available: availableOf(set) })),
  });
  setReplicas(cluster, fresh, step.fresh);
  for (const set of standing) setReplicas(cluster, set, step.old[set.metadata.name] ?? replicasOf(set));
}

function setReplicas(cluster: SimCluster, set: KubeObject, replicas: number): void {
  const current = cluster.store.get(REPLICASETS, set.metadata.namespace, set.metadata.name);
  if (current === undefined || replicasOf(current) === replicas) return;
  cluster.store.replace(REPLICASETS, { ...current, spec: { ...asObject(current.spec), replicas } });
}

/** Removes empty old ReplicaSets beyond revisionHistoryLimit (default 10). */
function forgetOld(cluster: SimCluster, deployment: KubeObject, hash: string): void {
  const limit = asNumber(at(deployment, 'spec', 'revisionHistoryLimit'), 10);
  const empty = setsOf(cluster, deployment)
    .filter(set => set.metadata.labels?.['pod-template-hash'] !== hash && replicasOf(set) === 0)
    .filter(set => cluster.pods.ofController(set.metadata.uid).length === 0)
    .sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const set of empty.slice(0, Math.max(0, empty.length - limit)))
    removeFor('controller', cluster, REPLICASETS, set);
}
