import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { inCluster, plannedNode } from './in-cluster.ts';
import type { StepPerformer } from './step.ts';

/** A machine that is ordered takes days. */
const AT_MOST_MS = 7 * 24 * 3_600_000;

/**
 * Until the node is Ready again, its Lease fresh; or it was replaced: scale_cluster brings the new machine, remove_node takes this one
 * out, its etcd member first (ledger R258).
 */
export const awaitRejoin: StepPerformer<'await_rejoin'> = async scene => {
  const { cluster } = inCluster(scene);
  const { target } = plannedNode(scene);
  const node = await cluster.kubernetes.node(target.name, scene.signal);
  const { name } = cluster.config;
  if (!node) return { kind: 'done', reason: `${target.name} was replaced: it is not in Kubernetes any more` };
  const isFresh = node.leaseRenewedAt !== undefined && scene.now - node.leaseRenewedAt <= limits.leaseFreshMs;
  if (node.ready === true && isFresh) {
    return {
      kind: 'done',
      reason: `${target.name} is Ready again`,
      evidence: [`boot ${node.bootId}`, `system UUID ${node.systemUuid}`],
      result: { headline: `${target.name} has rejoined` },
    };
  }
  return {
    kind: 'wait',
    reason: `${target.name} is not Ready`,
    whatEndsIt: `it is Ready again, or replaced: scale_cluster ${name}, then remove_node ${target.name}`,
    pollMs: 15_000,
    atMostMs: AT_MOST_MS,
    remedy: `replace it: scale_cluster ${name}, then remove_node ${target.name}; or repair it, then control_operation resume`,
  };
};
