import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { PlanAction, PlannedCluster, PlannedNode } from '../model/plan.ts';
import { byCodePoint, sortedBy } from './verdict.ts';

/** What a plan's hash is made from; everything else of a plan may change without making it another plan. */
export interface HashedPlan {
  requested: PlanAction;
  clusters: readonly Pick<PlannedCluster, 'kube_system_uid' | 'nodes'>[];
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
  const { action, kind, to_version, max_unavailable, canary, node_selector, gates, accept_api_outage } = plan.requested;
  const named = {
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
  return createHash('sha256')
    .update(canonicalize(named) ?? '')
    .digest('hex');
}

/** The operation a plan becomes: the same plan is the same operation (CONTRACT, Operation). */
export const operationId = (planHash: string): string => `op-${planHash.slice(0, 16)}`;
