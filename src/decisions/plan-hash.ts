import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Plan, PlanAction, PlannedCluster, PlannedNode, ProcedureAction, TargetNode } from '../model/plan.ts';
import type { PlannedStep } from '../model/step.ts';
import { byCodePoint, sortedBy } from './verdict.ts';

/** What a plan's hash is made from; everything else of a plan may change without making it another plan. */
export interface HashedPlan {
  requested: Plan['requested'];
  clusters: readonly Pick<PlannedCluster, 'kube_system_uid' | 'nodes' | 'targets'>[];
  steps?: readonly PlannedStep[] | undefined;
}

const hashedNode = ({ name, system_uuid, role, from_version, installer }: PlannedNode) => ({
  name,
  system_uuid: system_uuid.toLowerCase(),
  role,
  from_version,
  installer,
});

/**
 * sha256, 64 hex digits, over canonical JSON (RFC 8785) of exactly what SAFETY 9 names: each cluster's kube-system uid in wave
 * order, its nodes {name, system UUID, role, from-version, installer} by name, target, limits, gates, overrides, action.
 */
export function planHash(plan: HashedPlan): string {
  const { requested } = plan;
  const named = requested.kind === 'talos' ? hashedUpgrade(plan, requested) : hashedProcedure(plan, requested);
  return createHash('sha256')
    .update(canonicalize(named) ?? '')
    .digest('hex');
}

function hashedUpgrade(plan: HashedPlan, requested: PlanAction) {
  const { action, kind, to_version, max_unavailable, canary, node_selector, gates, accept_api_outage } = requested;
  return {
    action,
    target: { kind, to_version },
    limits: { max_unavailable, canary, ...(node_selector !== undefined && { node_selector }) },
    gates: [...gates].sort(byCodePoint),
    overrides: { accept_api_outage },
    clusters: plan.clusters.map(cluster => ({
      kube_system_uid: cluster.kube_system_uid,
      nodes: sortedBy(cluster.nodes, node => node.name).map(hashedNode),
    })),
  };
}

const hashedTarget = ({ name, system_uuid, role, from_version }: TargetNode) => ({
  name,
  system_uuid: system_uuid.toLowerCase(),
  role,
  from_version,
});

/** The task with all its parameters, and each step: what it does, to what, after what, behind which gate. */
function hashedProcedure(plan: HashedPlan, { action, kind, task, gates, scope, repeats }: ProcedureAction) {
  return {
    action,
    target: { kind, task },
    scope,
    ...(repeats !== undefined && { repeats }),
    gates: [...gates].sort(byCodePoint),
    clusters: plan.clusters.map(cluster => ({
      kube_system_uid: cluster.kube_system_uid,
      nodes: sortedBy(cluster.targets ?? [], node => node.name).map(hashedTarget),
    })),
    steps: (plan.steps ?? []).map(
      ({ id, action: does, target, depends_on, gate, on_failure, in_any_case, undone_by }) => ({
        id,
        does,
        target,
        depends_on,
        gate,
        on_failure,
        in_any_case,
        ...(undone_by && { undone_by }),
      }),
    ),
  };
}

/** The operation a plan becomes: the same plan is the same operation (CONTRACT, Operation). */
export const operationId = (planHash: string): string => `op-${planHash.slice(0, 16)}`;
