import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { readPlane } from '../read-control-plane.ts';
import { lookAtAttempt } from './once-only.ts';
import { anotherMachine, attemptOn, isAnother, scratchMachine } from './scratch-machine.ts';
import type { StepLook, StepPerformer } from './step.ts';
import { undefinedOrThrow } from './unanswered.ts';

/**
 * The very machine that this operation configured is without a configuration again, however the drill ended: it holds a copy of all the
 * cluster's secrets. No other machine is wiped, and one that was never configured here is not either.
 */
export const wipeScratch: StepPerformer<'wipe_scratch'> = async scene => {
  const { cluster, where, systemUuid } = scratchMachine(scene);
  if (systemUuid === undefined) return { kind: 'skip', reason: 'nothing was configured' };
  const fresh = await cluster.talos.maintenanceMachine(where, scene.signal).catch(undefinedOrThrow);
  if (fresh) {
    if (isAnother(fresh.systemUuid, systemUuid)) return anotherMachine(where.address);
    return { kind: 'done', reason: `${where.address} has no configuration`, evidence: ['it answers in maintenance'] };
  }
  const { facts } = await readPlane(cluster, where.address, scene.signal);
  if (isAnother(facts.systemUuid, systemUuid)) return anotherMachine(where.address);
  const bootId = scene.progress.attempts?.at(-1)?.boot_id ?? facts.bootId;
  if (bootId === undefined) return waitingFor(`${where.address} does not answer`);
  const attempt = await lookAtAttempt(scene, {
    cluster,
    kind: 'wipe-scratch',
    systemUuid,
    bootId,
    atMostMs: limits.bootMs,
    running: `${where.address} is being wiped`,
    dispatch: attemptId => ({
      kind: 'effect',
      reason: 'the drill is over: nothing of the backup stays there',
      effect: {
        kind: 'reset',
        ...attemptOn({ cluster, where, systemUuid, bootId }, attemptId),
        graceful: false,
        reboots: true,
        labels: ['STATE', 'EPHEMERAL'],
        quorum_is_lost: false,
        scratch: true,
      },
    }),
  });
  return attempt ?? waitingFor(`${where.address} boots without a configuration`);
};

const waitingFor = (reason: string): StepLook => ({
  kind: 'wait',
  reason,
  whatEndsIt: 'it answers in maintenance',
  pollMs: limits.pollMs,
  atMostMs: limits.bootMs,
  remedy: 'wipe the scratch machine by hand (talosctl reset): it holds a copy of the cluster’s secrets',
});
