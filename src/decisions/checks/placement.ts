import type { BudgetFacts, ClusterFacts, NodeFacts, PodFacts } from '../../model/facts.ts';
import { allowedNow, budgetName, budgetsOf, isFinished, podName } from '../budgets.ts';
import { nameSome, sortedBy } from '../verdict.ts';
import { type Check, headlineOf, issueOf } from './check.ts';

/** Workers further apart than this are worth moving pods for; moving costs each pod a restart. */
const SKEW_POINTS = 20;
const MOVES_MAX = 20;

export interface Move {
  pod: string;
  from: string;
  to: string;
}

const takesPods = (node: NodeFacts): boolean =>
  node.role === 'worker' &&
  node.ready === true &&
  !node.unschedulable &&
  !(node.taints ?? []).some(({ effect }) => effect !== 'PreferNoSchedule');

/** A Deployment's pod without data of its own: another one like it may run anywhere. */
const isMovable = (pod: PodFacts): boolean =>
  pod.controller?.kind === 'ReplicaSet' &&
  pod.isReady &&
  !pod.isMirror &&
  !pod.hasLocalVolume &&
  !pod.hasEmptyDir &&
  pod.terminatingSince === undefined;

type Load = { cpu: number; memory: number };

/** The fuller of CPU and memory, by requests, in percent of allocatable. */
const fullness = (load: Load): number => Math.max(load.cpu, load.memory);

const shareOf = ({ requests }: PodFacts, { allocatable }: NodeFacts): Load => ({
  cpu: (100 * requests.cpuMillis) / Math.max(1, allocatable.cpuMillis),
  memory: (100 * requests.memoryBytes) / Math.max(1, allocatable.memoryBytes),
});

/**
 * Evictions that would even out the workers, most useful first: each leaves the fullest node for one that stays below it, within
 * every budget as it is now. A plan only: nothing is evicted (ledger R128).
 */
export function planMoves(facts: ClusterFacts): { moves: Move[]; before: number; after: number } {
  const nodes = facts.nodes.filter(takesPods);
  const load = new Map(nodes.map(node => [node.name, loadOf(node, facts.pods)]));
  const allowed = new Map(facts.budgets.map(budget => [budgetName(budget), allowedNow(budget)]));
  const moved = new Set<string>();
  const moves: Move[] = [];
  const highest = (): number => Math.max(0, ...[...load.values()].map(fullness));
  const before = highest();
  while (moves.length < MOVES_MAX) {
    const move = bestMove({ facts, nodes, load, allowed, moved });
    if (!move) break;
    const { pod, from, to } = move;
    shift(load, pod, from, -1);
    shift(load, pod, to, 1);
    for (const budget of budgetsOf(pod, facts.budgets)) spend(allowed, budget);
    moved.add(pod.uid);
    moves.push({ pod: podName(pod), from: from.name, to: to.name });
  }
  return { moves, before: round(before), after: round(highest()) };
}

const round = (value: number): number => Math.round(value * 10) / 10;

interface Balance {
  facts: ClusterFacts;
  nodes: readonly NodeFacts[];
  load: Map<string, Load>;
  allowed: Map<string, number>;
  moved: ReadonlySet<string>;
}

const spend = (allowed: Map<string, number>, budget: BudgetFacts): void => {
  allowed.set(budgetName(budget), (allowed.get(budgetName(budget)) ?? 0) - 1);
};

function shift(load: Map<string, Load>, pod: PodFacts, node: NodeFacts, sign: 1 | -1): void {
  const share = shareOf(pod, node);
  const now = load.get(node.name) ?? { cpu: 0, memory: 0 };
  load.set(node.name, { cpu: now.cpu + sign * share.cpu, memory: now.memory + sign * share.memory });
}

function loadOf(node: NodeFacts, pods: readonly PodFacts[]): Load {
  const own = pods.filter(pod => pod.nodeName === node.name && !isFinished(pod)).map(pod => shareOf(pod, node));
  return {
    cpu: own.reduce((sum, { cpu }) => sum + cpu, 0),
    memory: own.reduce((sum, { memory }) => sum + memory, 0),
  };
}

