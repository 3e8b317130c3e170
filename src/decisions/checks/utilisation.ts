import type { ClusterFacts } from '../../model/facts.ts';
import type { NodeUsage, PodPeak, PodUsage } from '../../model/usage-facts.ts';
import { isFinished, podName } from '../budgets.ts';
import type { SizingHint } from '../placement/answers.ts';
import { rightSizing } from '../placement/right-sizing.ts';
import { workloadUses } from '../placement/workload-uses.ts';
import { nameSome } from '../verdict.ts';
import { type Check, headlineOf, issueOf, percentOf } from './check.ts';
import { balance, nodeFigures, shown, unavailable } from './usage.ts';

const hintName = ({ workload, resource, direction }: SizingHint): string => `${direction} ${resource} of ${workload}`;

/** Hints of right-sizing that a report names: those that give back most. */
const HINTS = 20;

/** Asked for against used against given, a week's question (ledger R127): what is asked for and not used is room. `peaks`: a week of the pods. */
export function checkUtilisation(
  facts: ClusterFacts,
  usage: readonly NodeUsage[] | undefined,
  podUsage: readonly PodUsage[] | undefined,
  peaks?: readonly PodPeak[],
): Check {
  const rule = 'R127: requests, usage, allocatable';
  const { percent, allocatable, requested } = balance(facts, usage);
  const without = facts.pods.filter(
    pod => !isFinished(pod) && !pod.isMirror && pod.requests.cpuMillis === 0 && pod.requests.memoryBytes === 0,
  );
  const used = (podUsage ?? []).reduce((sum, { cpuMillis }) => sum + cpuMillis, 0);
  const idle = podUsage && percentOf(used, requested.cpuMillis);
  const hints = (podUsage || peaks) && rightSizing(workloadUses(facts.pods, podUsage ?? [], peaks));
  const issues = [
    ...(usage === undefined ? [unavailable(facts.cluster)] : []),
    ...(idle !== undefined && idle < 25
      ? [issueOf('info', rule, 'requests', `pods use ${idle}% of the CPU they ask for: lower their requests`)]
      : []),
    ...(hints && hints.length > 0
      ? [
          issueOf(
            'info',
            rule,
            'requests',
            `${hints.length} requests are far from use: ${nameSome(hints.map(hintName))}`,
          ),
        ]
      : []),
    ...(without.length > 0
      ? [issueOf('info', rule, 'requests', `${without.length} pods ask for nothing: ${nameSome(without.map(podName))}`)]
      : []),
  ];
  return {
    issues,
    headline: headlineOf(`CPU ${shown(percent.cpu_requested)} requested, ${shown(percent.cpu_used)} used`, issues),
    figures: {
      percent,
      allocatable,
      cpu_used_of_requested_percent: idle ?? 'unavailable',
      pods_without_requests: without.length,
      right_sizing: hints?.slice(0, HINTS) ?? 'unavailable',
      nodes: nodeFigures(facts, usage),
    },
  };
}
