import { judgeEtcd } from '../../decisions/quorum.ts';
import { unsettled } from '../../decisions/upgrade-turn/settled.ts';
import { limits } from '../../decisions/upgrade-turn/turn.ts';
import type { ClusterFacts } from '../../model/facts.ts';
import { readEtcd } from '../read-etcd.ts';
import { inCluster } from './in-cluster.ts';
import type { StepPerformer, StepScene } from './step.ts';

/** Every node Ready, every API server answering, every etcd member whole: the gate before and after each node (seed 431, SAFETY 10). */
export const awaitHealth: StepPerformer<'await_health'> = async context => {
  const { cluster } = inCluster(context);
  const [facts, { planes, etcd }] = await Promise.all([
    cluster.kubernetes.facts(context.signal),
    readEtcd(cluster, context.signal),
  ]);
  const removed = removedNodes(context, facts);
  // Only another control plane node makes three of two, and that is another operation's.
  const judged = judgeEtcd(planes, etcd, removed.length > 0);
  const left = leftServers(removed, facts);
  const settled = { ...facts, servers: facts.servers.filter(({ url }) => !left.includes(url)) };
  const problems = unsettled(settled, new Set(), judged);
  const [first] = problems;
  if (!first) {
    return {
      kind: 'done',
      reason: `${cluster.config.name} is whole`,
      evidence: [
        `${facts.nodes.length} nodes Ready`,
        `${judged.memberCount} etcd members healthy`,
        `${settled.servers.length} API servers ready`,
        ...left.map(url => `${url} went with its node: take it out of division.yaml`),
      ],
    };
  }
  return {
    kind: 'wait',
    reason: first.message,
    whatEndsIt: 'every node, API server and etcd member is well',
    pollMs: limits.pollMs,
    atMostMs: limits.gateMs,
    remedy: 'run cluster_health, repair what it names, then control_operation resume',
  };
};

/** Nodes that this plan removes, and that are gone. */
const removedNodes = ({ plan, step }: StepScene, { nodes }: ClusterFacts): string[] =>
  plan.steps
    .filter(({ action, target }) => action.does === 'delete_node' && target.cluster === step.target.cluster)
    .flatMap(({ target }) => target.node ?? [])
    .filter(name => !nodes.some(node => node.name === name));

/** API servers that went with a control plane node which this plan removes: configured still, and silent for good. */
function leftServers(removed: readonly string[], { nodes, servers }: ClusterFacts): string[] {
  const planes = nodes.filter(({ role }) => role === 'control-plane').length;
  const silent = servers.filter(({ reachable }) => !reachable);
  return servers.length - silent.length >= planes && silent.length <= removed.length
    ? silent.map(({ url }) => url)
    : [];
}
