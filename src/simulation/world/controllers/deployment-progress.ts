import { asNumber, asText, at } from '../../kubernetes-api/json.ts';
import { conditionOf } from '../pods.ts';
import type { KubeObject } from '../store.ts';
import { kubeTime } from '../store.ts';

export interface ProgressCounts {
  replicas: number;
  updated: number;
  ready: number;
  available: number;
}

export interface Progress {
  condition: { type: string; status: string; reason: string; message: string; lastUpdateTime: string };
  /** Cluster time, epoch ms, at which it is over unless something moves; undefined: nothing is awaited. */
  deadlineMs: number | undefined;
}

/** More is updated, ready or available, or less is old, than the last status says (deployment controller, DeploymentProgressing). */
function hasMoved(deployment: KubeObject, now: ProgressCounts): boolean {
  const before = (field: string): number => asNumber(at(deployment, 'status', field));
  return (
    now.updated > before('updatedReplicas') ||
    now.replicas - now.updated < before('replicas') - before('updatedReplicas') ||
    now.ready > before('readyReplicas') ||
    now.available > before('availableReplicas')
  );
}

/**
 * The Progressing condition: once a rollout is complete it stays so while only its pods come and go; one that moves nothing for
 * progressDeadlineSeconds is over (deployment controller, progress.go).
 */
export function progressOf(
  deployment: KubeObject,
  set: string,
  counts: ProgressCounts,
  desired: number,
  nowMs: number,
): Progress {
  const before = conditionOf(deployment, 'Progressing');
  const isSameSet = asText(before?.message).includes(`"${set}"`);
  const wasComplete = isSameSet && before?.reason === 'NewReplicaSetAvailable' && counts.replicas === counts.updated;
  const { replicas, updated, available } = counts;
  const isComplete = wasComplete || (updated === desired && replicas === desired && available === desired);
  const told = (status: string, reason: string, ending: string, since: string, deadlineMs?: number): Progress => ({
    condition: {
      type: 'Progressing',
      status,
      reason,
      message: `ReplicaSet "${set}" ${ending}.`,
      lastUpdateTime: since,
    },
    deadlineMs,
  });
  const now = kubeTime(nowMs);
  const since = asText(before?.lastUpdateTime, now);
  if (isComplete)
    return told('True', 'NewReplicaSetAvailable', 'has successfully progressed', wasComplete ? since : now);
  const hasJustMoved = !isSameSet || hasMoved(deployment, counts);
  if (!hasJustMoved && before?.reason === 'ProgressDeadlineExceeded')
    return told('False', 'ProgressDeadlineExceeded', 'has timed out progressing', since);
  const movedAt = hasJustMoved ? now : since;
  const deadlineMs = Date.parse(movedAt) + asNumber(at(deployment, 'spec', 'progressDeadlineSeconds'), 600) * 1000;
  const isPaused = at(deployment, 'spec', 'paused') === true;
  if (nowMs >= deadlineMs && !isPaused)
    return told('False', 'ProgressDeadlineExceeded', 'has timed out progressing', now);
  return told('True', 'ReplicaSetUpdated', 'is progressing', movedAt, isPaused ? undefined : deadlineMs);
}
