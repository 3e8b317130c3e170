import type { NodeType, PodShape } from './shape.ts';

/** What could happen to a fleet. Zones are values of topology.kubernetes.io/zone. */
export type Question =
  /** So many more pods of a shape. */
  | { kind: 'replicas'; shape: PodShape; pods: number }
  /** Nodes vanish without a warning: no budget is asked. */
  | { kind: 'lose_node'; node: string }
  /** N-1: each node by itself. */
  | { kind: 'lose_each_node' }
  | { kind: 'lose_zone'; zone: string }
  | { kind: 'lose_each_zone' }
  /** Nodes are cordoned and drained together, within the budgets. */
  | { kind: 'drain'; nodes: readonly string[] }
  /** Nodes are added; pods that wait for a node go first, then the other question is asked. */
  | { kind: 'add_nodes'; nodeType: NodeType; nodes: number; followedBy?: Question }
  /** Every worker is drained and comes back empty, `maxUnavailable` at a time, in the order of names. */
  | { kind: 'upgrade'; maxUnavailable: number }
  /** Every replicated workload has so many times its pods. */
  | { kind: 'growth'; factor: number };
