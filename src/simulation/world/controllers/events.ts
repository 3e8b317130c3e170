import { asNumber, asObjects, asText, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { recordEvent, runEventExpiry } from '../event-recorder.ts';
import { conditionOf, containersOf, controllerOf, isMirror, isTerminating, nodeOf, replicasOf } from '../pods.ts';
import type { KubeObject, StoreEvent } from '../store.ts';
import { tellNodeEvents } from './node-events.ts';

const KINDS: Readonly<Record<string, { resource: string; component: string }>> = {
  ReplicaSet: { resource: 'replicasets.apps', component: 'replicaset-controller' },
  StatefulSet: { resource: 'statefulsets.apps', component: 'statefulset-controller' },
  DaemonSet: { resource: 'daemonsets.apps', component: 'daemonset-controller' },
  Deployment: { resource: 'deployments.apps', component: 'deployment-controller' },
};

/** Writes the Events that scheduler, kubelets and controllers would: read off what changes in the store. */
export function runEvents(cluster: SimCluster): void {
  runEventExpiry(cluster);
  cluster.store.onEvent(event => {
    if (event.resource === 'pods') tellPod(cluster, event);
    else if (event.resource === 'nodes' && event.previous !== undefined)
      tellNodeEvents(cluster, event.object, event.previous);
    else if (event.resource === 'replicasets.apps') tellScaling(cluster, event);
  });
}

function ownerOf(cluster: SimCluster, object: KubeObject): { owner: KubeObject; component: string } | undefined {
  const reference = controllerOf(object);
  const kind = KINDS[reference?.kind ?? ''];
  if (reference === undefined || kind === undefined) return undefined;
  const owner = cluster.store.get(kind.resource, object.metadata.namespace, reference.name);
  return owner === undefined ? undefined : { owner, component: kind.component };
}

function tellPod(cluster: SimCluster, { type, object: pod, previous }: StoreEvent): void {
  if (isMirror(pod) || type === 'DELETED') return;
  if (previous === undefined) {
    const by = ownerOf(cluster, pod);
    const message = `Created pod: ${pod.metadata.name}`;
    if (by !== undefined) {
      recordEvent(cluster, by.owner, { type: 'Normal', reason: 'SuccessfulCreate', message, component: by.component });
    }
    return;
  }
  tellScheduling(cluster, pod, previous);
  tellContainers(cluster, pod, previous);
  if (isTerminating(pod) && !isTerminating(previous)) tellKilling(cluster, pod);
}

function tellScheduling(cluster: SimCluster, pod: KubeObject, previous: KubeObject): void {
  const component = 'default-scheduler';
  const node = nodeOf(pod);
  if (node !== undefined && nodeOf(previous) === undefined) {
    const message = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${node}`;
    recordEvent(cluster, pod, { type: 'Normal', reason: 'Scheduled', message, component });
    return;
  }
  const refusal = conditionOf(pod, 'PodScheduled');
  if (refusal?.reason !== 'Unschedulable' || refusal.message === conditionOf(previous, 'PodScheduled')?.message) return;
  const message = asText(refusal.message);
  recordEvent(cluster, pod, { type: 'Warning', reason: 'FailedScheduling', message, component });
}

const statusesOf = (pod: KubeObject): Record<string, unknown>[] => asObjects(at(pod, 'status', 'containerStatuses'));

function tellContainers(cluster: SimCluster, pod: KubeObject, previous: KubeObject): void {
  const before = statusesOf(previous);
  const host = nodeOf(pod) ?? '';
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string, container: string): void =>
    recordEvent(cluster, pod, { type, reason, message, component: 'kubelet', host, container });
  for (const [index, status] of statusesOf(pod).entries()) {
    const was = before[index];
    const name = asText(status.name);
    const isStarted = at(status, 'state', 'running') !== undefined;
    if (isStarted && (was === undefined || asNumber(was.restartCount) !== asNumber(status.restartCount))) {
      tell('Normal', 'Pulled', `Container image "${asText(status.image)}" already present on machine`, name);
      tell('Normal', 'Created', `Created container: ${name}`, name);
      tell('Normal', 'Started', `Started container ${name}`, name);
    }
    if (at(status, 'state', 'waiting') === undefined || at(was, 'state', 'waiting') !== undefined) continue;
    const { namespace, name: podName, uid } = pod.metadata;
    const message = `Back-off restarting failed container ${name} in pod ${podName}_${namespace}(${uid})`;
    tell('Warning', 'BackOff', message, name);
  }
}

function tellKilling(cluster: SimCluster, pod: KubeObject): void {
  const by = cluster.ledger.cause === 'controller' ? ownerOf(cluster, pod) : undefined;
  if (by !== undefined) {
    const message = `Deleted pod: ${pod.metadata.name}`;
    recordEvent(cluster, by.owner, { type: 'Normal', reason: 'SuccessfulDelete', message, component: by.component });
  }
  const host = nodeOf(pod) ?? '';
  if (cluster.machines.get(host)?.kubelet_runs !== true) return;
  for (const { name } of containersOf(pod)) {
    const container = asText(name);
    const message = `Stopping container ${container}`;
    recordEvent(cluster, pod, { type: 'Normal', reason: 'Killing', message, component: 'kubelet', host, container });
  }
}

function tellScaling(cluster: SimCluster, { type, object: set, previous }: StoreEvent): void {
  if (type !== 'MODIFIED' || previous === undefined) return;
  const [from, to] = [replicasOf(previous), replicasOf(set)];
  const by = from === to ? undefined : ownerOf(cluster, set);
  if (by === undefined) return;
  const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${set.metadata.name} from ${from} to ${to}`;
  recordEvent(cluster, by.owner, { type: 'Normal', reason: 'ScalingReplicaSet', message, component: by.component });
}
