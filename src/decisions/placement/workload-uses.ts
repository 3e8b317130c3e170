import type { PodFacts } from '../../model/facts.ts';
import type { PodUsage } from '../../model/usage-facts.ts';
import { isFinished } from '../budgets.ts';
import type { WorkloadUse } from './right-sizing.ts';
import { TEMPLATE_HASH, workloadName } from './workload-name.ts';

/** A pod of its own is nobody's. */
const workloadOf = ({ namespace, controller, labels, isMirror }: PodFacts): string | undefined =>
  controller && !isMirror ? workloadName(namespace, controller, labels[TEMPLATE_HASH]) : undefined;

const most = (amounts: readonly number[]): number => Math.max(...amounts);

/** One look at what the pods of each workload use: of pods that are measured and ask for something, the one that uses most. */
export function workloadUses(pods: readonly PodFacts[], usage: readonly PodUsage[]): WorkloadUse[] {
  const used = new Map(usage.map(one => [`${one.namespace}/${one.pod}`, one]));
  const measured = new Map<string, { pod: PodFacts; use: PodUsage }[]>();
  for (const pod of pods) {
    const [workload, use] = [workloadOf(pod), used.get(`${pod.namespace}/${pod.name}`)];
    if (workload === undefined || use === undefined || isFinished(pod)) continue;
    measured.set(workload, [...(measured.get(workload) ?? []), { pod, use }]);
  }
  return [...measured].map(([workload, of]) => ({
    workload,
    pods: of.length,
    cpu: {
      requested: most(of.map(({ pod }) => pod.requests.cpuMillis)),
      used: most(of.map(({ use }) => use.cpuMillis)),
      historyDays: 0,
    },
    memory: {
      requested: most(of.map(({ pod }) => pod.requests.memoryBytes)),
      used: most(of.map(({ use }) => use.memoryBytes)),
      historyDays: 0,
    },
  }));
}
