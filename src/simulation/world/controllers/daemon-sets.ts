import { asObject, asObjects, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { controllerOf, isFinished, isReady, isTerminating, nodeOf } from '../pods.ts';
import type { KubeObject } from '../store.ts';
import { keepRevision } from './controller-revisions.ts';
import { removeFor } from './deletions.ts';
import { matchesNodeAffinity, toleratesTaints } from './node-fit.ts';
import type { PodMaking } from './pod-template.ts';
import { createPod, generatedName, templateHash } from './pod-template.ts';
import { resolveCount } from './rollout.ts';
import { keyOf, splitKey, workQueue } from './work-queue.ts';

const DAEMONSETS = 'daemonsets.apps';

/** What the DaemonSet controller adds to every pod: these taints never keep it away. */
const TOLERATIONS = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];

/** Keeps one pod of a DaemonSet on every node it fits. */
export function runDaemonSets(cluster: SimCluster): void {
  const enqueue = workQueue(cluster, 'daemonsets', 100, key => reconcile(cluster, ...splitKey(key)));
  cluster.store.onEvent(({ resource, type, object, previous }) => {
    if (resource === DAEMONSETS && type !== 'DELETED') enqueue(keyOf(object));
    if (
      resource === 'nodes' &&
      !(type === 'MODIFIED' && object.spec === previous?.spec && object.metadata.labels === previous?.metadata.labels)
    ) {
      for (const set of cluster.store.list(DAEMONSETS)) enqueue(keyOf(set));
    }
    if (resource !== 'pods') return;
    const owner = controllerOf(object);
    if (owner?.kind === 'DaemonSet') enqueue(`${object.metadata.namespace}/${owner.name}`);
  });
}

/** The pod spec of a DaemonSet on one node. */
function specOn(set: KubeObject, node: string): Record<string, unknown> {
  const spec = asObject(at(set, 'spec', 'template', 'spec'));
  return {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
        },
      },
    },
    tolerations: [...asObjects(spec.tolerations), ...TOLERATIONS],
  };
}

/** What a pod of the set would be like, by the set's spec: stored objects never change. */
const likenesses = new WeakMap<object, { spec: Record<string, unknown> }>();

function likenessOf(set: KubeObject): { spec: Record<string, unknown> } {
  const key = asObject(set.spec);
  const known = likenesses.get(key);
  if (known !== undefined) return known;
  const spec = asObject(at(set, 'spec', 'template', 'spec'));
  const made = { spec: { ...spec, tolerations: [...asObjects(spec.tolerations), ...TOLERATIONS] } };
  if (Object.isFrozen(key)) likenesses.set(key, made);
  return made;
}

export const daemonFits = (set: KubeObject, node: KubeObject): boolean => {
  const pod = likenessOf(set);
  return matchesNodeAffinity(pod, node) && toleratesTaints(pod, node, ['NoSchedule', 'NoExecute']);
};

export const daemonRevision = (set: KubeObject): string => templateHash(at(set, 'spec', 'template'));

/** What the DaemonSet's pod of one node is made from; bound to it. */
export function daemonMaking(cluster: SimCluster, set: KubeObject, node: string): PodMaking {
  return {
    name: generatedName(cluster, set.metadata.namespace, `${set.metadata.name}-`),
    generateName: `${set.metadata.name}-`,
    labels: { 'controller-revision-hash': daemonRevision(set), 'pod-template-generation': '1' },
    spec: { ...specOn(set, node), nodeName: node },
  };
}

function reconcile(cluster: SimCluster, namespace: string, name: string): void {
  const set = cluster.store.get(DAEMONSETS, namespace, name);
  if (set === undefined) return;
  const pods = cluster.pods.ofController(set.metadata.uid);
  const nodes = cluster.store.list('nodes').filter(node => daemonFits(set, node));
  const wanted = new Set(nodes.map(node => node.metadata.name));
  if (!isTerminating(set)) {
    keepRevision(cluster, set);
    act(cluster, set, pods, wanted);
  }
  writeDaemonStatus(cluster, set, wanted);
}

function act(cluster: SimCluster, set: KubeObject, pods: readonly KubeObject[], wanted: ReadonlySet<string>): void {
  const standing = pods.filter(pod => !isTerminating(pod));
  for (const pod of standing)
    if (!wanted.has(nodeOf(pod) ?? '') || isFinished(pod)) removeFor('controller', cluster, 'pods', pod);
  const held = new Set(pods.map(nodeOf));
  for (const node of wanted) {
    if (!held.has(node)) createPod(cluster, set, at(set, 'spec', 'template'), daemonMaking(cluster, set, node));
  }
  if (at(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') return;
  const limit = at(set, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable') ?? 1;
  const away = wanted.size - standing.filter(isReady).length;
  const fresh = daemonRevision(set);
  const old = standing.filter(pod => pod.metadata.labels?.['controller-revision-hash'] !== fresh);
  for (const pod of old.slice(0, Math.max(0, resolveCount(limit, wanted.size, 'up') - away)))
    removeFor('controller', cluster, 'pods', pod);
}

/** Writes the counts over the nodes the set wants to be on. */
export function writeDaemonStatus(cluster: SimCluster, set: KubeObject, wanted: ReadonlySet<string>): void {
  const pods = cluster.pods.ofController(set.metadata.uid).filter(pod => wanted.has(nodeOf(pod) ?? ''));
  const ready = pods.filter(pod => isReady(pod) && !isTerminating(pod)).length;
  const fresh = daemonRevision(set);
  cluster.store.replace(DAEMONSETS, {
    ...set,
    status: {
      currentNumberScheduled: pods.length,
      numberMisscheduled: 0,
      desiredNumberScheduled: wanted.size,
      numberReady: ready,
      observedGeneration: set.metadata.generation,
      updatedNumberScheduled: pods.filter(pod => pod.metadata.labels?.['controller-revision-hash'] === fresh).length,
      ...(ready === 0 ? {} : { numberAvailable: ready }),
      ...(ready === wanted.size ? {} : { numberUnavailable: wanted.size - ready }),
    },
  });
}
