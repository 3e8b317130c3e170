import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { endpointsFor } from '../../decisions/upgrade-turn.ts';
import { DivisionError } from '../../errors.ts';
import { inCluster, plannedNode } from './in-cluster.ts';
import { lookAtAttempt } from './once-only.ts';
import type { StepLook, StepPerformer } from './step.ts';

/**
 * Wipes the machine of a node that leaves, once (SAFETY 3): without it the machine would join again with what it knows. Not graceful:
 * it was drained, and left etcd, before. A machine that does not answer can't be wiped: that is said, and whoever replaces it is told.
 */
export const resetMachine: StepPerformer<'reset_machine'> = async context => {
  const { cluster } = inCluster(context);
  const { target } = plannedNode(context);
  const where = { address: target.address, endpoints: endpointsFor(target.address, cluster.config.talos.endpoints) };
  const isSent = (context.progress.attempts?.length ?? 0) > 0;
  const machine = await cluster.talos.machine(where, context.signal).catch(absentOrThrow);
  if (machine === undefined || machine.stage === 'maintenance') {
    return isSent ? wiped(target.name, machine?.stage) : unreachable(target.name, machine?.stage);
  }
  if (machine.systemUuid !== undefined && machine.systemUuid.toLowerCase() !== target.system_uuid.toLowerCase()) {
    return {
      kind: 'failed',
      code: 'CONTRACTOR_SUSPECT',
      reason: `${target.address} is another machine than ${target.name}`,
      remedy: 'check the Talos context and endpoints of the cluster, then plan again',
    };
  }
  const bootId = context.progress.attempts?.at(-1)?.boot_id ?? machine.bootId;
  if (bootId === undefined) return waitingFor(`the boot of ${target.name} is not known`);
  const attempt = await lookAtAttempt(context, {
    cluster,
    kind: 'reset',
    systemUuid: target.system_uuid,
    bootId,
    atMostMs: limits.bootMs,
    running: `${target.name} is being wiped`,
    dispatch: attemptId => ({
      kind: 'effect',
      reason: `${target.name} is drained and out of etcd`,
      effect: {
        kind: 'reset',
        cluster: cluster.config.name,
        node: target.name,
        attempt_id: attemptId,
        system_uuid: target.system_uuid,
        boot_id: bootId,
        ...where,
        graceful: false,
        reboots: false,
        labels: ['STATE', 'EPHEMERAL'],
        quorum_is_lost: false,
      },
    }),
  });
  return attempt ?? waitingFor(`${target.name} still answers as a configured machine`);
};

const absentOrThrow = (error: unknown): undefined => {
  if (error instanceof DivisionError && error.code !== 'CANCELLED') return undefined;
  throw error;
};

const wiped = (node: string, stage: string | undefined): StepLook => ({
  kind: 'done',
  reason: `${node} is wiped`,
  evidence: [stage === undefined ? 'it answers no more' : `its machine is in stage ${stage}`],
});

const unreachable = (node: string, stage: string | undefined): StepLook => ({
  kind: 'done',
  reason:
    stage === undefined
      ? `${node} does not answer: it could not be wiped, keep it off`
      : `${node} has no configuration`,
  evidence: [stage === undefined ? 'Talos does not answer' : `stage ${stage}`],
  ...(stage === undefined && { result: { headline: `${node} was not wiped: keep it off` } }),
});

const waitingFor = (reason: string): StepLook => ({
  kind: 'wait',
  reason,
  whatEndsIt: 'the machine is in maintenance, or off',
  pollMs: limits.pollMs,
  atMostMs: limits.bootMs,
  remedy: 'look at the machine, then control_operation resume',
});
