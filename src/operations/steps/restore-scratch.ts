import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { readPlane } from '../read-control-plane.ts';
import { etcdServiceOf, waitsForData } from './etcd-service.ts';
import { lookAtAttempt } from './once-only.ts';
import { anotherMachine, attemptOn, isAnother, provedSnapshot, scratchMachine } from './scratch-machine.ts';
import type { StepLook, StepPerformer } from './step.ts';

const AT_MOST_MS = 30 * 60_000;

/** The snapshot that was verified becomes the etcd of the scratch machine, once (SAFETY 3, contractors 5.3); never of any other. */
export const restoreScratch: StepPerformer<'restore_scratch'> = async scene => {
  const { cluster, where, systemUuid } = scratchMachine(scene);
  const { name } = cluster.config;
  const { path, sha256, name: snapshot } = provedSnapshot(scene);
  const { facts, etcd } = await readPlane(cluster, where.address, scene.signal);
  if (systemUuid === undefined || isAnother(facts.systemUuid, systemUuid)) return anotherMachine(where.address);
  const attempts = scene.progress.attempts ?? [];
  if (attempts.length === 0) {
    const service = await etcdServiceOf(cluster, where, scene.signal);
    if (!waitsForData(service)) return waitingFor(`etcd of ${where.address} is ${service ?? 'not known'}`);
  }
  const bootId = attempts.at(-1)?.boot_id ?? facts.bootId;
  if (bootId === undefined) return waitingFor(`${where.address} does not tell its boot`);
  const attempt = await lookAtAttempt(scene, {
    cluster,
    kind: 'restore-scratch',
    systemUuid,
    bootId,
    atMostMs: AT_MOST_MS,
    running: `${snapshot} is restored into ${name}`,
    dispatch: attemptId => ({
      kind: 'effect',
      reason: 'its etcd waits for data',
      effect: {
        kind: 'recover_etcd',
        ...attemptOn({ cluster, where, systemUuid, bootId }, attemptId),
        path,
        sha256,
        control_plane: [where.address],
        gone: [],
      },
    }),
  });
  if (attempt) return attempt;
  if ((etcd.members?.length ?? 0) === 0) return waitingFor(`etcd of ${where.address} does not serve yet`);
  return {
    kind: 'done',
    reason: `${snapshot} is restored into ${name}`,
    evidence: [`sha256 ${sha256}`, `${etcd.members?.length} etcd member`],
    result: { snapshot },
  };
};

const waitingFor = (reason: string): StepLook => ({
  kind: 'wait',
  reason,
  whatEndsIt: 'its etcd waits for data, then it runs',
  pollMs: limits.pollMs,
  atMostMs: AT_MOST_MS,
  remedy: 'look at etcd on the scratch machine (its console); plan the drill again when it is in maintenance',
});
