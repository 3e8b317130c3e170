/**
 * kube-scheduler as its documentation has it, pod by pod and node by node, with nothing remembered between pods: what placement is
 * judged by. It knows only the operators that `random-fleet.ts` draws, and counts every pod anew for every question.
 */
import type { HostedPods, PlacementNode, PodShape, PodTerm } from '../../../src/decisions/placement/shape.ts';
import type { LabelSelector } from '../../../src/model/facts.ts';
import { ZONE } from './random-fleet.ts';

export interface Bound {
  shape: PodShape;
  node: PlacementNode;
}

/** Pods that are on nodes already, each by itself. */
export const boundOf = (hosted: readonly HostedPods[], nodes: readonly PlacementNode[]): Bound[] =>
  hosted.flatMap(({ shape, nodeName, pods }) => {
    const node = nodes.find(({ name }) => name === nodeName);
    return node === undefined ? [] : Array.from({ length: pods }, () => ({ shape, node }));
  });

const selects = (selector: LabelSelector | undefined, labels: Readonly<Record<string, string>>): boolean =>
  selector !== undefined &&
  Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
  (selector.matchExpressions ?? []).every(({ key, values }) => (values ?? []).includes(labels[key] ?? ''));

const termSelects = (term: PodTerm, shape: PodShape): boolean =>
  (term.namespaces === 'all' || term.namespaces.includes(shape.namespace)) && selects(term.selector, shape.labels);

const isTolerated = (shape: PodShape, { taints }: PlacementNode): boolean =>
  (taints ?? []).every(
    taint =>
      taint.effect === 'PreferNoSchedule' ||
      shape.tolerations.some(one => one.operator === 'Exists' && (one.key === '' || one.key === taint.key)),
  );

const isSelected = (shape: PodShape, { labels }: PlacementNode): boolean =>
  Object.entries(shape.nodeSelector).every(([key, value]) => labels[key] === value) &&
  (shape.nodeTerms === undefined || shape.nodeTerms.some(term => zonesOf(term).includes(labels[ZONE] ?? '')));

/** Of a node term "zone In [...]". */
const zonesOf = (term: object): unknown[] =>
  (term as { matchExpressions: { values: unknown[] }[] }).matchExpressions[0]?.values ?? [];

const used = (bound: readonly Bound[], node: PlacementNode, resource: string): number =>
  bound.filter(one => one.node === node).reduce((sum, { shape }) => sum + (shape.requests[resource] ?? 0), 0);

function hasRoom(shape: PodShape, node: PlacementNode, bound: readonly Bound[]): boolean {
  const there = bound.filter(one => one.node === node);
  if (there.length + 1 > (node.allocatable.pods ?? 0)) return false;
  const ports = there.flatMap(one => one.shape.hostPorts.map(({ port }) => port));
  if (shape.hostPorts.some(({ port }) => ports.includes(port))) return false;
  return Object.entries(shape.requests).every(
    ([resource, amount]) => used(bound, node, resource) + amount <= (node.allocatable[resource] ?? 0),
  );
}

function isSpread(
  shape: PodShape,
  node: PlacementNode,
  nodes: readonly PlacementNode[],
  bound: readonly Bound[],
): boolean {
  return shape.spread.every(({ topologyKey, selector, maxSkew, minDomains, honorsAffinity, honorsTaints }) => {
    const value = node.labels[topologyKey];
    if (value === undefined) return false;
    const counted = nodes.filter(
      one =>
        shape.spread.every(other => one.labels[other.topologyKey] !== undefined) &&
        (!honorsAffinity || isSelected(shape, one)) &&
        (!honorsTaints || isTolerated(shape, one)),
    );
    const counts = new Map(counted.map(one => [one.labels[topologyKey], 0]));
    for (const { shape: other, node: where } of bound) {
      if (!counted.includes(where) || other.namespace !== shape.namespace || !selects(selector, other.labels)) continue;
      const domain = where.labels[topologyKey];
      counts.set(domain, (counts.get(domain) ?? 0) + 1);
    }
    const least = counts.size === 0 || counts.size < minDomains ? 0 : Math.min(...counts.values());
    const own = selects(selector, shape.labels) ? 1 : 0;
    return (counts.get(value) ?? 0) + own - least <= maxSkew;
  });
}

function isTogether(shape: PodShape, node: PlacementNode, bound: readonly Bound[]): boolean {
  const shares = (other: PlacementNode, key: string): boolean =>
    node.labels[key] !== undefined && other.labels[key] === node.labels[key];
  const isApart =
    shape.antiAffinity.every(
      term => !bound.some(one => termSelects(term, one.shape) && shares(one.node, term.topologyKey)),
    ) &&
    bound.every(one =>
      one.shape.antiAffinity.every(term => !(termSelects(term, shape) && shares(one.node, term.topologyKey))),
    );
  if (!isApart || shape.affinity.length === 0) return isApart;
  const fitting = bound.filter(one => shape.affinity.every(term => termSelects(term, one.shape)));
  // A pod whose domain lacks the label of a term counts for none.
  const counting = shape.affinity.some(term => fitting.some(one => one.node.labels[term.topologyKey] !== undefined));
  const isFirst = !counting && shape.affinity.every(term => termSelects(term, shape));
  return shape.affinity.every(
    ({ topologyKey }) =>
      node.labels[topologyKey] !== undefined && (isFirst || fitting.some(one => shares(one.node, topologyKey))),
  );
}

function score(shape: PodShape, node: PlacementNode, bound: readonly Bound[]): number {
  const share = (resource: string): number => {
    const all = node.allocatable[resource] ?? 0;
    return all <= 0 ? 1 : Math.min(1, (used(bound, node, resource) + (shape.requests[resource] ?? 0)) / all);
  };
  const [cpu, memory] = [share('cpu'), share('memory')];
  return 2 - (cpu + memory) / 2 - Math.abs(cpu - memory) / 2;
}

/** The nodes that take one more pod. */
export const fitting = (shape: PodShape, nodes: readonly PlacementNode[], bound: readonly Bound[]): PlacementNode[] =>
  nodes.filter(
    node =>
      node.ready === true &&
      !node.unschedulable &&
      isTolerated(shape, node) &&
      isSelected(shape, node) &&
      shape.volumeTerms.every(terms => terms.some(term => zonesOf(term).includes(node.labels[ZONE] ?? ''))) &&
      hasRoom(shape, node, bound) &&
      isSpread(shape, node, nodes, bound) &&
      isTogether(shape, node, bound),
  );

/** Binds one pod, on the first of the nodes with the best score; false when none takes it. */
export function bindOne(shape: PodShape, nodes: readonly PlacementNode[], bound: Bound[]): boolean {
  let best: { node: PlacementNode; score: number } | undefined;
  for (const node of fitting(shape, nodes, bound)) {
    const own = score(shape, node, bound);
    if (best === undefined || own > best.score) best = { node, score: own };
  }
  if (best !== undefined) bound.push({ shape, node: best.node });
  return best !== undefined;
}
