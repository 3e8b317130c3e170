import { asNumber, asObject, asObjects, asText, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import {
  claimNamesOf,
  conditionOf,
  conditionsWith,
  controllerOf,
  isFinished,
  isTerminating,
  nodeOf,
  requestsOf,
} from '../pods.ts';
import type { KubeObject } from '../store.ts';
import { kubeTime } from '../store.ts';
import {
  fullness,
  isCordoned,
  matchesNodeAffinity,
  matchesTerms,
  shortages,
  taintsOf,
  tolerates,
  toleratesTaints,
} from './node-fit.ts';
import { topologyChecks } from './topology-fit.ts';
import { keyOf, splitKey, workQueue } from './work-queue.ts';

const UNSCHEDULABLE = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/**
 * Binds pods without a node: the default scheduler. Those that fit nowhere wait until something changes. Which of the two a pod is among
 * stands in its conditions and in the timers: a world that was saved goes on the same.
 */
export function runScheduler(cluster: SimCluster): void {
  const waiting = new Set<string>();
  const parked = new Set<string>();
  const cycle = workQueue(cluster, 'scheduler', 100, which => {
    if (which === 'parked') {
      for (const key of parked) waiting.add(key);
      parked.clear();
    }
    for (const key of inOrder(cluster, waiting)) {
      waiting.delete(key);
      if (!schedule(cluster, key)) parked.add(key);
    }
  });
  const unpark = (): void => {
    if (parked.size > 0) cycle('parked', 500);
  };
  for (const pod of cluster.store.list('pods'))
    if (isWaiting(pod)) (conditionOf(pod, 'PodScheduled') === undefined ? waiting : parked).add(keyOf(pod));
  cluster.store.onEvent(({ resource, type, object, previous }) => {
    if (resource === 'pods') {
      const key = keyOf(object);
      if (type === 'ADDED' && isWaiting(object)) {
        waiting.add(key);
        cycle('waiting');
      }
      const freed =
        previous !== undefined && nodeOf(previous) !== undefined && (type === 'DELETED' || isFinished(object));
      if (type === 'DELETED') {
        waiting.delete(key);
        parked.delete(key);
      }
      if (freed) unpark();
    } else if (resource === 'nodes' ? isNewsForPods(object, previous) : resource === 'persistentvolumeclaims') unpark();
  });
}

const isWaiting = (pod: KubeObject): boolean =>
  nodeOf(pod) === undefined &&
  !isTerminating(pod) &&
  !isFinished(pod) &&
  asObjects(at(pod, 'spec', 'schedulingGates')).length === 0 &&
  asText(at(pod, 'spec', 'schedulerName'), 'default-scheduler') === 'default-scheduler';

const isNewsForPods = (node: KubeObject, previous: KubeObject | undefined): boolean =>
  node.spec !== previous?.spec ||
  node.metadata.labels !== previous?.metadata.labels ||
  at(node, 'status', 'allocatable') !== at(previous, 'status', 'allocatable');

/** By priority, then age, then name. */
function inOrder(cluster: SimCluster, keys: ReadonlySet<string>): string[] {
  const rank = (key: string): [number, string] => {
    const pod = cluster.store.get('pods', ...splitKey(key));
    return [-asNumber(at(pod, 'spec', 'priority')), `${pod?.metadata.creationTimestamp} ${key}`];
  };
  return [...keys].sort((a, b) => {
    const [[pa, ta], [pb, tb]] = [rank(a), rank(b)];
    return pa - pb || (ta < tb ? -1 : 1);
  });
}

/** Returns false when the pod fits nowhere now. */
function schedule(cluster: SimCluster, key: string): boolean {
  const pod = cluster.store.get('pods', ...splitKey(key));
  if (pod === undefined || !isWaiting(pod)) return true;
  const { fitting, reasons } = filterNodes(cluster, pod);
  const chosen = best(cluster, pod, fitting);
  if (chosen === undefined) {
    refusePod(cluster, pod, reasons);
    return false;
  }
  cluster.store.replace('pods', {
    ...pod,
    spec: { ...asObject(pod.spec), nodeName: chosen.metadata.name },
    status: {
      ...asObject(pod.status),
      conditions: conditionsWith(pod, kubeTime(cluster.now()), [{ type: 'PodScheduled', status: 'True' }]),
    },
  });
  return true;
}

/** The nodes a pod may go to, and against the others the reason, as the scheduler words it. */
export function filterNodes(cluster: SimCluster, pod: KubeObject): { fitting: KubeObject[]; reasons: string[] } {
  const volumeReason = volumeCheck(cluster, pod);
  const topologyReason = topologyChecks(cluster, pod);
  const fitting: KubeObject[] = [];
  const reasons: string[] = [];
  for (const node of cluster.store.list('nodes')) {
    const reason = nodeReason(cluster, pod, node) ?? volumeReason(node) ?? topologyReason(node);
    if (reason === undefined) fitting.push(node);
    else reasons.push(reason);
  }
  return { fitting, reasons };
}

function nodeReason(cluster: SimCluster, pod: KubeObject, node: KubeObject): string | undefined {
  const tolerations = asObjects(at(pod, 'spec', 'tolerations'));
  if (isCordoned(node) && !tolerations.some(toleration => tolerates(toleration, UNSCHEDULABLE))) {
    return 'node(s) were unschedulable';
  }
  if (!matchesNodeAffinity(pod, node)) return "node(s) didn't match Pod's node affinity/selector";
  if (!toleratesTaints(pod, node, ['NoSchedule', 'NoExecute'])) {
    const taint = taintsOf(node)[0];
    return `node(s) had untolerated taint(s) {${asText(taint?.key)}: ${asText(taint?.value)}}`;
  }
  const short = shortages(requestsOf(pod), node, cluster.pods.requestedOn(node.metadata.name));
  if (short.length === 0) return undefined;
  return short[0] === 'pods' ? 'Too many pods' : `Insufficient ${short[0]}`;
}

/** Claims must be bound, or bind where the pod goes; a volume may be pinned to nodes. */
function volumeCheck(cluster: SimCluster, pod: KubeObject): (node: KubeObject) => string | undefined {
  const claims = claimNamesOf(pod).map(name =>
    cluster.store.get('persistentvolumeclaims', pod.metadata.namespace, name),
  );
  if (claims.some(claim => claim === undefined)) return () => 'persistentvolumeclaim not found';
  const pinned = claims.flatMap(claim => {
    const volume = cluster.store.get('persistentvolumes', undefined, asText(at(claim, 'spec', 'volumeName')));
    const required = at(volume, 'spec', 'nodeAffinity', 'required', 'nodeSelectorTerms');
    return required === undefined ? [] : [required];
  });
  return node =>
    pinned.every(required => matchesTerms(required, node))
      ? undefined
      : "node(s) didn't match PersistentVolume's node affinity";
}

/** The emptiest node, one with fewer pods of the same controller before it. */
function best(cluster: SimCluster, pod: KubeObject, nodes: readonly KubeObject[]): KubeObject | undefined {
  const owner = controllerOf(pod)?.uid;
  const siblings = owner === undefined ? [] : cluster.pods.ofController(owner).filter(other => !isTerminating(other));
  const requests = requestsOf(pod);
  let [chosen, least] = [undefined as KubeObject | undefined, Number.POSITIVE_INFINITY];
  for (const node of nodes) {
    const together = siblings.filter(other => nodeOf(other) === node.metadata.name).length;
    const score = fullness(requests, node, cluster.pods.requestedOn(node.metadata.name)) + together * 0.5;
    if (score < least - 1e-9) [chosen, least] = [node, score];
  }
  return chosen;
}

/** Says on the pod why it fits nowhere. */
export function refusePod(cluster: SimCluster, pod: KubeObject, reasons: readonly string[]): void {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  const message = `0/${reasons.length} nodes are available: ${parts.join(', ')}.`;
  cluster.store.replace('pods', {
    ...pod,
    status: {
      ...asObject(pod.status),
      conditions: conditionsWith(pod, kubeTime(cluster.now()), [
        { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message },
      ]),
    },
  });
}
