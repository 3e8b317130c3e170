import { boundedWait, type Decided, limits, stop, type TurnAt } from './turn.ts';

/** What only another plan cures is no reason to resume this one. */
const goingOn = (remedy: string): string =>
  remedy.includes('plan again') ? remedy : `${remedy}; then control_operation resume`;

const countReasons = (count: number): string => (count === 1 ? '1 reason' : `${count} reasons`);

/** A cluster's gate: still what was planned, nothing against it, and nobody else at work; then its Lease is taken (SAFETY 6, 9). */
export function decideOpen(turn: TurnAt<'open'>): Decided {
  const { facts, stage, state, operationId } = turn;
  const cluster = stage.cluster.name;
  const { preflight, cluster: kubernetes } = facts;
  if (!preflight || !kubernetes) {
    return boundedWait(
      turn,
      state.progressedAt,
      limits.gateMs,
      { reason: `${cluster} could not be read`, whatEndsIt: 'Kubernetes and Talos answer' },
      { code: 'KUBERNETES_UNAVAILABLE', remedy: 'run cluster_health, repair, then control_operation resume' },
    );
  }
  if (preflight.drift.length > 0) {
    const reason = `${cluster} is not the cluster that was planned: ${preflight.drift[0]}`;
    return {
      decision: { ...stop('STALE_PLAN', reason, 'plan again with rolling_upgrade', preflight.drift), status: 'failed' },
    };
  }
  const holder = kubernetes.lease?.holder;
  const gone = state.goneHolders.get(cluster);
  if (holder !== undefined && holder !== '' && holder !== operationId && holder !== gone) {
    return {
      decision: stop(
        'OPERATION_CONFLICT',
        // Foreign text, which is shown to models: only what can be a name.
        `Lease kube-system/containers-gm on ${cluster} is held by ${/^[\w.:/-]{1,128}$/.test(holder) ? holder : 'another'}`,
        `let that operation end; if it is gone for good, control_operation resolve with node ${cluster} as abandon; then resume`,
      ),
    };
  }
  if (preflight.blocked.length > 0) {
    const [first] = preflight.blocked;
    return boundedWait(
      turn,
      state.progressedAt,
      limits.gateMs,
      {
        reason: `${cluster}: ${countReasons(preflight.blocked.length)} against starting: ${first?.message}`,
        whatEndsIt: first?.remedy ?? 'the preflight passes',
        pollMs: 30_000,
      },
      {
        code: first?.code ?? 'DISRUPTION_BLOCKED',
        remedy: goingOn(first?.remedy ?? 'repair what is named'),
        evidence: preflight.blocked.map(finding => `${finding.subject}: ${finding.message} (${finding.rule})`),
      },
    );
  }
  return {
    decision: {
      kind: 'effect',
      effect: { kind: 'hold_lease', cluster, ...(gone !== undefined && { instead_of: gone }) },
      reason: 'one general manager a cluster',
    },
  };
}
