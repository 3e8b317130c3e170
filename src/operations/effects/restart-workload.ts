import type { Performer } from './effect-performer.ts';
import { changeOutcome, refOf, workloadText } from './workload-outcome.ts';

export const restartWorkload: Performer<'restart_workload'> = async (effect, { writers, authorization, signal }) => {
  const restart = { ref: refOf(effect.workload), at: effect.at };
  return changeOutcome(workloadText(effect.workload), await writers.workloads.restart(authorization, restart, signal));
};
