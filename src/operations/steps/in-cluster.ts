import { nodeKey } from '../../decisions/operation-state.ts';
import { DivisionError } from '../../errors.ts';
import type { NodeFacts } from '../../model/facts.ts';
import type { NodeProgress } from '../../model/operation.ts';
import type { TargetNode } from '../../model/plan.ts';
import type { ClusterPorts } from '../../ports.ts';
import type { StepScene } from './step.ts';

/** The cluster of a step that has one. [NOT_FOUND when the division has it no more] */
export function inCluster({ cluster, step }: StepScene): { cluster: ClusterPorts } {
  if (cluster) return { cluster };
  throw new DivisionError(
    'NOT_FOUND',
    `${step.id}: the division has no cluster ${step.target.cluster ?? '(none named)'}`,
    'add it to division.yaml, then control_operation resume',
  );
}

export interface OnNode {
  cluster: ClusterPorts;
  /** As it was planned (SAFETY 9). */
  target: TargetNode;
  node: NodeFacts;
  progress: NodeProgress;
}

/**
 * The node of a step that has one, as Kubernetes shows it now. [NOT_FOUND when it is not planned or gone, CONTRACTOR_SUSPECT when
 * another machine bears its name (SAFETY 1), KUBERNETES_*]
 */
export async function onNode(context: StepScene): Promise<OnNode> {
  const { cluster } = inCluster(context);
  const { target, progress } = plannedNode(context);
  const node = await cluster.kubernetes.node(target.name, context.signal);
  if (!node) {
    throw new DivisionError(
      'NOT_FOUND',
      `${target.name} is not in Kubernetes`,
      'look at the node, then control_operation resume',
    );
  }
  if (node.systemUuid.toLowerCase() !== target.system_uuid.toLowerCase()) {
    throw new DivisionError(
      'CONTRACTOR_SUSPECT',
      `${target.name} is another machine than was planned: systemUUID ${node.systemUuid}`,
      'plan again',
    );
  }
  return { cluster, target, node, progress };
}

/** The node of a step that has one, as planned and as the journal knows it. [NOT_FOUND] */
export function plannedNode({ plan, state, step }: StepScene): { target: TargetNode; progress: NodeProgress } {
  const { cluster = '', node = '' } = step.target;
  const target = plan.clusters.find(({ name }) => name === cluster)?.targets?.find(({ name }) => name === node);
  const progress = state.nodes.get(nodeKey(cluster, node));
  if (target && progress) return { target, progress };
  throw new DivisionError('NOT_FOUND', `${step.id}: the plan names no node ${cluster}/${node}`, 'plan again');
}
