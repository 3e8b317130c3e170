import { inCluster, plannedNode } from './in-cluster.ts';
import type { StepPerformer } from './step.ts';

/** Takes the Node object away, of the very node that was planned: its uid is the precondition. */
export const deleteNode: StepPerformer<'delete_node'> = async context => {
  const { cluster } = inCluster(context);
  const { target } = plannedNode(context);
  const node = await cluster.kubernetes.node(target.name, context.signal);
  if (!node)
    return {
      kind: 'done',
      reason: `${target.name} is not in Kubernetes any more`,
      result: { headline: `${target.name} is removed` },
    };
  if (node.systemUuid.toLowerCase() !== target.system_uuid.toLowerCase()) {
    return {
      kind: 'failed',
      code: 'STALE_PLAN',
      reason: `another machine has the name ${target.name} now`,
      remedy: 'it stays; plan again if it is to go too',
    };
  }
  if (node.ready === true && context.progress.intents === 0) {
    return {
      kind: 'wait',
      reason: `${target.name} is still Ready`,
      whatEndsIt: 'its kubelet has stopped',
      pollMs: 5_000,
      atMostMs: 10 * 60_000,
      remedy: 'look at the machine: it should be wiped, then control_operation resume',
    };
  }
  return {
    kind: 'effect',
    reason: 'its machine is gone',
    effect: { kind: 'delete_node', cluster: cluster.config.name, node: target.name, uid: node.uid },
  };
};
