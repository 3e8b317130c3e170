import type { ClusterFacts } from '../../model/facts.ts';
import type { KnowledgeEntry } from '../../model/knowledge.ts';

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** What a cluster's schedulable nodes can give and what its pods ask of them; one sample a cluster and hour of its clock (R292). */
export function capacitySample(facts: ClusterFacts, simulated: boolean): KnowledgeEntry {
  const at = new Date(facts.asOf).toISOString();
  const names = new Set(facts.nodes.map(node => node.name));
  const isPlaced = (phase: string, node: string | undefined): boolean =>
    names.has(node ?? '') && phase !== 'Succeeded' && phase !== 'Failed';
  const placed = facts.pods.filter(({ phase, nodeName }) => isPlaced(phase, nodeName));
  const open = facts.nodes.filter(node => !node.unschedulable);
  return {
    entry_id: `${facts.cluster}-${at.slice(0, 13)}`,
    at,
    cluster: facts.cluster,
    simulated,
    nodes: { total: facts.nodes.length, schedulable: open.length },
    allocatable: {
      cpu_millis: total(open.map(node => node.allocatable.cpuMillis)),
      memory_bytes: total(open.map(node => node.allocatable.memoryBytes)),
      pods: total(open.map(node => node.allocatable.pods)),
    },
    requested: {
      cpu_millis: total(placed.map(pod => pod.requests.cpuMillis)),
      memory_bytes: total(placed.map(pod => pod.requests.memoryBytes)),
      pods: placed.length,
    },
  };
}
