import { nodeKey } from '../operation-state.ts';
import { judgeEtcd } from '../quorum.ts';
import { type Problem, unsettled } from './settled.ts';
import { boundedWait, type Decided, limits, type TurnAt } from './turn.ts';

/** The cluster's last gate: full health after the last node, then its Lease is given up. */
export function decideClose(turn: TurnAt<'close'>): Decided {
  const { facts, stage, state } = turn;
  const cluster = stage.cluster.name;
  const lost = stage.cluster.nodes.filter(
    node => state.nodes.get(nodeKey(cluster, node.name))?.failure_accepted === true,
  );
  const etcd = judgeEtcd(facts.controlPlanes, facts.etcd);
  const unread: Problem = { code: 'NODE_NOT_READY', message: `${cluster} could not be read` };
  const problems = facts.cluster ? unsettled(facts.cluster, new Set(lost.map(node => node.name)), etcd) : [unread];
  const [first] = problems;
  if (first) {
    return boundedWait(
      turn,
      state.progressedAt,
      limits.gateMs,
      { reason: `${cluster} is not in full health: ${first.message}`, whatEndsIt: 'full health' },
      {
        code: first.code,
        remedy: 'run cluster_health, repair, then control_operation resume',
        evidence: problems.map(({ message }) => message),
      },
    );
  }
  return { decision: { kind: 'effect', effect: { kind: 'release_lease', cluster }, reason: 'the cluster is done' } };
}
