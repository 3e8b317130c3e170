import type { NodeFacts } from '../../model/facts.ts';
import { groupedBy } from '../verdict.ts';
import { hinderingTaint, matchesTerms } from './node-match.ts';
import type { PodAsk } from './pod-ask.ts';

/** What keeps pods from a node, in the order it is looked at: the later, the nearer the node came to taking one. */
export const constraints = [
  'no nodes',
  'node',
  'taint',
  'node selector',
  'node affinity',
  'anti-affinity',
  'pod slots',
  'memory',
  'CPU',
] as const;
export type Constraint = (typeof constraints)[number];

export interface Obstacle {
  constraint: Constraint;
  /** In words, for a person. */
  reason: string;
}

const UNSCHEDULABLE = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

/** The part of a node that is looked at. */
export type FitNode = Pick<NodeFacts, 'name' | 'labels' | 'taints' | 'ready' | 'unschedulable' | 'allocatable'>;

/** Why a node takes no pod of this workload, however empty it is; undefined when it may. What is not known counts against it. */
export function nodeObstacle(
  ask: Pick<PodAsk, 'tolerations' | 'nodeSelector' | 'nodeTerms'>,
  node: Omit<FitNode, 'allocatable'>,
): Obstacle | undefined {
  if (node.ready !== true) return { constraint: 'node', reason: 'not Ready' };
  if (node.taints === undefined) return { constraint: 'node', reason: 'taints not known' };
  if (node.unschedulable && hinderingTaint(ask.tolerations, [UNSCHEDULABLE]) !== undefined)
    return { constraint: 'node', reason: 'cordoned' };
  const others = node.taints.filter(({ key }) => key !== UNSCHEDULABLE.key);
  const taint = hinderingTaint(ask.tolerations, others);
  if (taint !== undefined) return { constraint: 'taint', reason: `taint ${taint.key}:${taint.effect}` };
  const selected = Object.entries(ask.nodeSelector);
  if (!selected.every(([key, value]) => Object.hasOwn(node.labels, key) && node.labels[key] === value))
    return { constraint: 'node selector', reason: 'node selector does not match' };
  if (ask.nodeTerms !== undefined && !matchesTerms(ask.nodeTerms, node))
    return { constraint: 'node affinity', reason: 'node affinity does not match' };
  return undefined;
}

/** The constraint that, lifted, would help most: of those that the nodes came furthest to, the commonest. */
export function blockingConstraint(obstacles: readonly Obstacle[]): Constraint {
  const rank = (constraint: Constraint): number =>
    isResource(constraint) ? constraints.length : constraints.indexOf(constraint);
  const furthest = Math.max(...obstacles.map(({ constraint }) => rank(constraint)));
  const nearest = obstacles.filter(({ constraint }) => rank(constraint) === furthest);
  const [first] = groupedBy(nearest, ({ constraint }) => constraint).sort((a, b) => b[1].length - a[1].length);
  return first?.[0] ?? 'no nodes';
}

export const isResource = (constraint: Constraint): boolean => ['pod slots', 'memory', 'CPU'].includes(constraint);

/** "3 insufficient CPU, 2 cordoned", the commonest first. */
export const obstacleCounts = (obstacles: readonly Obstacle[]): { reason: string; nodes: number }[] =>
  groupedBy(obstacles, ({ reason }) => reason)
    .map(([reason, all]) => ({ reason, nodes: all.length }))
    .sort((a, b) => b.nodes - a.nodes);
