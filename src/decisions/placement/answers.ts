/** What placement answers: as it is sent, so in snake_case with units in the names. Counts of pods and nodes are named for them. */

/** A filter of kube-scheduler, or how the resource is called that is short. */
export type Blocker = string;

/** Nodes by what keeps (more) pods from them, the commonest first. */
export interface BlockedNodes {
  blocker: Blocker;
  nodes: number;
}

/** How many more pods of a shape there is room for. */
export interface Headroom {
  workload: string;
  requests: ShapeSize;
  pods: number;
  /** Free in all over one request, of the scarcest resource: what a sum promises that looks at no single node. */
  naive_pods: number;
  /** What ends it on the most nodes, and on how many. Undefined: the fleet has no node. */
  binding?: BlockedNodes;
  blocked_nodes: readonly BlockedNodes[];
  pods_by_zone: Readonly<Record<string, number>>;
  /** closed_form: exact · placed: pods were placed one by one in the scheduler's order until none fitted. */
  method: 'closed_form' | 'placed';
  /** Workloads that went the pod-by-pod way, as a shortcut can't model them. */
  literal: readonly string[];
  not_modelled: readonly string[];
}

/** One pod's requests. */
export interface ShapeSize {
  cpu_millis: number;
  memory_bytes: number;
  /** In bytes; absent: none. */
  ephemeral_storage_bytes?: number;
  /** Extended resources, in pieces. */
  extended_pieces?: Readonly<Record<string, number>>;
}

/** Pods of one workload without a place. */
export interface Unplaced {
  workload: string;
  pods: number;
  requests: ShapeSize;
  /** Against each node, once the others were placed. */
  blocked_nodes: readonly BlockedNodes[];
}

/** What of the pods asked for finds a place. */
export interface Placement {
  wanted_pods: number;
  placed_pods: number;
  unplaced_pods: number;
  unplaced: readonly Unplaced[];
  literal: readonly string[];
  not_modelled: readonly string[];
}

/** A PodDisruptionBudget in the way of taking nodes away on purpose. */
export interface BudgetInTheWay {
  budget: string;
  evicted_pods: number;
  /** Disruptions it allows now. */
  allowed_pods: number;
  /** True: it lets none go however long one waits. */
  never_allows: boolean;
}

/** One thing that could happen, and what came of it. */
export interface Outcome {
  /** "lose zone eu-1a". */
  scenario: string;
  /** Every pod that has to be somewhere else, or is asked for, has a place, and no budget forbids it for good. */
  fits: boolean;
  /** Pods that were made to move. */
  evicted_pods: number;
  /** Pods asked for beside those that are there. */
  added_pods: number;
  placed_pods: number;
  unplaced_pods: number;
  unplaced: readonly Unplaced[];
  /** DaemonSet and static pods of the nodes that went: they end with their node and need no other place. */
  gone_with_node_pods: number;
  /** Pods without a controller: nobody makes them anew. */
  lost_pods: number;
  budgets: readonly BudgetInTheWay[];
}

export type WhatIf = Outcome & {
  /** The worst first, at most 20; of lose_each_node, lose_each_zone and the batches of upgrade. */
  each?: readonly Outcome[];
  /** Of how many `each` is the worst part, and how many of them hold all pods. */
  cases?: { total_cases: number; surviving_cases: number };
  literal: readonly string[];
  not_modelled: readonly string[];
};

/** Nodes of one type that hold what has no place now. */
export interface NodesToAdd {
  node_type: string;
  /** The fewest found. Never below `lower_bound_nodes`. */
  nodes: number;
  lower_bound_nodes: number;
  nodes_by_zone: Readonly<Record<string, number>>;
  /** exact: it is the lower bound · greedy: the best of several orders · improved: the solver's, above the bound. */
  method: 'none_needed' | 'greedy' | 'improved' | 'exact';
  /** With so many the scheduler's own order places all; it spreads rather than packs. Absent: not even with twice as many. */
  scheduler_nodes?: number;
  /** Pods that fit on the nodes there are. */
  placed_now_pods: number;
  /** Pods that no number of these nodes takes, with what is in the way on an empty one. */
  impossible: readonly Unplaced[];
  literal: readonly string[];
  not_modelled: readonly string[];
}

/** A workload whose requests and use are far apart. */
export interface SizingHint {
  workload: string;
  pods: number;
  resource: 'cpu' | 'memory';
  direction: 'lower' | 'raise';
  /** cpu in millicores, memory in bytes. */
  unit: 'millicores' | 'bytes';
  /** A pod. */
  requested: number;
  /** Of cpu the 95th percentile, of memory the greatest. */
  used: number;
  suggested: number;
  /** What all pods of the workload give back (or take more), in `unit`. */
  total_change: number;
  based_on: 'history' | 'now';
  /** What can go wrong when the hint is followed. */
  risk: string;
}

/** One way to size the nodes that hold what is asked for now. */
export interface NodeSizeOption {
  node_type: string;
  nodes: number;
  lower_bound_nodes: number;
  /** Of what those nodes have in all; percent. */
  requested_cpu_percent: number;
  requested_memory_percent: number;
  /** Pods that go at once when one node does. */
  pods_per_node: number;
  risk: string;
}
