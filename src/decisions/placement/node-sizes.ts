import type { NodeSizeOption } from './answers.ts';
import { Fleet } from './fleet.ts';
import { nodesToAdd } from './nodes-to-add.ts';
import type { NodeType, PodShape, PodsOf } from './shape.ts';
import type { LinearSolver } from './solver.ts';

/** Fewer nodes than this lose too much at once, or can't keep three replicas apart. */
const FEW_NODES = 3;
/** Kubernetes' own limit of what it is built for (large clusters: 110 pods a node); half of it is a lot to move at once. */
const MANY_PODS = 55;
/** With so much of them asked for, one node less leaves pods without a place. */
const FULL_PERCENT = 85;

const percentOf = (part: number, whole: number): number => (whole > 0 ? Math.round((1000 * part) / whole) / 10 : 0);

function movable({ hosted }: Fleet['facts']): PodsOf[] {
  const pods = new Map<PodShape, number>();
  for (const { shape, pods: count } of hosted)
    if (shape.kind === 'replicated' || shape.kind === 'finite') pods.set(shape, (pods.get(shape) ?? 0) + count);
  return [...pods].map(([shape, count]) => ({ shape, pods: count }));
}

function riskOf(option: Omit<NodeSizeOption, 'risk'>, unplaceable: number): string {
  const fullest = Math.max(option.requested_cpu_percent, option.requested_memory_percent);
  const risks = [
    ...(unplaceable > 0 ? [`${unplaceable} pods fit on no such node`] : []),
    ...(option.nodes < FEW_NODES ? [`with ${option.nodes} nodes one that fails takes a large part with it`] : []),
    ...(option.pods_per_node > MANY_PODS ? [`${option.pods_per_node} pods have to move when one node goes`] : []),
    ...(fullest > FULL_PERCENT ? [`${fullest}% is asked for: no room for growth, nor for a node that is out`] : []),
  ];
  return risks.length > 0 ? risks.join('; ') : 'every pod has to move once to get there';
}

/** What all that runs and waits would need of each type of node, had it only those: DaemonSets come on top, on every node. */
export function nodeSizes(fleet: Fleet, types: readonly NodeType[], solver?: LinearSolver): NodeSizeOption[] {
  const daemons = fleet.facts.hosted.filter(({ shape }) => shape.kind === 'each-node');
  const pods = movable(fleet.facts);
  return types.map(type => {
    const empty = new Fleet({ nodes: [], hosted: daemons.map(one => ({ ...one, nodeName: undefined })), budgets: [] });
    const { nodes, lower_bound_nodes, impossible } = nodesToAdd(empty, pods, type, solver);
    const unplaceable = impossible.reduce((total, one) => total + one.pods, 0);
    const refused = new Set(impossible.map(({ workload }) => workload));
    const sum = (amount: (shape: PodShape) => number): number =>
      pods.reduce(
        (total, { shape, pods: count }) => total + (refused.has(shape.workload) ? 0 : count * amount(shape)),
        0,
      );
    const option = {
      node_type: type.name,
      nodes,
      lower_bound_nodes,
      requested_cpu_percent: percentOf(
        sum(({ requests }) => requests.cpu ?? 0),
        nodes * (type.allocatable.cpu ?? 0),
      ),
      requested_memory_percent: percentOf(
        sum(({ requests }) => requests.memory ?? 0),
        nodes * (type.allocatable.memory ?? 0),
      ),
      pods_per_node: nodes > 0 ? Math.ceil(sum(() => 1) / nodes) : 0,
    };
    return { ...option, risk: riskOf(option, unplaceable) };
  });
}
