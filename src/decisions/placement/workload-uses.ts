import type { PodFacts } from '../../model/facts.ts';
import type { PodPeak, PodUsage } from '../../model/usage-facts.ts';
import { isFinished } from '../budgets.ts';
import type { WorkloadUse } from './right-sizing.ts';
import { TEMPLATE_HASH, workloadName } from './workload-name.ts';

/** A pod of its own is nobody's. */
const workloadOf = ({ namespace, controller, labels, isMirror }: PodFacts): string | undefined =>
  controller && !isMirror ? workloadName(namespace, controller, labels[TEMPLATE_HASH]) : undefined;

const byName = (measured: readonly PodPeak[]): Map<string, PodPeak> =>
  new Map(measured.map(one => [`${one.namespace}/${one.pod}`, one]));

const most = (amounts: readonly number[]): number => Math.max(...amounts);

/**
 * What the pods of each workload use: of pods that are measured and ask for something, the one that uses most; as far as a monitoring
 * system remembers them (`peaks`), else of one look.
 */
export function workloadUses(
  pods: readonly PodFacts[],
  usage: readonly PodUsage[],
  peaks: readonly PodPeak[] = [],
): WorkloadUse[] {
  const now = byName(usage.map(one => ({ ...one, historyDays: 0 })));
  const remembered = byName(peaks);
  const measured = new Map<string, { pod: PodFacts; use: PodPeak }[]>();
  for (const pod of pods) {
    const name = `${pod.namespace}/${pod.name}`;
    const [workload, use] = [workloadOf(pod), remembered.get(name) ?? now.get(name)];
    if (workload === undefined || use === undefined || isFinished(pod)) continue;
    measured.set(workload, [...(measured.get(workload) ?? []), { pod, use }]);
  }
  return [...measured].map(([workload, of]) => {
    // A pod that came today knows no peak, but those beside it do.
    const historyDays = most(of.map(({ use }) => use.historyDays));
    return {
      workload,
      pods: of.length,
      cpu: {
        requested: most(of.map(({ pod }) => pod.requests.cpuMillis)),
        used: most(of.map(({ use }) => use.cpuMillis)),
        historyDays,
      },
      memory: {
        requested: most(of.map(({ pod }) => pod.requests.memoryBytes)),
        used: most(of.map(({ use }) => use.memoryBytes)),
        historyDays,
      },
    };
  });
}