function bestMove({ facts, nodes, load, allowed, moved }: Balance) {
  const fullnessOf = (node: NodeFacts): number => fullness(load.get(node.name) ?? { cpu: 0, memory: 0 });
  const byFullness = nodes.toSorted((one, other) => fullnessOf(other) - fullnessOf(one));
  const [from, to] = [byFullness[0], byFullness.at(-1)];
  if (!from || !to || from === to || fullnessOf(from) - fullnessOf(to) <= SKEW_POINTS) return undefined;
  const candidates = sortedBy(
    facts.pods.filter(
      pod =>
        pod.nodeName === from.name &&
        isMovable(pod) &&
        !moved.has(pod.uid) &&
        budgetsOf(pod, facts.budgets).every(budget => (allowed.get(budgetName(budget)) ?? 0) > 0),
    ),
    podName,
  );
  const resulting = (pod: PodFacts): number => {
    const share = shareOf(pod, to);
    const now = load.get(to.name) ?? { cpu: 0, memory: 0 };
    return fullness({ cpu: now.cpu + share.cpu, memory: now.memory + share.memory });
  };
  const useful = candidates.filter(pod => fullness(shareOf(pod, from)) > 0 && resulting(pod) < fullnessOf(from));
  const pod = useful.toSorted((one, other) => fullness(shareOf(other, from)) - fullness(shareOf(one, from)))[0];
  return pod && { pod, from, to };
}

/** How evenly the workers are asked of, and what would even them out (ledger R128). */
export function checkRebalancing(facts: ClusterFacts): Check {
  const { moves, before, after } = planMoves(facts);
  const issues =
    moves.length > 0
      ? [
          issueOf(
            'info',
            'R128: rebalancing',
            'workers',
            `${moves.length} pods moved would take the fullest worker from ${before}% to ${after}% of its requests`,
          ),
        ]
      : [];
  return {
    issues,
    headline: moves.length > 0 ? `${moves.length} pods could move` : 'workers are even',
    figures: { fullest_percent: before, fullest_after_percent: after, moves, dry_run: true },
  };
}

/** Where replicas are: all of a workload on one node go with it (ledger R129). */
export function checkPlacement(facts: ClusterFacts): Check {
  const rule = 'R129: pod placement';
  const workloads = new Map<string, PodFacts[]>();
  for (const pod of facts.pods.filter(one => !isFinished(one) && one.nodeName !== undefined)) {
    const { controller } = pod;
    if (!controller || (controller.kind !== 'ReplicaSet' && controller.kind !== 'StatefulSet')) continue;
    workloads.set(controller.uid, [...(workloads.get(controller.uid) ?? []), pod]);
  }
  const hosts = facts.nodes.filter(takesPods).length;
  const together = [...workloads.values()].filter(
    pods => pods.length > 1 && hosts > 1 && new Set(pods.map(({ nodeName }) => nodeName)).size === 1,
  );
  const misplaced = facts.pods.filter(pod => {
    const node = facts.nodes.find(({ name }) => name === pod.nodeName);
    return (
      node?.role === 'control-plane' &&
      !pod.isMirror &&
      pod.controller?.kind === 'ReplicaSet' &&
      pod.namespace !== 'kube-system'
    );
  });
  const issues = [
    ...together.map(pods => {
      const [first] = pods;
      const name = `${first?.namespace}/${first?.controller?.name}`;
      return issueOf(
        'warning',
        rule,
        name,
        `all ${pods.length} replicas of ${name} are on ${first?.nodeName}: spread them`,
      );
    }),
    ...(misplaced.length > 0
      ? [
          issueOf(
            'info',
            rule,
            'control plane',
            `${misplaced.length} pods run on control plane nodes: ${nameSome(misplaced.map(podName))}`,
          ),
        ]
      : []),
  ];
  return {
    issues,
    headline: headlineOf(`${workloads.size - together.length} of ${workloads.size} workloads spread`, issues),
    figures: { workloads: workloads.size, on_one_node: together.length, on_control_plane: misplaced.length },
  };
}
