import { Fleet } from '../placement/fleet.ts';
import { nodesOf, withNodes } from '../placement/more-nodes.ts';
import { placePods } from '../placement/place-pods.ts';
import type { FleetFacts, NodeType, PodsOf } from '../placement/shape.ts';

const NODES_MAX = 1000;
const ZONE = 'topology.kubernetes.io/zone';

/** Nodes of one type with which pods have a place, by kube-scheduler's own order. */
export interface PackedNodes {
  nodes: number;
  /** No packing whatever needs fewer: what has no place now, over what one node gives. */
  lowerBoundNodes: number;
  nodesByZone: Readonly<Record<string, number>>;
}

const waitingIn = ({ hosted }: FleetFacts): PodsOf[] =>
  hosted.flatMap(({ shape, nodeName, pods }) => (nodeName === undefined ? [{ shape, pods }] : []));

/** Pods without a place when so many nodes are added; those that wait already are placed as well. */
const unplacedWith = (facts: FleetFacts, pods: readonly PodsOf[], type: NodeType, nodes: number) =>
  placePods(nodes === 0 ? new Fleet(facts) : withNodes(facts, nodesOf(type, nodes)), [...waitingIn(facts), ...pods]);

/**
 * The fewest nodes with which the scheduler's order places all pods that any number of them could take; pods that wait for a node
 * count. Found by doubling, then halving: more nodes never place fewer (a law of placement).
 */
export function packedNodes(facts: FleetFacts, pods: readonly PodsOf[], type: NodeType): PackedNodes {
  const now = unplacedWith(facts, pods, type, 0);
  const asked = (resource: 'cpu_millis' | 'memory_bytes'): number =>
    now.unplaced.reduce((sum, one) => sum + one.pods * one.requests[resource], 0);
  const one = { cpu: type.allocatable.cpu ?? 0, memory: type.allocatable.memory ?? 0 };
  if (now.unplaced_pods === 0 || one.cpu <= 0 || one.memory <= 0)
    return { nodes: 0, lowerBoundNodes: 0, nodesByZone: {} };
  const most = Math.min(NODES_MAX, now.unplaced_pods);
  // What does not fit on as many nodes as there are pods fits on none.
  const impossible = unplacedWith(facts, pods, type, most).unplaced_pods;
  if (impossible === now.unplaced_pods) return { nodes: 0, lowerBoundNodes: 0, nodesByZone: {} };
  const isEnough = (nodes: number): boolean => unplacedWith(facts, pods, type, nodes).unplaced_pods <= impossible;
  let [short, enough] = [0, 1];
  while (enough < most && !isEnough(enough)) [short, enough] = [enough, Math.min(most, 2 * enough)];
  while (enough - short > 1) {
    const middle = Math.floor((short + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else short = middle;
  }
  const zones = nodesOf(type, enough).flatMap(({ labels }) => labels[ZONE] ?? []);
  const volume = Math.max(Math.ceil(asked('cpu_millis') / one.cpu), Math.ceil(asked('memory_bytes') / one.memory));
  return {
    nodes: enough,
    lowerBoundNodes: impossible > 0 ? 1 : Math.max(1, Math.min(volume, enough)),
    nodesByZone: Object.fromEntries(
      [...new Set(zones)].map(zone => [zone, zones.filter(candidate => candidate === zone).length]),
    ),
  };
}
