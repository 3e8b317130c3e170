/** How pods fit and would fit, as capacity_forecast shows it. */
import type { Scheduling } from '../decisions/capacity/assess.ts';
import type { Headroom, Outcome, Unplaced, WhatIf } from '../decisions/placement/answers.ts';

/** How much is told: a tool's result is read by a model, a resource is the whole. */
export interface Detail {
  /** Points and backtest of all metrics, not of the one that matters first alone. */
  isWhole: boolean;
  shapes: number;
  worstCases: number;
  unplaced: number;
  blockers: number;
}
export const WHOLE: Detail = { isWhole: true, shapes: 3, worstCases: 20, unplaced: 20, blockers: 10 };
export const SUMMARY: Detail = { isWhole: false, shapes: 2, worstCases: 0, unplaced: 3, blockers: 2 };

const unplacedView = ({ workload, pods, blocked_nodes: blocked }: Unplaced, { blockers }: Detail) => ({
  workload,
  pods,
  blocked_nodes: blocked.slice(0, blockers),
});

function headroomView(found: Headroom, { blockers }: Detail): Record<string, unknown> {
  const {
    workload,
    requests,
    pods,
    naive_pods: naive,
    binding,
    pods_by_zone: zones,
    method,
    literal,
    not_modelled,
  } = found;
  return {
    workload,
    requests,
    pods,
    naive_pods: naive,
    binding_constraint: binding?.blocker ?? null,
    blocked_nodes: found.blocked_nodes.slice(0, blockers),
    ...(Object.keys(zones).length > 0 && { pods_by_zone: zones }),
    method,
    ...(literal.length > 0 && { placed_pod_by_pod: literal.slice(0, blockers) }),
    ...(not_modelled.length > 0 && { not_modelled: not_modelled.slice(0, blockers) }),
  };
}

function outcomeView(outcome: Outcome, detail: Detail): Record<string, unknown> {
  const { unplaced, budgets, gone_with_node_pods: gone, lost_pods: lost } = outcome;
  return {
    scenario: outcome.scenario,
    fits: outcome.fits,
    evicted_pods: outcome.evicted_pods,
    added_pods: outcome.added_pods,
    placed_pods: outcome.placed_pods,
    unplaced_pods: outcome.unplaced_pods,
    ...(gone > 0 && { gone_with_node_pods: gone }),
    ...(lost > 0 && { lost_pods: lost }),
    ...(unplaced.length > 0 && {
      unplaced: unplaced.slice(0, detail.unplaced).map(one => unplacedView(one, detail)),
      unplaced_workloads_total: unplaced.length,
    }),
    ...(budgets.length > 0 && { budgets: budgets.slice(0, detail.blockers), budgets_total: budgets.length }),
  };
}

/** The worst of several cases, and how many hold; or the one case. */
function whatIfView(whatIf: WhatIf, detail: Detail): Record<string, unknown> {
  const { cases, each = [], literal, not_modelled: left } = whatIf;
  const worst = each.slice(0, detail.worstCases);
  return {
    ...outcomeView(whatIf, detail),
    ...cases,
    ...(worst.length > 0 && { worst: worst.map(one => outcomeView(one, detail)) }),
    ...(literal.length > 0 && { placed_pod_by_pod: literal.slice(0, detail.blockers) }),
    ...(left.length > 0 && detail.isWhole && { not_modelled: left.slice(0, detail.blockers) }),
  };
}

/** Headroom, what the loss of each node and zone does, and what was asked; null where pods and nodes could not be read. */
export function schedulingView(scheduling: Scheduling | undefined, detail: Detail): Record<string, unknown> | null {
  if (scheduling === undefined) return null;
  const { headroom, resilience, whatIf, nodeSizes } = scheduling;
  return {
    headroom: headroom.slice(0, detail.shapes).map(one => headroomView(one, detail)),
    resilience: resilience.map(one =>
      whatIfView(one, { ...detail, unplaced: Math.min(detail.unplaced, detail.isWhole ? 20 : 1) }),
    ),
    ...(nodeSizes && { node_sizes: nodeSizes }),
    ...(whatIf && !('problem' in whatIf) && { what_if: whatIfView(whatIf, detail) }),
  };
}
