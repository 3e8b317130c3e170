import { onApplication } from './on-application.ts';
import type { StepPerformer } from './step.ts';

/** Takes the apply of this application back: what was not there goes, the rest is as we had applied it before. */
export const rollBack: StepPerformer<'roll_back'> = async context => {
  const { cluster, namespace, name, manifestSha256 } = await onApplication(context);
  const { last_outcome: last } = context.progress;
  if (last?.result === 'ok') {
    return {
      kind: 'done',
      reason: `${name} is as it was before`,
      evidence: [last.detail],
      result: { headline: `${name} rolled back` },
    };
  }
  if (last?.result === 'failed') {
    return {
      kind: 'failed',
      code: 'OPERATION_CONFLICT',
      reason: `${name} could not be taken back whole: ${last.detail}`,
      remedy: 'look at what was kept, and why; take it back by hand',
    };
  }
  return {
    kind: 'effect',
    reason: `${name} did not come up`,
    effect: { kind: 'restore_objects', cluster: cluster.config.name, namespace, manifest_sha256: manifestSha256 },
  };
};
