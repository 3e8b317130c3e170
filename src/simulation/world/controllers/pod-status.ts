import { asObject, asObjects, asText, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { deepFreeze } from '../deep.ts';
import { conditionsWith, containersOf, nodeOf } from '../pods.ts';
import { sha256Hex, spreadOf } from '../random.ts';
import type { KubeObject } from '../store.ts';
import { kubeTime } from '../store.ts';
import type { NewPod } from './pod-template.ts';

type PodLike = KubeObject | NewPod;

/** An address of its node's pod network, or its node's own on the host network. */
function podIpOf(cluster: SimCluster, pod: PodLike): string {
  const node = nodeOf(pod) ?? '';
  const machine = cluster.machines.get(node);
  if (at(pod, 'spec', 'hostNetwork') === true) return machine?.ip ?? '';
  return (machine?.pod_cidr ?? '').replace(/0\/24$/, String(spreadOf(`ip ${pod.metadata.uid}`, 2, 254)));
}

const imageIds = new Map<string, string>();

/** Repository and digest; the digest is fixed by the reference. */
function imageIdOf(image: string): string {
  const known = imageIds.get(image) ?? `${image.replace(/:[^:/]*$/, '')}@sha256:${sha256Hex(image)}`;
  imageIds.set(image, known);
  return known;
}

const NOTHING: Record<string, unknown> = Object.freeze({});

const addresses = new Map<string, readonly { ip: string }[]>();

/** The list of one address, one for all pods of a machine. */
function addressesOf(ip: string): readonly { ip: string }[] {
  const known = addresses.get(ip) ?? deepFreeze([{ ip }]);
  addresses.set(ip, known);
  return known;
}

const firstConditions = new Map<string, Record<string, unknown>[]>();
const FIRST_CONDITIONS_KEPT = 5_000;

function conditionsOf(pod: PodLike, now: string, isReady: boolean): Record<string, unknown>[] {
  const isFirst = at(pod, 'status', 'conditions') === undefined;
  const key = `${now} ${isReady}`;
  const known = isFirst ? firstConditions.get(key) : undefined;
  if (known !== undefined) return known;
  const status = isReady ? 'True' : 'False';
  const unready = isReady ? {} : { reason: 'ContainersNotReady', message: 'containers with unready status' };
  const conditions = conditionsWith(pod, now, [
    { type: 'PodReadyToStartContainers', status: 'True' },
    { type: 'Initialized', status: 'True' },
    { type: 'Ready', status, ...unready },
    { type: 'ContainersReady', status, ...unready },
    { type: 'PodScheduled', status: 'True' },
  ]);
  if (isFirst) {
    if (firstConditions.size >= FIRST_CONDITIONS_KEPT) firstConditions.clear();
    firstConditions.set(key, deepFreeze(conditions));
  }
  return conditions;
}

/** The status of a pod whose containers run. */
export function runningStatus(
  cluster: SimCluster,
  pod: PodLike,
  state: { isReady: boolean; restarts: number; sinceMs?: number },
): Record<string, unknown> {
  const now = kubeTime(state.sinceMs ?? cluster.now());
  const hostIP = cluster.machines.get(nodeOf(pod) ?? '')?.ip ?? '';
  const before = asObjects(at(pod, 'status', 'containerStatuses'));
  const podIP = asText(at(pod, 'status', 'podIP')) || podIpOf(cluster, pod);
  return {
    phase: 'Running',
    observedGeneration: pod.metadata.generation ?? 1,
    conditions: conditionsOf(pod, now, state.isReady),
    hostIP,
    hostIPs: addressesOf(hostIP),
    podIP,
    podIPs: podIP === hostIP ? addressesOf(hostIP) : [{ ip: podIP }],
    startTime: asText(at(pod, 'status', 'startTime')) || now,
    containerStatuses: containersOf(pod).map((container, index) => {
      const was = before[index];
      const isSameRun = was !== undefined && was.restartCount === state.restarts;
      const startedAt = isSameRun ? at(was, 'state', 'running', 'startedAt') : now;
      return {
        name: container.name,
        image: container.image,
        imageID: imageIdOf(String(container.image)),
        containerID: `containerd://${sha256Hex(`${pod.metadata.uid} ${String(container.name)} ${state.restarts}`)}`,
        ready: state.isReady,
        started: true,
        restartCount: state.restarts,
        state: { running: { startedAt } },
        lastState: isSameRun ? (was.lastState ?? NOTHING) : lastStateOf(was, now),
      };
    }),
    qosClass: at(pod, 'status', 'qosClass'),
  };
}

/** A container of the pod waits to be started again: it crashed. */
export const isWaiting = (pod: PodLike): boolean =>
  asObjects(at(pod, 'status', 'containerStatuses')).some(status => at(status, 'state', 'waiting') !== undefined);

function lastStateOf(was: Record<string, unknown> | undefined, now: string): Record<string, unknown> {
  const startedAt = at(was, 'state', 'running', 'startedAt');
  if (startedAt === undefined) return was === undefined ? NOTHING : asObject(was.lastState);
  return {
    terminated: { exitCode: 255, reason: 'Unknown', startedAt, finishedAt: now, containerID: was?.containerID },
  };
}
