import type { HandoffPriority } from '../../model/handoff.ts';
import type { NodeNeed } from './node-needs.ts';
import { metricName } from './sentence.ts';

const DAY_MS = 86_400_000;
/** An order that is due within a week is urgent. */
const SOON_MS = 7 * DAY_MS;

/** Just what `send_handoff` takes; what it writes has the fields of the seed's request to Infrastructure (seed lines 328-350). */
export interface ResourceRequest {
  to: 'infrastructure';
  handoff_type: 'resource_request';
  priority: HandoffPriority;
  context: {
    summary: string;
    specifications: { count: number; cpu: number; memory: number; disk: number; network: string };
    purpose: string;
    deadline: string;
    cluster: string;
    evidence: Record<string, unknown>;
  };
}

const WHY: Readonly<Record<NodeNeed['reason'], string>> = {
  waiting_pods: 'pods wait for a node',
  one_worker_gone: 'requests leave no room for the loss of one worker',
  threshold: 'a threshold may be crossed',
};

const whyOf = ({ reason, metric }: NodeNeed): string =>
  metric === undefined ? WHY[reason] : `${metricName(metric)} may cross its threshold`;

/**
 * One request a need; the later asks for what the earlier did not, and none for the machines that were `asked` for before.
 * `earliestDeadlineMs`: a deadline that is past is none.
 */
export function resourceRequests(
  cluster: string,
  needs: readonly NodeNeed[],
  { nowMs, earliestDeadlineMs, asked: before = 0 }: { nowMs: number; earliestDeadlineMs: number; asked?: number },
): ResourceRequest[] {
  let asked = before;
  return needs.flatMap(need => {
    const count = Math.max(need.nodes.p50, 1) - asked;
    if (count <= 0) return [];
    asked += count;
    const isSoon = Date.parse(need.orderBy) - nowMs <= SOON_MS;
    return [
      {
        to: 'infrastructure' as const,
        handoff_type: 'resource_request' as const,
        priority: isSoon ? ('high' as const) : ('medium' as const),
        context: {
          summary: `Need ${count} ${count === 1 ? 'machine' : 'machines'} for worker nodes of ${cluster}`,
          specifications: { count, ...need.machine, network: `the network of ${cluster}` },
          purpose: `Scale cluster ${cluster}: ${whyOf(need)}`,
          deadline: new Date(Math.max(Date.parse(need.by), earliestDeadlineMs)).toISOString(),
          cluster,
          evidence: {
            reason: need.reason,
            needed_by: need.by,
            order_by: need.orderBy,
            nodes_p50: need.nodes.p50,
            nodes_p90: need.nodes.p90,
            lower_bound_nodes: need.lowerBoundNodes,
          },
        },
      },
    ];
  });
}
