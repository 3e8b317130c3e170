import { asNumber, asObject, asObjects, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { conditionsWith, containersOf, isFinished, isReady, isTerminating, nodeOf, phaseOf } from '../pods.ts';
import { spreadOf } from '../random.ts';
import type { KubeObject } from '../store.ts';
import { kubeTime } from '../store.ts';
import { removeFor } from './deletions.ts';
import { isWaiting, runningStatus } from './pod-status.ts';
import { claimsAttached } from './volumes.ts';
import { someServerIsUp } from './work-queue.ts';

const START_MS: [number, number] = [1_000, 3_000];
const READY_MS: [number, number] = [4_000, 27_000];
const TERMINATION_MS: [number, number] = [2_000, 20_000];
const RETRY_MS = 2_000;

const subjectOf = (pod: KubeObject): string => `${pod.metadata.namespace}/${pod.metadata.name}/${pod.metadata.uid}`;

/** Cluster ms a pod takes to stop by itself, at most its grace; fixed by seed and uid. */
export const terminationMs = (cluster: SimCluster, pod: KubeObject): number =>
  Math.min(
    spreadOf(`${cluster.seed} stop ${pod.metadata.uid}`, ...TERMINATION_MS),
    (pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000,
  );

/** Cluster ms from running to ready. */
export const readyMs = (cluster: SimCluster, pod: KubeObject): number =>
  spreadOf(`${cluster.seed} ready ${pod.metadata.uid}`, ...READY_MS);

/** Runs, readies and stops the pods bound to machines whose kubelet runs. */
export function runKubelets(cluster: SimCluster): void {
  const onPod = (kind: string, act: (pod: KubeObject) => void): void =>
    cluster.clock.handle(kind, subject => {
      const [namespace = '', name = '', uid] = subject.split('/');
      const pod = cluster.store.get('pods', namespace, name);
      if (pod === undefined || pod.metadata.uid !== uid || !kubeletRuns(cluster, pod)) return;
      if (someServerIsUp(cluster)) act(pod);
      else cluster.clock.scheduleOnce(RETRY_MS, kind, subject);
    });
  onPod('pod-run', pod => runPod(cluster, pod));
  onPod('pod-ready', pod => readyPod(cluster, pod));
  onPod('pod-gone', pod => endPod(cluster, pod));
  cluster.store.onEvent(({ resource, type, object }) => {
    if (resource === 'pods' && type !== 'DELETED' && kubeletRuns(cluster, object)) sync(cluster, object);
  });
  cluster.faults.onChange((fault, change) => {
    if (fault.kind !== 'pod_stuck_terminating' || change === 'armed') return;
    for (const pod of cluster.store.list('pods')) if (kubeletRuns(cluster, pod)) sync(cluster, pod);
  });
}

const kubeletRuns = (cluster: SimCluster, pod: KubeObject): boolean =>
  cluster.machines.get(nodeOf(pod) ?? '')?.kubelet_runs === true;

/** Sees to it that what the pod needs next is due. */
function sync(cluster: SimCluster, pod: KubeObject): void {
  if (!isTerminating(pod) && isWaiting(pod)) return;
  const subject = subjectOf(pod);
  if (isTerminating(pod)) cluster.clock.scheduleOnce(terminationMs(cluster, pod), 'pod-gone', subject);
  else if (phaseOf(pod) === 'Pending')
    cluster.clock.scheduleOnce(spreadOf(`${cluster.seed} start ${pod.metadata.uid}`, ...START_MS), 'pod-run', subject);
}

function runPod(cluster: SimCluster, pod: KubeObject): void {
  if (isTerminating(pod) || phaseOf(pod) !== 'Pending') return;
  if (!claimsAttached(cluster, pod)) {
    cluster.clock.scheduleOnce(RETRY_MS, 'pod-run', subjectOf(pod));
    return;
  }
  const status = runningStatus(cluster, pod, { isReady: false, restarts: 0 });
  if (containersOf(pod).some(({ image }) => NO_SUCH_IMAGE.test(String(image)))) {
    cluster.store.replace('pods', { ...pod, status: notPulled(pod, status) });
    return;
  }
  cluster.store.replace('pods', { ...pod, status });
  readyLater(cluster, pod);
}

/** No registry has it: its pods wait for it for good. */
const NO_SUCH_IMAGE = /:no-such-tag$/;

/** The status of a pod whose image can't be pulled. */
function notPulled(pod: KubeObject, status: Record<string, unknown>): Record<string, unknown> {
  const containerStatuses = asObjects(status.containerStatuses).map(container => ({
    ...container,
    started: false,
    state: {
      waiting: {
        reason: 'ImagePullBackOff',
        message: `Back-off pulling image "${String(container.image)}": ErrImagePull: not found`,
      },
    },
  }));
  return { ...status, phase: 'Pending', startTime: pod.metadata.creationTimestamp, containerStatuses };
}

/** A pod that runs becomes ready in its time. */
export const readyLater = (cluster: SimCluster, pod: KubeObject): void =>
  cluster.clock.scheduleOnce(readyMs(cluster, pod), 'pod-ready', subjectOf(pod));

function readyPod(cluster: SimCluster, pod: KubeObject): void {
  if (isTerminating(pod) || isFinished(pod) || isReady(pod) || isWaiting(pod)) return;
  const restarts = asNumber(asObjects(at(pod, 'status', 'containerStatuses'))[0]?.restartCount);
  cluster.store.replace('pods', { ...pod, status: runningStatus(cluster, pod, { isReady: true, restarts }) });
}

function endPod(cluster: SimCluster, pod: KubeObject): void {
  if (!isTerminating(pod)) return;
  const { namespace, name } = pod.metadata;
  const scope = { namespace: namespace ?? '', pod: name, node: nodeOf(pod) ?? '' };
  if (cluster.faults.active('pod_stuck_terminating', scope) !== undefined) return;
  removeFor('controller', cluster, 'pods', pod, { gracePeriodSeconds: 0 });
}

/** The kubelet of a machine starts after a boot: its containers start anew, terminating pods go. */
export function resumePods(cluster: SimCluster, node: string): void {
  for (const pod of cluster.pods.onNode(node)) {
    if (isFinished(pod)) continue;
    if (isTerminating(pod)) {
      cluster.clock.scheduleOnce(1_000, 'pod-gone', subjectOf(pod));
    } else if (phaseOf(pod) === 'Pending') {
      sync(cluster, pod);
    } else {
      const restarts = asNumber(asObjects(at(pod, 'status', 'containerStatuses'))[0]?.restartCount) + 1;
      cluster.store.replace('pods', { ...pod, status: runningStatus(cluster, pod, { isReady: false, restarts }) });
      readyLater(cluster, pod);
    }
  }
}

/** Pods of a node whose kubelet is silent: not Ready any more (node lifecycle controller). */
export function markPodsNotReady(cluster: SimCluster, node: string): void {
  for (const pod of cluster.pods.onNode(node)) {
    if (!isReady(pod)) continue;
    const conditions = conditionsWith(pod, kubeTime(cluster.now()), [{ type: 'Ready', status: 'False' }]);
    cluster.store.replace('pods', { ...pod, status: { ...asObject(pod.status), conditions } });
  }
}
