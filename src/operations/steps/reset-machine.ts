import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { endpointsFor } from '../../decisions/upgrade-turn.ts';
import { DivisionError, type ErrorCode } from '../../errors.ts';
import type { MachineFacts } from '../../model/facts.ts';
import { inCluster, plannedNode } from './in-cluster.ts';
import { lookAtAttempt } from './once-only.ts';
import type { StepLook, StepPerformer, StepScene } from './step.ts';

/** One that does not answer for as long as this, with a kubelet that is not Ready either, is off: one lost answer says nothing. */
const SILENT_MS = 2 * 60_000;
/** What says nothing of the machine: nobody could ask it. */
const ofContractor: readonly ErrorCode[] = ['CANCELLED', 'CONTRACTOR_UNAVAILABLE', 'CONTRACTOR_SUSPECT'];

/**
 * Wipes the machine of a node that leaves, once (SAFETY 3): without it the machine would join again with what it knows. Not graceful:
 * it was drained, and left etcd, before. A machine that does not answer can't be wiped: that is said, and whoever replaces it is told.
 */
export const resetMachine: StepPerformer<'reset_machine'> = async context => {
  const { cluster } = inCluster(context);
  const { target } = plannedNode(context);
  const where = { address: target.address, endpoints: endpointsFor(target.address, cluster.config.talos.endpoints) };
  const isSent = (context.progress.attempts?.length ?? 0) > 0;
  const machine = await cluster.talos.machine(where, context.signal).catch(silentOrThrow);
  if (machine === undefined) return silent(context, target.name);
  if (typeof context.progress.result?.silent_since === 'number') {
    return { ...waitingFor(`${target.name} answers again`), pollMs: 1, result: { silent_since: null } };
  }
  if (machine.stage === 'maintenance') return isSent ? wiped(target.name, 'maintenance') : unconfigured(target.name);
  const another = anotherMachine(machine, target);
  if (another) return another;
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

const silentOrThrow = (error: unknown): undefined => {
  if (error instanceof DivisionError && !ofContractor.includes(error.code)) return undefined;
  throw error;
};

function anotherMachine({ systemUuid }: MachineFacts, target: { name: string; address: string; system_uuid: string }) {
  if (systemUuid === undefined || systemUuid.toLowerCase() === target.system_uuid.toLowerCase()) return undefined;
  return {
    kind: 'failed' as const,
    code: 'CONTRACTOR_SUSPECT' as const,
    reason: `${target.address} is another machine than ${target.name}`,
    remedy: 'check the Talos context and endpoints of the cluster, then plan again',
  };
}

/** Seen twice, minutes apart, by Talos and by Kubernetes: then it is off, by our reset or before it. */
async function silent(context: StepScene, node: string): Promise<StepLook> {
  const { cluster } = inCluster(context);
  const seen = await cluster.kubernetes.node(node, context.signal);
  if (seen?.ready === true) return waitingFor(`the machine of ${node} does not answer, its kubelet does`);
  const since = context.progress.result?.silent_since;
  // A clock that was set back begins anew.
  if (typeof since !== 'number' || since > context.now) {
    return { ...waitingFor(`the machine of ${node} does not answer`), result: { silent_since: context.now } };
  }
  if (context.now - since < SILENT_MS) return waitingFor(`the machine of ${node} does not answer`);
  const last = context.progress.attempts?.at(-1);
  const receipt = last && (await cluster.talos.attempt(last.attempt_id, context.signal));
  if (receipt?.state === 'running') return waitingFor(`${node} is being wiped`);
  const isAccepted = receipt?.state === 'unknown' && context.progress.last_outcome?.result === 'ok';
  const isWiped = isAccepted || (receipt?.state === 'exited' && receipt.exitCode === 0);
  return isWiped ? wiped(node, undefined) : unreachable(node);
}

const wiped = (node: string, stage: string | undefined): StepLook => ({
  kind: 'done',
  reason: `${node} is wiped`,
  evidence: [stage === undefined ? 'it answers no more' : `its machine is in stage ${stage}`],
});

const unconfigured = (node: string): StepLook => ({
  kind: 'done',
  reason: `${node} has no configuration`,
  evidence: ['stage maintenance'],
});

const unreachable = (node: string): StepLook => ({
  kind: 'done',
  reason: `${node} does not answer: it could not be wiped, keep it off`,
  evidence: ['Talos does not answer'],
  result: { headline: `${node} was not wiped: keep it off` },
});

const waitingFor = (reason: string): Extract<StepLook, { kind: 'wait' }> => ({
  kind: 'wait',
  reason,
  whatEndsIt: 'the machine is in maintenance, or off',
  pollMs: limits.pollMs,
  atMostMs: limits.bootMs,
  remedy: 'look at the machine, then control_operation resume',
});
