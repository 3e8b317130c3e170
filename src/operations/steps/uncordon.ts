import { inCluster, onNode, plannedNode } from './in-cluster.ts';
import type { StepPerformer } from './step.ts';

/** Gives the prior state back, where the cordon is ours; nobody else's is lifted (SAFETY 8). */
export const uncordon: StepPerformer<'uncordon'> = async context => {
  const { name } = plannedNode(context).target;
  if (!(await inCluster(context).cluster.kubernetes.node(name, context.signal))) {
    return { kind: 'done', reason: `${name} is not in Kubernetes any more` };
  }
  const { cluster, node } = await onNode(context);
  if (node.cordonOwner !== context.operationId) {
    const reason = node.unschedulable
      ? `the cordon of ${node.name} is not ours: left as it is`
      : `${node.name} is schedulable`;
    return { kind: 'done', reason, evidence: [`spec.unschedulable of ${node.name}: ${node.unschedulable}`] };
  }
  return {
    kind: 'effect',
    reason: 'its prior state is given back',
    effect: { kind: 'uncordon', cluster: cluster.config.name, node: node.name },
  };
};
