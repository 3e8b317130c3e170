import { onNode } from './in-cluster.ts';
import type { StepPerformer } from './step.ts';

/** Keeps new pods away: one PATCH with owner and prior state (SAFETY 8). Somebody else's cordon stays theirs, and is enough. */
export const cordon: StepPerformer<'cordon'> = async context => {
  const { cluster, node, progress } = await onNode(context);
  if (node.unschedulable && node.cordonOwner === context.operationId) {
    return {
      kind: 'done',
      reason: `${node.name} is unschedulable, and ours`,
      evidence: [`spec.unschedulable of ${node.name}`],
    };
  }
  return {
    kind: 'effect',
    reason: 'no new pod may land on it',
    effect: {
      kind: 'cordon',
      cluster: cluster.config.name,
      node: node.name,
      resource_version: node.resourceVersion,
      prior_unschedulable: progress.cordon?.prior_unschedulable ?? node.unschedulable,
    },
  };
};
