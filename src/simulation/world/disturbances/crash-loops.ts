import { asNumber, asObject, asObjects, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { readyLater } from '../controllers/kubelet.ts';
import { isWaiting, runningStatus } from '../controllers/pod-status.ts';
import { someServerIsUp } from '../controllers/work-queue.ts';
import { conditionsWith, isFinished, isTerminating, nodeOf, phaseOf } from '../pods.ts';
import type { KubeObject } from '../store.ts';
import { kubeTime } from '../store.ts';

const CRASH = 'pod-crash';
const RESTART = 'pod-restart';
const RUNS_MS = 3_000;
const RETRY_MS = 2_000;
/** The kubelet waits 10 s, twice as long each time, 300 s at most. */
const FIRST_BACK_OFF_S = 10;
const LONGEST_BACK_OFF_S = 300;

const subjectOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}/${metadata.uid}`;

const scopeOf = (pod: KubeObject) => ({
  namespace: pod.metadata.namespace ?? '',
  pod: pod.metadata.name,
  node: nodeOf(pod) ?? '',
});

/** Seconds the kubelet waits before it starts a container again that was started that often again. */
export const backOffSeconds = (restarts: number): number =>
  Math.min(LONGEST_BACK_OFF_S, FIRST_BACK_OFF_S * 2 ** Math.min(restarts, 10));

const restartsOf = (pod: KubeObject): number =>
  asNumber(asObjects(at(pod, 'status', 'containerStatuses'))[0]?.restartCount);

/** While the fault lasts the containers of a pod exit 1 soon after they start, and are started again ever later. */
export function runCrashLoops(cluster: SimCluster): void {
  const { clock, faults, store } = cluster;
  const onPod = (kind: string, act: (pod: KubeObject) => void): void =>
    clock.handle(kind, subject => {
      const [namespace = '', name = '', uid] = subject.split('/');
      const pod = store.get('pods', namespace, name);
      const runs = pod !== undefined && cluster.machines.get(nodeOf(pod) ?? '')?.kubelet_runs === true;
      if (!runs || pod.metadata.uid !== uid || isTerminating(pod) || phaseOf(pod) !== 'Running') return;
      if (someServerIsUp(cluster)) act(pod);
      else clock.scheduleOnce(RETRY_MS, kind, subject);
    });
  onPod(CRASH, pod => {
    if (faults.active('pod_crash_loop', scopeOf(pod)) !== undefined && !isWaiting(pod)) crash(cluster, pod);
  });
  onPod(RESTART, pod => {
    const restarts = restartsOf(pod) + 1;
    store.replace('pods', { ...pod, status: runningStatus(cluster, pod, { isReady: false, restarts }) });
    readyLater(cluster, pod);
  });
  const watch = (pod: KubeObject): void => {
    if (isTerminating(pod) || isFinished(pod) || phaseOf(pod) !== 'Running' || isWaiting(pod)) return;
    if (faults.active('pod_crash_loop', scopeOf(pod)) !== undefined) clock.scheduleOnce(RUNS_MS, CRASH, subjectOf(pod));
  };
  faults.onChange((fault, change) => {
    if (fault.kind !== 'pod_crash_loop' || change !== 'armed') return;
    for (const pod of store.list('pods', fault.namespace)) watch(pod);
  });
  store.onEvent(({ resource, type, object }) => {
    if (resource === 'pods' && type === 'MODIFIED' && faults.some('pod_crash_loop')) watch(object);
  });
}

/** By its exit code: 137 is a container that took more memory than it may. */
function crash(cluster: SimCluster, pod: KubeObject): void {
  const isOutOfMemory = cluster.faults.active('pod_crash_loop', scopeOf(pod))?.status === 137;
  const now = kubeTime(cluster.now());
  const { namespace, name, uid } = pod.metadata;
  const seconds = backOffSeconds(restartsOf(pod));
  const containerStatuses = asObjects(at(pod, 'status', 'containerStatuses')).map(was => ({
    ...was,
    ready: false,
    started: false,
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: `back-off ${seconds}s restarting failed container=${String(was.name)} pod=${name}_${namespace}(${uid})`,
      },
    },
    lastState: {
      terminated: {
        ...(isOutOfMemory ? { exitCode: 137, reason: 'OOMKilled' } : { exitCode: 1, reason: 'Error' }),
        startedAt: at(was, 'state', 'running', 'startedAt') ?? now,
        finishedAt: now,
        containerID: was.containerID,
      },
    },
  }));
  const unready = { status: 'False', reason: 'ContainersNotReady', message: 'containers with unready status' };
  const conditions = conditionsWith(pod, now, [
    { type: 'Ready', ...unready },
    { type: 'ContainersReady', ...unready },
  ]);
  const status = { ...asObject(pod.status), conditions, containerStatuses };
  cluster.ledger.because('failure', () => cluster.store.replace('pods', { ...pod, status }));
  cluster.clock.scheduleOnce(seconds * 1000, RESTART, subjectOf(pod));
}
