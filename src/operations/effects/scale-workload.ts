import type { Performer } from './effect-performer.ts';
import { changeOutcome, refOf, workloadText } from './workload-outcome.ts';

export const scaleWorkload: Performer<'scale_workload'> = async (effect, { writers, authorization, signal }) => {
  const scale = { ref: refOf(effect.workload), replicas: effect.replicas };
  return changeOutcome(workloadText(effect.workload), await writers.workloads.scale(authorization, scale, signal));
};
