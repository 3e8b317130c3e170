import type { NodeFacts, NodeTaint } from '../../model/facts.ts';
import { type JsonObject, objectsAt, textAt, textsAt } from '../manifest/json.ts';

export interface Toleration {
  /** '' matches every key. */
  key: string;
  operator: string;
  value: string;
  /** '' matches every effect. */
  effect: string;
}

/** core/v1 Toleration.ToleratesTaint; an operator that is not known tolerates nothing. */
export function tolerates({ key, operator, value, effect }: Toleration, taint: NodeTaint): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return operator === 'Equal' && key !== '' && value === taint.value;
}

/** The first taint that keeps a pod away (PreferNoSchedule only discourages); undefined when none does. */
export const hinderingTaint = (
  tolerations: readonly Toleration[],
  taints: readonly NodeTaint[],
): NodeTaint | undefined =>
  taints.find(
    taint => taint.effect !== 'PreferNoSchedule' && !tolerations.some(toleration => tolerates(toleration, taint)),
  );

function holds(expression: JsonObject, values: Readonly<Record<string, string>>): boolean {
  const key = textAt(expression, 'key') ?? '';
  const value = Object.hasOwn(values, key) ? values[key] : undefined;
  const listed = textsAt(expression, 'values');
  const [bound = Number.NaN] = listed.map(Number);
  switch (textAt(expression, 'operator')) {
    case 'In':
      return value !== undefined && listed.includes(value);
    case 'NotIn':
      return value === undefined || !listed.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > bound;
    case 'Lt':
      return value !== undefined && Number(value) < bound;
    default:
      return false;
  }
}

/** Any of the terms; in a term all expressions and fields; an empty term matches nothing (core/v1 NodeSelector). */
export function matchesTerms(terms: readonly JsonObject[], node: Pick<NodeFacts, 'name' | 'labels'>): boolean {
  return terms.some(term => {
    const expressions = objectsAt(term, 'matchExpressions');
    const fields = objectsAt(term, 'matchFields');
    if (expressions.length + fields.length === 0) return false;
    return (
      expressions.every(expression => holds(expression, node.labels)) &&
      fields.every(field => holds(field, { 'metadata.name': node.name }))
    );
  });
}
