import type { Performer } from './effect-performer.ts';
import { changeOutcome } from './workload-outcome.ts';

export const labelNode: Performer<'label_node'> = async (effect, { writers, authorization, signal }) =>
  changeOutcome(`node ${effect.node}`, await writers.workloads.labelNode(authorization, effect, signal));
