import { boundedWait, type Decided, limits, stop, type TurnAt } from './turn.ts';

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
  if (holder !== undefined && holder !== '' && holder !== operationId) {
    return {
      decision: stop(
        'OPERATION_CONFLICT',
        `Lease kube-system/containers-gm on ${cluster} is held by ${holder}`,
        'let that operation end, or cancel it, then control_operation resume',
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
        reason: `${cluster}: ${preflight.blocked.length} reasons against starting: ${first?.message}`,
        whatEndsIt: first?.remedy ?? 'the preflight passes',
        pollMs: 30_000,
      },
      {
        code: first?.code ?? 'DISRUPTION_BLOCKED',
        remedy: first?.remedy ?? 'repair, then control_operation resume',
        evidence: preflight.blocked.map(finding => `${finding.subject}: ${finding.message} (${finding.rule})`),
      },
    );
  }
  return {
    decision: { kind: 'effect', effect: { kind: 'hold_lease', cluster }, reason: 'one general manager a cluster' },
  };
}
