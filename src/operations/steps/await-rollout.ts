import { objectText } from '../../model/workload-facts.ts';
import { onApplication, workloadsOf } from './on-application.ts';
import type { StepPerformer } from './step.ts';

const AT_MOST_MS = 20 * 60_000;
const REMEDY = 'investigate the workload; correct the manifest and plan again';

/** Each workload as its controller says (kubectl rollout status): all asked for runs, is available, nothing old is left (seed 681). */
export const awaitRollout: StepPerformer<'await_rollout'> = async context => {
  const application = await onApplication(context);
  const { cluster, name } = application;
  const workloads = workloadsOf(application);
  const rollouts = await Promise.all(
    workloads.map(async ref => ({ ref, rollout: await cluster.workloads.rollout(ref, context.signal) })),
  );
  const stuck = rollouts.find(({ rollout }) => rollout?.state === 'stuck');
  if (stuck) {
    return {
      kind: 'failed',
      code: 'TIMEOUT',
      reason: `${objectText(stuck.ref)} does not come up: ${stuck.rollout?.reason}`,
      remedy: REMEDY,
      evidence: rollouts.map(({ ref, rollout }) => `${objectText(ref)}: ${rollout?.reason ?? 'not there'}`),
    };
  }
  const open = rollouts.find(({ rollout }) => rollout?.state !== 'done');
  if (open) {
    return {
      kind: 'wait',
      reason: `${objectText(open.ref)}: ${open.rollout?.reason ?? 'not there yet'}`,
      whatEndsIt: 'every workload is rolled out',
      pollMs: 2_000,
      atMostMs: AT_MOST_MS,
      remedy: REMEDY,
    };
  }
  return {
    kind: 'done',
    reason:
      workloads.length === 0
        ? `${name} has nothing that is rolled out`
        : `${workloads.length} workloads of ${name} are rolled out`,
    evidence: rollouts.map(({ ref, rollout }) => `${objectText(ref)}: ${rollout?.ready} of ${rollout?.desired} ready`),
  };
};
