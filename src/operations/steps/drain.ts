import { drainOf } from '../../decisions/upgrade-turn/drain.ts';
import { limits } from '../../decisions/upgrade-turn/turn.ts';
import type { NodeFacts, PodFacts } from '../../model/facts.ts';
import { onNode } from './in-cluster.ts';
import type { StepLook, StepPerformer } from './step.ts';

const REMEDY = 'let the budget allow one more, or move the pod; then control_operation resume';

/**
 * Evicts what may be evicted, within every budget, each pod once, until the node was seen empty twice and its volumes are detached. What
 * stays Terminating on a node whose kubelet is dead is named and left: nobody is there to end it, and force is a person's decision (R255).
 */
export const drain: StepPerformer<'drain'> = async context => {
  const { cluster, node, progress } = await onNode(context);
  if (!node.unschedulable) {
    return {
      kind: 'failed',
      code: 'OPERATION_CONFLICT',
      reason: `${node.name} was uncordoned by somebody`,
      remedy: 'plan again',
    };
  }
  const facts = await cluster.kubernetes.facts(context.signal);
  const left = drainOf(facts, progress);
  const [blocked] = left.blocked;
  if (blocked || progress.problem !== undefined) {
    const reason = blocked?.message ?? `an eviction was denied for good: ${progress.problem}`;
    const evidence = left.blocked.map(({ message }) => message).slice(0, 20);
    return { kind: 'failed', code: 'DISRUPTION_BLOCKED', reason, remedy: blocked?.remedy ?? REMEDY, evidence };
  }
  if (left.evict.length > 0) return evictNow(cluster.config.name, node.name, left.evict);
  if (isDead(node, context.now) && left.delayed.length === 0 && left.leaving.length > 0) {
    return leftBehind(
      node.name,
      left.leaving.map(({ pod }) => `${pod.namespace}/${pod.name}`),
    );
  }
  if (!left.isDrained) {
    const pods = [...left.delayed, ...left.leaving];
    const [first] = pods;
    return waiting(
      `${first?.pod.namespace}/${first?.pod.name}: ${first?.reason}`,
      'every pod that has to leave is gone',
      left.podsLeft,
    );
  }
  const attached = facts.volumeAttachments.filter(volume => volume.nodeName === node.name && volume.attached);
  if (attached.length > 0)
    return waiting(`${attached.length} volumes are still attached to ${node.name}`, 'they are detached', 0);
  // Listed empty twice: a pod may land by toleration, or race with the cordon (rolling-upgrades 3.3).
  if (context.progress.result?.seen_empty !== true) {
    return { ...waiting(`${node.name} is empty`, 'a second look finds it empty too', 0), result: { seen_empty: true } };
  }
  return {
    kind: 'done',
    reason: `${node.name} is drained: seen empty twice, volumes detached`,
    evidence: [`${progress.evicted.length} pods evicted, ${progress.evictions_refused} refusals waited out`],
    result: { evicted: progress.evicted.length },
  };
};

/** Its kubelet neither says that it is Ready nor renews its Lease. */
const isDead = ({ ready, leaseRenewedAt }: NodeFacts, now: number): boolean =>
  ready !== true && (leaseRenewedAt === undefined || now - leaseRenewedAt > limits.leaseFreshMs);

const leftBehind = (node: string, pods: readonly string[]): StepLook => ({
  kind: 'done',
  reason: `${node} does not answer: ${pods.length} pods stay Terminating on it until it is back or removed`,
  evidence: pods.slice(0, 20),
  result: {
    terminating: pods.slice(0, 20),
    headline: `${pods.length} pods stay Terminating on ${node} (${pods.slice(0, 3).join(', ')}${pods.length > 3 ? ', …' : ''})`,
  },
});

function evictNow(cluster: string, node: string, pods: readonly PodFacts[]): StepLook {
  return {
    kind: 'effect',
    reason: `${pods.length} pods may leave ${node} within their budgets`,
    effect: {
      kind: 'evict',
      cluster,
      node,
      pods: pods.map(({ namespace, name, uid, controller }) => ({
        namespace,
        name,
        uid,
        ...(controller && { controller_uid: controller.uid }),
      })),
    },
  };
}

const waiting = (reason: string, whatEndsIt: string, podsLeft: number): Extract<StepLook, { kind: 'wait' }> => ({
  kind: 'wait',
  reason,
  whatEndsIt,
  pollMs: podsLeft > 0 ? 2_000 : 1_000,
  atMostMs: limits.drainMs,
  remedy: REMEDY,
});
