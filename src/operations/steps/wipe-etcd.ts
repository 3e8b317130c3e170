import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { readPlane } from '../read-control-plane.ts';
import { etcdServiceOf, waitsForData } from './etcd-service.ts';
import { inCluster, plannedNode } from './in-cluster.ts';
import { lookAtAttempt } from './once-only.ts';
import { lookAtQuorum, stands } from './prove-quorum-lost.ts';
import type { StepLook, StepPerformer } from './step.ts';

/**
 * Wipes the data partition of one control plane machine, once (SAFETY 3), after which its etcd waits for data: the one way to begin etcd
 * anew (contractors 5.3). Nothing is wiped while etcd's quorum might stand; a machine whose etcd waits already has nothing to lose.
 */
export const wipeEtcd: StepPerformer<'wipe_etcd'> = async scene => {
  const { cluster } = inCluster(scene);
  const { target } = plannedNode(scene);
  const { facts, target: where } = await readPlane(cluster, target.address, scene.signal);
  const attempts = scene.progress.attempts ?? [];
  if (facts.systemUuid !== undefined && facts.systemUuid.toLowerCase() !== target.system_uuid.toLowerCase()) {
    return {
      kind: 'failed',
      code: 'CONTRACTOR_SUSPECT',
      reason: `${target.address} is another machine than ${target.name}`,
      remedy: 'check the Talos context and endpoints of the cluster, then plan again',
    };
  }
  const bootId = attempts.at(-1)?.boot_id ?? facts.bootId;
  if (bootId === undefined) return waitingFor(`the machine of ${target.name} does not answer`);
  const service = await etcdServiceOf(cluster, where, scene.signal);
  const isWiped = attempts.length > 0 && facts.bootId !== undefined && facts.bootId !== bootId;
  if (waitsForData(service) && (isWiped || attempts.length === 0)) {
    return {
      kind: 'done',
      reason: `etcd of ${target.name} holds no data: it is ${service}`,
      evidence: [`boot ${facts.bootId}`],
    };
  }
  if (attempts.length === 0) {
    const { problem } = await lookAtQuorum(scene);
    if (problem !== undefined) return stands(problem);
  }
  const attempt = await lookAtAttempt(scene, {
    cluster,
    kind: 'wipe-etcd',
    systemUuid: target.system_uuid,
    bootId,
    atMostMs: limits.bootMs,
    running: `the data of ${target.name} is being wiped`,
    dispatch: attemptId => ({
      kind: 'effect',
      reason: 'etcd’s quorum is lost, a verified snapshot is there',
      effect: {
        kind: 'reset',
        cluster: cluster.config.name,
        node: target.name,
        attempt_id: attemptId,
        system_uuid: target.system_uuid,
        boot_id: bootId,
        address: where.address,
        endpoints: [...where.endpoints],
        graceful: false,
        reboots: true,
        labels: ['EPHEMERAL'],
        quorum_is_lost: true,
      },
    }),
  });
  return attempt ?? waitingFor(`${target.name} boots: its etcd is ${service ?? 'not known'}`);
};

const waitingFor = (reason: string): StepLook => ({
  kind: 'wait',
  reason,
  whatEndsIt: 'it has booted, and its etcd waits for data',
  pollMs: limits.pollMs,
  atMostMs: limits.bootMs,
  remedy: 'look at the machine’s console, then control_operation resume',
});
