import type { PodFacts } from '../../model/facts.ts';
import { sortedBy } from '../verdict.ts';
import {
  blockingConstraint,
  type Constraint,
  type FitNode,
  isResource,
  nodeObstacle,
  type Obstacle,
  obstacleCounts,
} from './obstacles.ts';
import type { PodAsk } from './pod-ask.ts';
import { isReplaced, replacedBy } from './replaced.ts';
import { Room } from './room.ts';

export { type PodAsk, podAsks } from './pod-ask.ts';
export { judgeQuotas } from './quotas.ts';

const RULE = 'seed lines 301-303, 678: the cluster’s capacity is checked before a deployment';

/** What the fit never looks at; a workload that asks for more names that too. */
const ALWAYS_LEFT_OUT =
  'preemption, ephemeral storage, pods that wait for a node, and anti-affinity of pods that run already';

export interface FitFacts {
  nodes: readonly FitNode[];
  pods: readonly PodFacts[];
}

/** A workload that does not fit, and the one constraint in its way. */
export interface FitBlock {
  object: string;
  constraint: Constraint;
  wanted: number;
  fits: number;
  message: string;
  remedy: string;
  rule: string;
  /** Nodes by what keeps them from taking (another) one. */
  nodes: readonly { reason: string; nodes: number }[];
}

export interface Fit {
  ok: boolean;
  blocked: readonly FitBlock[];
  /** Where the pods would have room: a proof that there is a place for each, not a forecast of the scheduler's choice. */
  placed: readonly { object: string; nodes: Readonly<Record<string, number>> }[];
  /** What was not looked at. */
  notModelled: readonly string[];
}

const roomsOf = (nodes: readonly FitNode[], pods: readonly PodFacts[]): Room[] =>
  sortedBy(nodes, ({ name }) => name).map(
    node =>
      new Room(
        node,
        pods.filter(pod => pod.nodeName === node.name),
      ),
  );

interface Count {
  room: Room;
  count: number;
  obstacle: Obstacle;
}

const countIn = (ask: PodAsk, room: Room): Count => {
  const obstacle = nodeObstacle(ask, room.node);
  return obstacle === undefined ? { room, ...room.fits(ask) } : { room, count: 0, obstacle };
};

const REMEDIES: Readonly<Record<Constraint, string>> = {
  'no nodes': 'add a node',
  node: 'uncordon or repair nodes, or add one',
  taint: 'add the toleration if it is meant to run there, or add a node without the taint',
  'node selector': 'label nodes, or correct spec.template.spec.nodeSelector',
  'node affinity': 'label nodes, or correct the node affinity',
  'anti-affinity': 'add nodes, lower the replicas, or prefer the anti-affinity instead of requiring it',
  'pod slots': 'add a node, or remove pods',
  memory: 'add a node, or lower the memory requests or the replicas',
  CPU: 'add a node, or lower the CPU requests or the replicas',
};

function blockOf(ask: PodAsk, counts: readonly Count[], wanted: number, beside = ''): FitBlock {
  const fits = counts.reduce((sum, { count }) => sum + count, 0);
  const obstacles = counts.map(({ obstacle }) => obstacle);
  const constraint = blockingConstraint(obstacles);
  const nodes = obstacleCounts(obstacles);
  const why = nodes.map(({ reason, nodes: count }) => `${count} ${reason}`).join(', ') || 'there are none';
  const message = `${ask.object}: ${Math.min(fits, wanted)} of ${wanted} pods fit${beside}; ${constraint} is in the way (of ${counts.length} nodes: ${why})`;
  const after = isResource(constraint) ? '; capacity_forecast says what is left' : '';
  return {
    object: ask.object,
    constraint,
    wanted,
    fits,
    message,
    remedy: REMEDIES[constraint] + after,
    rule: RULE,
    nodes,
  };
}

/** Places the pods one by one on the emptiest node that takes one. `fits` was counted before: there is a place for each. */
function place(ask: PodAsk, counts: readonly Count[], replicas: number): Record<string, number> {
  const taken = new Map<string, number>();
  const open = counts.filter(({ count }) => count > 0).map(({ room, count }) => ({ room, left: count }));
  for (let placed = 0; placed < replicas; placed += 1) {
    const [best] = open.filter(({ left }) => left > 0).sort((a, b) => b.room.share - a.room.share);
    if (best === undefined) break;
    best.left -= 1;
    best.room.add(ask);
    taken.set(best.room.node.name, (taken.get(best.room.node.name) ?? 0) + 1);
  }
  return Object.fromEntries(taken);
}

/** One on each node it may go to; a node that may take one and can't is in the way. */
function placeOnEach(
  ask: PodAsk,
  rooms: readonly Room[],
): { block: FitBlock | undefined; nodes: Record<string, number> } {
  const counts = rooms.filter(({ node }) => nodeObstacle(ask, node) === undefined).map(room => countIn(ask, room));
  const short = counts.filter(({ count }) => count < 1);
  for (const { room, count } of counts) if (count > 0) room.add(ask);
  const placed = counts.filter(({ count }) => count > 0).map(({ room }): [string, number] => [room.node.name, 1]);
  const block = short.length > 0 ? { ...blockOf(ask, short, counts.length), fits: placed.length } : undefined;
  return { block, nodes: Object.fromEntries(placed) };
}

/** The largest first: what is hard to place has to find the most room. */
const sizeOf = ({ requests, replicas }: PodAsk): number =>
  (replicas === 'each-node' ? 1e9 : 1) * (requests.cpuMillis / 1000 + requests.memoryBytes / 2 ** 32);

/**
 * Is there a place for every pod that a manifest asks for (R167, R172)? By requests against what is free, taints and tolerations,
 * Ready, cordons, nodeSelector, required node affinity and required anti-affinity on the node. The pods that a workload has already
 * are replaced by the new ones; where a rolling update removes none of them first, one new pod must fit beside them.
 *
 * Exact for one workload. Of several, each is placed after the larger ones: `ok` is a proof that all fit, while a tight `blocked`
 * might still fit in another order. `notModelled` says what was not looked at.
 */
export function judgeFit(asks: readonly PodAsk[], { nodes, pods }: FitFacts): Fit {
  const before = roomsOf(nodes, pods);
  const blocked: FitBlock[] = [];
  const placed: { object: string; nodes: Record<string, number> }[] = [];
  for (const ask of asks) {
    if (!ask.surgesFirst || replacedBy(ask, pods).length === 0) continue;
    const counts = before.map(room => countIn(ask, room));
    if (counts.every(({ count }) => count === 0)) blocked.push(blockOf(ask, counts, 1, ' beside the old ones'));
  }
  const rooms = roomsOf(
    nodes,
    pods.filter(pod => !asks.some(ask => isReplaced(ask, pod))),
  );
  for (const ask of [...asks].sort((a, b) => sizeOf(b) - sizeOf(a))) {
    if (ask.replicas === 'each-node') {
      const { block, nodes: taken } = placeOnEach(ask, rooms);
      if (block) blocked.push(block);
      placed.push({ object: ask.object, nodes: taken });
      continue;
    }
    const counts = rooms.map(room => countIn(ask, room));
    const fits = counts.reduce((sum, { count }) => sum + count, 0);
    if (fits < ask.replicas) blocked.push(blockOf(ask, counts, ask.replicas));
    placed.push({ object: ask.object, nodes: place(ask, counts, ask.replicas) });
  }
  const own = asks.flatMap(({ object, notModelled }) => notModelled.map(what => `${object}: ${what}`));
  return { ok: blocked.length === 0, blocked, placed, notModelled: [...own, ALWAYS_LEFT_OUT] };
}
