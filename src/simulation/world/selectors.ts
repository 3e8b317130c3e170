import { asList, asObject, asObjects, at } from '../kubernetes-api/json.ts';

type Labels = Readonly<Record<string, string>> | undefined;

/** One expression of a label selector or of a node selector term (which adds Gt and Lt). */
export function expressionHolds(expression: Record<string, unknown>, labels: Labels): boolean {
  const value = labels?.[String(expression.key)];
  const values = asList(expression.values);
  switch (expression.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

type Matcher = (labels: Labels) => boolean;

const matchers = new WeakMap<object, Matcher>();

function matcherOf(selector: object): Matcher {
  const known = matchers.get(selector);
  if (known !== undefined) return known;
  const wanted = Object.entries(asObject(at(selector, 'matchLabels')));
  const expressions = asObjects(at(selector, 'matchExpressions'));
  const matcher: Matcher = labels =>
    wanted.every(([key, value]) => labels?.[key] === value) &&
    expressions.every(expression => expressionHolds(expression, labels));
  matchers.set(selector, matcher);
  return matcher;
}

/** A LabelSelector; an empty one selects everything, an absent one nothing. */
export const selects = (selector: unknown, labels: Labels): boolean =>
  typeof selector === 'object' && selector !== null && matcherOf(selector)(labels);
