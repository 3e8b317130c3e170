import { type Check, type CheckIssue, headlineOf, issueOf } from '../checks/check.ts';
import type { CapacityAnswer } from './assess.ts';
import { leading, type MetricOutlook } from './outlook.ts';
import { outlookSentence } from './sentence.ts';

const DAY_MS = 86_400_000;
/** A month's report tells of orders that are due before the next one. */
const NEXT_REPORT_MS = 31 * DAY_MS;

const METHOD =
  'ensemble of seasonal forecasts of the daily P95, weighted by how each did on this very series; paths simulated for the odds of crossing';

function issueOfMetric(cluster: string, outlook: MetricOutlook): CheckIssue[] {
  const { forecast } = outlook;
  const sentence = outlookSentence(cluster, outlook);
  if (forecast.verdict === 'insufficient_history') return [issueOf('info', 'R158: growth trends', cluster, sentence)];
  if (!forecast.crossing?.p10) return [];
  return [issueOf('warning', 'R158: growth trends', cluster, sentence)];
}

const round = (value: number): number => Math.round(value * 100) / 100;

function figuresOf(outlook: MetricOutlook): Record<string, unknown> {
  const { metric, thresholdPercent, nowPercent, forecast } = outlook;
  const made = forecast.verdict === 'forecast' ? forecast : undefined;
  return {
    metric,
    verdict: forecast.verdict,
    threshold_percent: thresholdPercent,
    now_percent: nowPercent === undefined ? null : round(nowPercent),
    ...(made && {
      history_days: made.history.days,
      points_per_30_days: round(made.growth.per_30_days.p50),
      crossing: made.crossing && { p10: made.crossing.p10, p50: made.crossing.p50, p90: made.crossing.p90 },
    }),
  };
}

/** Growth of what is used and asked for, when it crosses a threshold, and the machines to ask for before the next report (ledger R158-R160). */
export function checkGrowth(
  answer: Pick<CapacityAnswer, 'cluster' | 'nowMs' | 'metrics' | 'scheduling' | 'needs' | 'requests'>,
): Check {
  const { cluster, metrics, scheduling, needs, requests, nowMs } = answer;
  const issues = metrics.flatMap(outlook => issueOfMetric(cluster, outlook));
  const first = leading(metrics);
  const isDue = (orderBy: unknown): boolean =>
    typeof orderBy === 'string' && Date.parse(orderBy) <= nowMs + NEXT_REPORT_MS;
  const isMade = metrics.some(({ forecast }) => forecast.verdict === 'forecast');
  return {
    issues,
    headline: headlineOf(first ? outlookSentence(cluster, first) : `${cluster}: nothing is known`, issues),
    figures: {
      trend: isMade ? metrics.map(figuresOf) : 'insufficient',
      method: METHOD,
      nodes_to_add: needs.map(({ reason, by, orderBy, nodes, lowerBoundNodes, nodeType }) => ({
        reason,
        by,
        order_by: orderBy,
        nodes,
        lower_bound_nodes: lowerBoundNodes,
        node_type: nodeType,
      })),
      // Without a look at pods and nodes nobody knows what is to be asked for.
      ...(scheduling && {
        infrastructure_requests: requests.filter(({ context }) => isDue(context.evidence.order_by)),
      }),
    },
  };
}
