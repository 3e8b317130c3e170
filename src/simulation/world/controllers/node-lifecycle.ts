import { asNumber, asObject, asObjects, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { recordEvent } from '../event-recorder.ts';
import { conditionOf, isTerminating, tolerationsOf } from '../pods.ts';
import type { KubeObject } from '../store.ts';
import { kubeTime } from '../store.ts';
import { removeFor } from './deletions.ts';
import { markPodsNotReady } from './kubelet.ts';
import { isCordoned, taintsOf, tolerates } from './node-fit.ts';
import { leaseRenewedMs, silentConditions } from './node-status.ts';
import { someServerIsUp, workQueue } from './work-queue.ts';

/** A node is Unknown this long after its lease was renewed last (node-monitor-grace-period). */
export const NODE_GRACE_MS = 40_000;

const GRACE = 'node-grace';
const TAINT_EVICTION = 'taint-eviction';
const CONDITION_TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const CORDON_TAINT = 'node.kubernetes.io/unschedulable';

/** Watches leases, sets Unknown, keeps the condition and cordon taints, evicts what does not tolerate them. */
export function runNodeLifecycle(cluster: SimCluster): void {
  const taint = workQueue(cluster, 'taints', 100, name => writeTaints(cluster, name));
  cluster.clock.handle(GRACE, name => checkLease(cluster, name));
  cluster.clock.handle(TAINT_EVICTION, subject => evictForTaint(cluster, subject));
  cluster.store.onEvent(({ resource, type, object, previous }) => {
    if (resource !== 'nodes' || type === 'DELETED') return;
    const isSame =
      object.spec === previous?.spec && at(object, 'status', 'conditions') === at(previous, 'status', 'conditions');
    if (!isSame) taint(object.metadata.name);
  });
}

/** To be called when a kubelet stops: its lease runs out 40 s after the last renewal. */
export function expectSilence(cluster: SimCluster, node: string): void {
  const due = leaseRenewedMs(cluster, node) + NODE_GRACE_MS - cluster.now();
  cluster.clock.scheduleOnce(due, GRACE, node);
}

function checkLease(cluster: SimCluster, name: string): void {
  const machine = cluster.machines.get(name);
  const node = cluster.store.get('nodes', undefined, name);
  if (machine?.kubelet_runs === true || node === undefined) return;
  if (!someServerIsUp(cluster)) {
    cluster.clock.scheduleOnce(NODE_GRACE_MS, GRACE, name);
    return;
  }
  if (cluster.now() - leaseRenewedMs(cluster, name) < NODE_GRACE_MS) {
    expectSilence(cluster, name);
    return;
  }
  cluster.store.replace('nodes', {
    ...node,
    status: { ...asObject(node.status), conditions: silentConditions(cluster, node) },
  });
  cluster.ledger.because('node_down', () => markPodsNotReady(cluster, name));
}

function conditionTaint(node: KubeObject): string | undefined {
  const status = conditionOf(node, 'Ready')?.status;
  if (status === 'False') return CONDITION_TAINTS[0];
  return status === 'Unknown' ? CONDITION_TAINTS[1] : undefined;
}

function writeTaints(cluster: SimCluster, name: string): void {
  const node = cluster.store.get('nodes', undefined, name);
  if (node === undefined) return;
  const wanted = conditionTaint(node);
  const now = kubeTime(cluster.now());
  const existing = taintsOf(node);
  const keep = (taint: Record<string, unknown>): boolean =>
    taint.key === CORDON_TAINT
      ? isCordoned(node)
      : !CONDITION_TAINTS.includes(String(taint.key)) || taint.key === wanted;
  const taints = existing.filter(keep);
  const has = (key: string, effect: string): boolean =>
    taints.some(taint => taint.key === key && taint.effect === effect);
  if (isCordoned(node) && !has(CORDON_TAINT, 'NoSchedule')) {
    taints.push({ key: CORDON_TAINT, effect: 'NoSchedule', timeAdded: now });
  }
  for (const effect of wanted === undefined ? [] : ['NoSchedule', 'NoExecute']) {
    if (wanted !== undefined && !has(wanted, effect)) taints.push({ key: wanted, effect, timeAdded: now });
  }
  const { taints: _, ...spec } = asObject(node.spec);
  cluster.store.replace('nodes', { ...node, spec: taints.length === 0 ? spec : { ...spec, taints } });
  if (wanted !== undefined) planEvictions(cluster, name, wanted);
}

/** A pod that tolerates the taint for a while goes when the while is over; one that never minds stays. */
function planEvictions(cluster: SimCluster, node: string, key: string): void {
  for (const pod of cluster.pods.onNode(node)) {
    if (isTerminating(pod)) continue;
    const fitting = tolerationsOf(pod).filter(toleration => tolerates(toleration, { key, effect: 'NoExecute' }));
    if (fitting.some(toleration => toleration.tolerationSeconds === undefined)) continue;
    const seconds = Math.min(...fitting.map(toleration => asNumber(toleration.tolerationSeconds)), 300);
    cluster.clock.scheduleOnce(
      (fitting.length === 0 ? 0 : seconds) * 1000,
      TAINT_EVICTION,
      [node, key, pod.metadata.namespace, pod.metadata.name, pod.metadata.uid].join(' '),
    );
  }
}

function evictForTaint(cluster: SimCluster, subject: string): void {
  const [nodeName = '', key = '', namespace = '', name = '', uid = ''] = subject.split(' ');
  const node = cluster.store.get('nodes', undefined, nodeName);
  const taint = asObjects(at(node, 'spec', 'taints')).find(other => other.key === key && other.effect === 'NoExecute');
  const pod = cluster.store.get('pods', namespace, name);
  if (taint === undefined || pod?.metadata.uid !== uid || isTerminating(pod)) return;
  const tolerated = tolerationsOf(pod).find(toleration => tolerates(toleration, taint));
  const until = Date.parse(String(taint.timeAdded)) + asNumber(tolerated?.tolerationSeconds) * 1000;
  if (cluster.now() < until) {
    cluster.clock.scheduleOnce(until - cluster.now(), TAINT_EVICTION, subject);
    return;
  }
  const message = `Marking for deletion Pod ${namespace}/${name}`;
  const component = 'taint-eviction-controller';
  recordEvent(cluster, pod, { type: 'Normal', reason: 'TaintManagerEviction', message, component });
  removeFor('node_down', cluster, 'pods', pod);
}
