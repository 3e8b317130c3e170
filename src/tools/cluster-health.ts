import * as z from 'zod';
import { CLUSTER_FAILURE_RULE } from '../decisions/emergency/cluster-failure.ts';
import { defineTool } from '../mcp/define-tool.ts';
import type { FrontEnd } from '../ports.ts';
import { clusterAddress } from '../views/addresses.ts';
import { clusterNamed, clustersOf } from '../views/cluster-names.ts';
import { clusterSentence, type DivisionHealth, divisionHealth } from '../views/health-view.ts';
import { counted, listOf, say, simulatedMark } from '../views/wording.ts';

const STATUS_ADDRESS = 'gm://division/cluster-status';

const status = z.enum(['healthy', 'degraded', 'critical', 'unknown']);
const input = z.strictObject({
  cluster: z.string().min(1).max(63).optional().describe('none: all clusters'),
});
const output = z.looseObject({
  overall_status: status,
  clusters: z.array(z.looseObject({ name: z.string(), status })),
  issues: z.array(z.looseObject({ severity: z.string(), message: z.string() })),
  as_of: z.string(),
  stale: z.boolean(),
  next: z.string(),
});

function nextAfter({ overall_status: overall, clusters, issues }: DivisionHealth): string {
  if (clusters.length === 0) return 'no cluster is configured: a person adds one to division.yaml; end your turn.';
  const failing = [...new Set(issues.flatMap(issue => (issue.rule === CLUSTER_FAILURE_RULE ? issue.cluster : [])))];
  if (failing.length > 0)
    return `decompose_task now: ${JSON.stringify({ task: { playbook: 'cluster_failure', clusters: failing } })}, then execute_plan.`;
  if (overall === 'healthy') return 'rolling_upgrade plans an upgrade; or report and end your turn.';
  if (overall === 'unknown') return 'report what could not be read and why; change nothing there; end your turn.';
  return 'report the issues; plan nothing that needs healthy clusters; end your turn.';
}

export const clusterHealth = defineTool({
  name: 'cluster_health',
  title: 'Cluster health',
  description:
    'Health of every cluster or one, read now from Kubernetes, each Talos machine and etcd member: nodes, pods, versions, issues. What could not be read is unknown, never healthy, and says why.',
  impact: 'observe',
  category: 'supervision',
  input,
  output,
  async run(front: FrontEnd, { cluster }, call) {
    const clusters =
      cluster === undefined ? await clustersOf(front, call.signal) : [await clusterNamed(front, cluster, call.signal)];
    const health = await divisionHealth(front, clusters, call.signal);
    const { clusters: lines, issues, ...rest } = health;
    const serious = issues.filter(issue => issue.severity !== 'info');
    const next = nextAfter(health);
    return {
      structured: {
        ...rest,
        ...listOf('clusters', lines, STATUS_ADDRESS),
        ...listOf('issues', issues, cluster === undefined ? STATUS_ADDRESS : clusterAddress(cluster)),
        next,
      },
      text: say(
        [
          simulatedMark(health.simulated),
          `Overall ${health.overall_status} at ${health.as_of}, ${counted(serious.length, 'issue')}.`,
          ...serious.slice(0, 2).map(issue => `${issue.cluster}: ${issue.message}.`),
          `${lines.slice(0, 4).map(clusterSentence).join('. ')}.`,
        ],
        next,
      ),
    };
  },
});
