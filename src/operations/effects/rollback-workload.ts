import type { Performer } from './effect-performer.ts';
import { changeOutcome, refOf, workloadText } from './workload-outcome.ts';

export const rollbackWorkload: Performer<'rollback_workload'> = async (effect, { writers, authorization, signal }) => {
  const rollback = { ref: refOf(effect.workload), revision: effect.revision };
  return changeOutcome(
    workloadText(effect.workload),
    await writers.workloads.rollBack(authorization, rollback, signal),
  );
};
