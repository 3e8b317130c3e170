import { groupedBy } from '../verdict.ts';
import { Fleet, ZONE } from './fleet.ts';
import { Judge } from './judge.ts';
import type { FleetFacts, HostedPods, NodeType, PlacementNode, PodShape } from './shape.ts';

const HOSTNAME = 'kubernetes.io/hostname';

/** Nodes of a type, evenly over its zones. */
export const nodesOf = (type: NodeType, count: number): PlacementNode[] =>
  Array.from({ length: count }, (_, index): PlacementNode => {
    const name = `${type.name} new ${index + 1}`;
    const zone = type.zones[index % Math.max(1, type.zones.length)];
    return {
      name,
      labels: { ...type.labels, [HOSTNAME]: name, ...(zone !== undefined && { [ZONE]: zone }) },
      taints: type.taints,
      ready: true,
      unschedulable: false,
      allocatable: type.allocatable,
    };
  });

/** Of each DaemonSet the shape that most of its pods have: what a new node gets. The important ones first. */
export function daemonShapes(hosted: readonly HostedPods[]): PodShape[] {
  const daemons = hosted.filter(({ shape }) => shape.kind === 'each-node');
  return groupedBy(daemons, ({ shape }) => shape.workload)
    .flatMap(([, all]) => {
      const counts = new Map<PodShape, number>();
      for (const { shape, pods } of all) counts.set(shape, (counts.get(shape) ?? 0) + pods);
      return [...counts].sort((one, other) => other[1] - one[1])[0]?.[0] ?? [];
    })
    .sort((one, other) => other.priority - one.priority);
}

/** The fleet with more nodes, each with the pods that DaemonSets put on it. */
export function withNodes(facts: FleetFacts, added: readonly PlacementNode[]): Fleet {
  const fleet = new Fleet({ ...facts, nodes: [...facts.nodes, ...added] });
  for (const shape of daemonShapes(facts.hosted)) {
    const known = fleet.classOf(shape);
    const judge = new Judge(fleet, known);
    for (const node of known.verdict.candidates)
      if (node >= facts.nodes.length && judge.takes(node)) fleet.move(known, node, 1);
  }
  return fleet;
}
