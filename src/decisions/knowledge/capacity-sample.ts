import type { ClusterFacts } from '../../model/facts.ts';
import type { KnowledgeEntry } from '../../model/knowledge.ts';
import type { NodeUsage } from '../../model/usage-facts.ts';

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Of the nodes that are there; undefined where one of them is not measured: a part is not the whole. */
function usedBy(facts: ClusterFacts, usage: readonly NodeUsage[] | undefined) {
  const measured = facts.nodes.flatMap(({ name }) => usage?.find(({ node }) => node === name) ?? []);
  if (measured.length === 0 || measured.length < facts.nodes.length) return undefined;
  return {
    cpu_millis: Math.round(total(measured.map(({ cpuMillis }) => cpuMillis))),
    memory_bytes: Math.round(total(measured.map(({ memoryBytes }) => memoryBytes))),
  };
}

/**
 * What a cluster's nodes can give, what its pods ask of them and, where `usage` is known, what they use; one sample a cluster and hour
 * of its clock (R292). `allocatable` is of the schedulable nodes, `allocatable_total` of all.
 */
export function capacitySample(
  facts: ClusterFacts,
  simulated: boolean,
  usage: readonly NodeUsage[] | undefined,
): KnowledgeEntry {
  const at = new Date(facts.asOf).toISOString();
  const names = new Set(facts.nodes.map(node => node.name));
  const isPlaced = (phase: string, node: string | undefined): boolean =>
    names.has(node ?? '') && phase !== 'Succeeded' && phase !== 'Failed';
  const placed = facts.pods.filter(({ phase, nodeName }) => isPlaced(phase, nodeName));
  const open = facts.nodes.filter(node => !node.unschedulable);
  const used = usedBy(facts, usage);
  const given = (nodes: ClusterFacts['nodes']) => ({
    cpu_millis: total(nodes.map(node => node.allocatable.cpuMillis)),
    memory_bytes: total(nodes.map(node => node.allocatable.memoryBytes)),
    pods: total(nodes.map(node => node.allocatable.pods)),
  });
  return {
    entry_id: `${facts.cluster}-${at.slice(0, 13)}`,
    at,
    cluster: facts.cluster,
    simulated,
    nodes: { total: facts.nodes.length, schedulable: open.length },
    allocatable: given(open),
    allocatable_total: given(facts.nodes),
    requested: {
      cpu_millis: total(placed.map(pod => pod.requests.cpuMillis)),
      memory_bytes: total(placed.map(pod => pod.requests.memoryBytes)),
      pods: placed.length,
    },
    ...(used && { used }),
  };
}
