import type { Performer } from './effect-performer.ts';
import { changeOutcome } from './workload-outcome.ts';

export const taintNode: Performer<'taint_node'> = async (effect, { writers, authorization, signal }) =>
  changeOutcome(`node ${effect.node}`, await writers.workloads.taintNode(authorization, effect, signal));
