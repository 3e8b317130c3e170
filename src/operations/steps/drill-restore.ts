import { stopwatch } from '../../host/stopwatch.ts';
import type { StepPerformer, StepScene } from './step.ts';
import { newestSnapshot, noSnapshot, problemOf } from './verify-snapshot.ts';

const TO_PROVIDE =
  'one machine in maintenance as a cluster with scratch: true and mode: operate in division.yaml, its control-plane.yaml in secrets_dir; then plan again with restore: true';

/**
 * Goes through a restore as far as that can be done without a cluster to restore into: the newest snapshot is found, read to its end
 * and proved. Never on a live cluster (ledger R139): there is no effect in it, and so no right to one. It says that it restored nothing,
 * and what a restore needs; what is restored into the scratch cluster is steps of their own (configure_scratch and on).
 */
export const drillRestore: StepPerformer<'drill_restore'> = async scene => {
  const elapsed = stopwatch();
  const newest = await newestSnapshot(scene);
  if (!newest) return noSnapshot(scene);
  const problem = problemOf(newest);
  const result = {
    snapshot: newest.name,
    outcome: problem === undefined ? 'verified, not restored' : 'not restorable',
    to_provide: TO_PROVIDE,
    verified_in_ms: Math.round(elapsed()),
  };
  if (problem !== undefined) {
    return {
      kind: 'failed',
      code: 'RECORD_CORRUPT',
      reason: `${newest.name} could not be restored: ${problem}`,
      remedy: 'take a new snapshot, then plan again',
      result,
    };
  }
  if (isAsked(scene)) {
    if (scene.plan.steps.some(({ action }) => action.does === 'restore_scratch')) {
      return { kind: 'done', reason: `${newest.name} is restored into the scratch cluster next` };
    }
    return {
      kind: 'failed',
      code: 'CAPABILITY_MISSING',
      reason: `${newest.name} was verified, not restored: the division has no scratch cluster`,
      remedy: TO_PROVIDE,
      result,
    };
  }
  return {
    kind: 'done',
    reason: `${newest.name} could be restored; it was verified, not restored`,
    evidence: [`${newest.verified.bytes} bytes read to their seal in ${result.verified_in_ms} ms`],
    result,
  };
};

const isAsked = ({ task }: StepScene): boolean => task.playbook === 'backup_validation' && task.restore === true;
