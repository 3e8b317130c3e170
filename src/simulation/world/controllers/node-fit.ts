import { asObject, asObjects, at } from '../../kubernetes-api/json.ts';
import type { Amounts } from '../pods.ts';
import { quantityOf } from '../quantity.ts';
import { expressionHolds } from '../selectors.ts';
import type { KubeObject } from '../store.ts';

interface PodLike {
  spec?: unknown;
  [field: string]: unknown;
}

export const taintsOf = (node: KubeObject): Record<string, unknown>[] => asObjects(at(node, 'spec', 'taints'));

/** One toleration against one taint (v1 Toleration.ToleratesTaint). */
export function tolerates(toleration: Record<string, unknown>, taint: Record<string, unknown>): boolean {
  const { effect, key, operator, value } = toleration;
  if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
  if (key !== undefined && key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || (value ?? '') === (taint.value ?? '');
}

/** True when no taint of these effects keeps the pod away. */
export function toleratesTaints(pod: PodLike, node: KubeObject, effects: readonly string[]): boolean {
  const tolerations = asObjects(at(pod, 'spec', 'tolerations'));
  return taintsOf(node)
    .filter(taint => effects.includes(String(taint.effect)))
    .every(taint => tolerations.some(toleration => tolerates(toleration, taint)));
}

/** nodeSelector and required node affinity. */
export function matchesNodeAffinity(pod: PodLike, node: KubeObject): boolean {
  const selector = Object.entries(asObject(at(pod, 'spec', 'nodeSelector')));
  if (!selector.every(([key, value]) => node.metadata.labels?.[key] === value)) return false;
  const required = at(pod, 'spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  return required === undefined || matchesTerms(at(required, 'nodeSelectorTerms'), node);
}

/** Any term of a node selector; in a term, all expressions and fields. */
export function matchesTerms(terms: unknown, node: KubeObject): boolean {
  return asObjects(terms).some(term => {
    const expressions = asObjects(term.matchExpressions);
    const fields = asObjects(term.matchFields);
    if (expressions.length + fields.length === 0) return false;
    return (
      expressions.every(expression => expressionHolds(expression, node.metadata.labels)) &&
      fields.every(field => expressionHolds(field, { 'metadata.name': node.metadata.name }))
    );
  });
}

/** The resources a node is short of for a pod; empty when it fits. */
export function shortages(requests: Amounts, node: KubeObject, used: Amounts): string[] {
  const allocatable = asObject(at(node, 'status', 'allocatable'));
  return Object.entries(requests)
    .filter(
      ([resource, amount]) => amount > 0 && (used[resource] ?? 0) + amount > quantityOf(allocatable[resource]) + 1e-6,
    )
    .map(([resource]) => resource);
}

/** Share of a node's cpu and memory that is requested, the greater of both, with the pod on it. */
export function fullness(requests: Amounts, node: KubeObject, used: Amounts): number {
  const allocatable = asObject(at(node, 'status', 'allocatable'));
  const shares = ['cpu', 'memory'].map(resource => {
    const all = quantityOf(allocatable[resource]);
    return all === 0 ? 1 : ((used[resource] ?? 0) + (requests[resource] ?? 0)) / all;
  });
  return Math.max(...shares);
}

export const isCordoned = (node: KubeObject): boolean => at(node, 'spec', 'unschedulable') === true;
