import type { Headroom } from './answers.ts';
import { blockedNodes, commonestFirst, sizeOf } from './blockers.ts';
import type { Domains } from './counter.ts';
import type { Spread } from './counters.ts';
import type { Fleet, PodClass } from './fleet.ts';
import { caveats } from './place-pods.ts';
import { fitByResources, roomOf } from './room.ts';
import { schedule } from './schedule.ts';
import type { PodShape } from './shape.ts';

/** What the pods of a class change for each other as they come. */
interface Own {
  /** One to a node of those with the label: they bar each other there. */
  oneANode: readonly Domains[];
  /** One to a domain: they bar each other there. */
  oneADomain: readonly Domains[];
  spreads: readonly Spread[];
  /** The first decides where the others go. */
  isGathered: boolean;
}

function ownOf({ bars, moves, spreads, needs, needsOwn }: PodClass): Own {
  const mutual = bars.map(({ counter }) => counter).filter(counter => moves.includes(counter));
  // The pods a term selects and those that own it are the same here, of one label.
  const apart = [...new Set(mutual.map(({ domains }) => domains))];
  return {
    oneANode: apart.filter(({ isPerNode }) => isPerNode),
    oneADomain: apart.filter(({ isPerNode }) => !isPerNode),
    spreads: spreads.filter(({ own }) => own === 1),
    isGathered: needs.length > 0 && needsOwn && needs.every(({ total }) => total === 0),
  };
}

/** Pods by domain, filled up to `room` with none more than maxSkew above the least of the domains there are. */
function levelled({ counter, maxSkew, minDomains }: Spread, room: Float64Array): Float64Array {
  let [least, found] = [Number.POSITIVE_INFINITY, 0];
  counter.counts.forEach((count, domain) => {
    if ((counter.present[domain] ?? 0) === 0) return;
    found += 1;
    least = Math.min(least, count + (room[domain] ?? 0));
  });
  const level = (found === 0 || found < minDomains ? 0 : least) + maxSkew;
  return room.map((pods, domain) => Math.min(pods, Math.max(0, level - (counter.counts[domain] ?? 0))));
}

const sum = (pods: Float64Array): number => pods.reduce((total, one) => total + one, 0);

const named = (domains: Domains, pods: Float64Array): Record<string, number> =>
  Object.fromEntries(domains.names.map((name, domain) => [name, pods[domain] ?? 0]));

/** Placed one by one until none fits: for what the closed form is not made for. */
function byPlacing(fleet: Fleet, known: PodClass): Pick<Headroom, 'pods' | 'pods_by_zone' | 'blocked_nodes'> {
  const mark = fleet.mark;
  const pods = schedule(fleet, known, Number.MAX_SAFE_INTEGER);
  const byZone = new Float64Array(fleet.zones.names.length);
  fleet.eachChangeSince(mark, node => {
    const zone = fleet.zones.of[node] ?? -1;
    if (zone >= 0) byZone[zone] = (byZone[zone] ?? 0) + 1;
  });
  const blocked = blockedNodes(fleet, known);
  fleet.rollback(mark);
  return { pods, pods_by_zone: named(fleet.zones, byZone), blocked_nodes: blocked };
}

/** In closed form (cluster-capacity's question, without a cycle of the scheduler for each pod); undefined where it does not hold. */
function inClosedForm(fleet: Fleet, known: PodClass) {
  const { oneANode, oneADomain, spreads, isGathered } = ownOf(known);
  const [apart, spread] = [oneADomain[0], spreads[0]];
  if (isGathered || oneADomain.length + spreads.length > 1) return undefined;
  const domains = spread?.counter.domains ?? apart ?? fleet.zones;
  const room = roomOf(fleet, known, oneANode, domains);
  const { byDomain } = room;
  const filled = spread ? levelled(spread, byDomain) : apart ? byDomain.map(pods => Math.min(1, pods)) : byDomain;
  // A node without the label can't be spread over.
  const isLimited = (domain: number): boolean =>
    domain < 0 ? spread !== undefined : (filled[domain] ?? 0) < (byDomain[domain] ?? 0);
  const limit = spread ? 'topology spread' : 'anti-affinity';
  const blocked = room.blocked(isLimited, limit);
  const pods = sum(filled) + (spread ? 0 : room.elsewhere);
  const own = commonestFirst(blocked);
  for (const [obstacle, nodes] of known.verdict.obstacles) blocked.set(obstacle, (blocked.get(obstacle) ?? 0) + nodes);
  return {
    pods,
    naive: room.naive,
    pods_by_zone: domains.key === fleet.zones.key ? named(domains, filled) : {},
    binding: byDomain.some((_, domain) => isLimited(domain)) ? own.find(({ blocker }) => blocker === limit) : own[0],
    blocked_nodes: commonestFirst(blocked),
  };
}

/**
 * How many more pods of a shape there is room for, what ends it, and what a mere sum of what is free would say. A pod goes to a node
 * min ⌊free / request⌋ times; with one spread constraint zones fill up to the least one plus maxSkew. Several constraints whose pods
 * count for each other, and pods that gather where the first one goes, are placed one by one.
 */
export function headroom(fleet: Fleet, shape: PodShape): Headroom {
  const known = fleet.classOf(shape);
  const closed = inClosedForm(fleet, known);
  const placed = closed === undefined ? byPlacing(fleet, known) : undefined;
  const { pods, pods_by_zone, blocked_nodes } = closed ?? placed ?? { pods: 0, pods_by_zone: {}, blocked_nodes: [] };
  const binding = closed?.binding ?? blocked_nodes[0];
  return {
    workload: shape.workload,
    requests: sizeOf(shape.requests),
    pods,
    naive_pods: closed?.naive ?? fitByResources(fleet, known),
    ...(binding !== undefined && { binding }),
    blocked_nodes,
    pods_by_zone,
    method: closed === undefined ? 'placed' : 'closed_form',
    ...caveats(fleet, [known]),
  };
}
