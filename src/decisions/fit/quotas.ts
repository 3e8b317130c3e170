import type { PodFacts } from '../../model/facts.ts';
import type { NamespaceFacts } from '../../model/workload-facts.ts';
import { quantityMillis, quantityUnits } from '../quantity.ts';
import type { PodAsk } from './pod-ask.ts';
import { replacedBy } from './replaced.ts';

/** A ResourceQuota that has no room for what is deployed. */
export interface QuotaBlock {
  namespace: string;
  quota: string;
  /** As the quota names it: pods, requests.cpu, … */
  resource: string;
  message: string;
  remedy: string;
}

/** What a quota counts here; limits and object counts are left to the API server, whose dry run tells. */
const COUNTED: Readonly<Record<string, 'cpuMillis' | 'memoryBytes' | 'pods'>> = {
  pods: 'pods',
  cpu: 'cpuMillis',
  'requests.cpu': 'cpuMillis',
  memory: 'memoryBytes',
  'requests.memory': 'memoryBytes',
};

const read = (field: 'cpuMillis' | 'memoryBytes' | 'pods', text: string | undefined): number =>
  (field === 'cpuMillis' ? quantityMillis(text) : quantityUnits(text)) ?? 0;

/** What a workload will use more than now, with the pod that an update puts beside the old ones. */
function growth(
  ask: PodAsk,
  pods: readonly PodFacts[],
  nodes: number,
): Record<'cpuMillis' | 'memoryBytes' | 'pods', number> {
  const old = replacedBy(ask, pods);
  const wanted = ask.replicas === 'each-node' ? nodes : ask.replicas;
  const surge = ask.surgesFirst && old.length > 0 ? 1 : 0;
  const sum = (field: 'cpuMillis' | 'memoryBytes'): number => old.reduce((all, pod) => all + pod.requests[field], 0);
  return {
    pods: wanted + surge - old.length,
    cpuMillis: (wanted + surge) * ask.requests.cpuMillis - sum('cpuMillis'),
    memoryBytes: (wanted + surge) * ask.requests.memoryBytes - sum('memoryBytes'),
  };
}

/** Quotas of the namespaces that the workloads go to, without scopes: pods, CPU and memory requests (R196). */
export function judgeQuotas(
  asks: readonly PodAsk[],
  facts: { namespaces: readonly NamespaceFacts[]; pods: readonly PodFacts[]; nodeCount: number },
): QuotaBlock[] {
  return facts.namespaces.flatMap(({ name: namespace, quotas }) => {
    const own = asks.filter(ask => ask.namespace === namespace);
    const grows = own.map(ask => growth(ask, facts.pods, facts.nodeCount));
    return quotas.flatMap(quota =>
      Object.entries(quota.hard).flatMap(([resource, hard]): QuotaBlock[] => {
        const field = COUNTED[resource];
        if (field === undefined) return [];
        const more = grows.reduce((sum, grown) => sum + grown[field], 0);
        if (more <= 0 || read(field, quota.used[resource]) + more <= read(field, hard)) return [];
        const message = `quota ${quota.name} of namespace ${namespace} has no room: ${resource} ${hard}, of which ${quota.used[resource] ?? '0'} is used`;
        return [{ namespace, quota: quota.name, resource, message, remedy: 'raise the quota, or deploy less' }];
      }),
    );
  });
}
