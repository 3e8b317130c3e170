import { createHash } from 'node:crypto';
import type { EffectKind } from '../../model/effect.ts';
import type { Attempt, NodeProgress } from '../../model/operation.ts';
import type { PlannedCluster, PlannedNode } from '../../model/plan.ts';
import { endpointsFor, type TurnDecision } from './turn.ts';

interface AttemptStage {
  cluster: PlannedCluster;
  node: PlannedNode;
  progress: NodeProgress;
}

/**
 * The id of the attempt of a kind in a boot: derived, so that a dispatch repeated after a crash is the same attempt to a contractor
 * with receipts (SAFETY 3). Only attempts proved not started raise the ordinal.
 */
export function attemptId(operationId: string, kind: EffectKind, stage: AttemptStage, bootId: string): string {
  const ordinal = stage.progress.attempts.filter(past => past.kind === kind && past.not_started).length + 1;
  const identity = createHash('sha256')
    .update(JSON.stringify([stage.cluster.name, stage.node.name, stage.node.system_uuid, bootId]))
    .digest('hex')
    .slice(0, 12);
  return `${operationId}.${kind}.${identity}.${ordinal}`;
}

function bindingOf(stage: AttemptStage, kind: EffectKind, bootId: string, endpoints: readonly string[]) {
  // Any of them may hold the boot's claim at the contractor: one of those in between can have failed before it claimed.
  const supersedes = stage.progress.attempts
    .filter(past => past.kind === kind && past.not_started && past.boot_id === bootId)
    .map(past => past.attempt_id);
  return {
    cluster: stage.cluster.name,
    node: stage.node.name,
    system_uuid: stage.node.system_uuid,
    boot_id: bootId,
    address: stage.node.address,
    endpoints: endpointsFor(stage.node.address, endpoints),
    ...(supersedes.length > 0 && { supersedes }),
  };
}

export function installEffect(
  stage: AttemptStage,
  id: string,
  bootId: string,
  endpoints: readonly string[],
  reboots: boolean,
): TurnDecision {
  return {
    kind: 'effect',
    reason: reboots ? 'drained: install and reboot in one call' : 'drained: install, the reboot comes after',
    effect: {
      kind: 'install',
      ...bindingOf(stage, 'install', bootId, endpoints),
      attempt_id: id,
      image: stage.node.installer,
      reboots,
    },
  };
}

export function rebootEffect(
  stage: AttemptStage,
  id: string,
  bootId: string,
  endpoints: readonly string[],
): TurnDecision {
  return {
    kind: 'effect',
    reason: 'installed: boot the new slot',
    effect: { kind: 'reboot', ...bindingOf(stage, 'reboot', bootId, endpoints), attempt_id: id },
  };
}

/** The same attempt once more, for one that was never dispatched. */
export function dispatchAgain(stage: AttemptStage, attempt: Attempt, endpoints: readonly string[]): TurnDecision {
  return attempt.kind === 'install'
    ? installEffect(stage, attempt.attempt_id, attempt.boot_id, endpoints, attempt.reboots)
    : rebootEffect(stage, attempt.attempt_id, attempt.boot_id, endpoints);
}
