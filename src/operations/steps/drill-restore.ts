import { stopwatch } from '../../host/stopwatch.ts';
import type { StepPerformer } from './step.ts';
import { newestSnapshot, noSnapshot, problemOf } from './verify-snapshot.ts';

/**
 * Goes through a restore as far as that can be done without a cluster to restore into: the newest snapshot is found, read to its end
 * and proved. Never on a live cluster (ledger R139): there is no effect in it, and so no right to one. It says that it restored nothing.
 */
export const drillRestore: StepPerformer<'drill_restore'> = async scene => {
  const elapsed = stopwatch();
  const newest = await newestSnapshot(scene);
  if (!newest) return noSnapshot(scene);
  const problem = problemOf(newest);
  const result = {
    snapshot: newest.name,
    outcome: problem === undefined ? 'verified, not restored' : 'not restorable',
    why_not_restored: 'the division has no throwaway cluster to restore into',
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
  return {
    kind: 'done',
    reason: `${newest.name} could be restored; it was verified, not restored`,
    evidence: [`${newest.verified.bytes} bytes read to their seal in ${result.verified_in_ms} ms`],
    result,
  };
};
