import { judgeEtcd } from '../quorum.ts';
import { boundedWait, type Decided, endpointsFor, limits, type TurnAt } from './turn.ts';

/** A verified etcd snapshot before the first disruption of a cluster (SAFETY 10), taken through a member that does not lead if there is one. */
export function decideSnapshot(turn: TurnAt<'snapshot'>): Decided {
  const { facts, stage, state, operationId, snapshotDirectory } = turn;
  const cluster = stage.cluster.name;
  const etcd = judgeEtcd(facts.controlPlanes, facts.etcd);
  if (!etcd.isHealthy) {
    return boundedWait(
      turn,
      state.progressedAt,
      limits.gateMs,
      {
        reason: `etcd of ${cluster} is not whole: ${etcd.findings[0]?.message}`,
        whatEndsIt: 'every member is healthy',
      },
      {
        code: 'QUORUM_AT_RISK',
        remedy: 'repair etcd (cluster_health names the member), then control_operation resume',
        evidence: etcd.findings.map(finding => finding.message),
      },
    );
  }
  const planes = [...facts.controlPlanes].sort((left, right) => (left.name < right.name ? -1 : 1));
  const source = planes.find(node => node.name !== etcd.leaderNode) ?? planes[0];
  const address = source?.internalIp;
  if (!source || address === undefined) {
    return boundedWait(
      turn,
      state.progressedAt,
      limits.gateMs,
      { reason: `${cluster} has no control plane node with an address`, whatEndsIt: 'the nodes are readable' },
      { code: 'NODE_NOT_READY', remedy: 'run cluster_health' },
    );
  }
  // A later try gets a name of its own: a file that exists is never written to.
  const stamp = new Date(facts.now).toISOString().replaceAll(/[-:.]/g, '');
  return {
    decision: {
      kind: 'effect',
      reason: 'a verified etcd snapshot before the first disruption (SAFETY 10)',
      effect: {
        kind: 'snapshot',
        cluster,
        node: source.name,
        address,
        endpoints: endpointsFor(address, turn.endpoints),
        path: `${snapshotDirectory}/${cluster}-${operationId}-${stamp}.snapshot`,
      },
    },
  };
}
