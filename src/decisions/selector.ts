import type { LabelSelector } from '../model/facts.ts';

type Labels = Readonly<Record<string, string>>;
type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

/**
 * Kubernetes label selector semantics: absent selects nothing, empty selects everything, all parts must hold, NotIn and
 * DoesNotExist hold where the label is missing. An operator this code does not know holds: a budget that can't be read fully
 * still protects its pods.
 */
export function matchesLabels(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (!selector) return false;
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labelOf(labels, key) === value) &&
    (selector.matchExpressions ?? []).every(expression => holds(expression, labels))
  );
}

const labelOf = (labels: Labels, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined;

function holds(expression: Expression, labels: Labels): boolean {
  const value = labelOf(labels, expression.key);
  const isListed = value !== undefined && (expression.values ?? []).includes(value);
  switch (expression.operator) {
    case 'In':
      return isListed;
    case 'NotIn':
      return !isListed;
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return true;
  }
}

export type ParsedSelector =
  | { ok: true; selector: LabelSelector }
  | { ok: false; code: 'INPUT_INVALID'; message: string; remedy: string };

const KEY = '((?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)';
const VALUE = '([A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)?';
const EQUALITY = new RegExp(String.raw`^${KEY}\s*(==|=|!=)\s*${VALUE}$`);
const MEMBERSHIP = new RegExp(String.raw`^${KEY}\s+(in|notin)\s*\(([^()]*)\)$`);
const PRESENCE = new RegExp(String.raw`^(!?)\s*${KEY}$`);
const WHOLE_VALUE = new RegExp(`^${VALUE}$`);

/**
 * kubectl's selector text: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, joined by commas that all must
 * hold. The whole text is refused when a part can't be read; an empty text is refused too, leave the selector out instead.
 */
export function parseSelector(text: string): ParsedSelector {
  const expressions: Expression[] = [];
  for (const part of text.split(/,(?![^(]*\))/)) {
    const expression = parsePart(part.trim());
    if (!expression) {
      return {
        ok: false,
        code: 'INPUT_INVALID',
        message: `${JSON.stringify(part.trim())} is not a label requirement`,
        remedy: 'write it as kubectl does: zone=a, tier!=db, zone in (a,b), zone notin (a,b), gpu, !gpu',
      };
    }
    expressions.push(expression);
  }
  return { ok: true, selector: { matchExpressions: expressions } };
}

function parsePart(part: string): Expression | undefined {
  const [, key, sign, value = ''] = EQUALITY.exec(part) ?? [];
  if (key !== undefined) return { key, operator: sign === '!=' ? 'NotIn' : 'In', values: [value] };
  const [, member, relation, list = ''] = MEMBERSHIP.exec(part) ?? [];
  if (member !== undefined) {
    const values = list.split(',').map(item => item.trim());
    const isReadable = list.trim() !== '' && values.every(item => WHOLE_VALUE.test(item));
    return isReadable ? { key: member, operator: relation === 'in' ? 'In' : 'NotIn', values } : undefined;
  }
  const [, negation, present] = PRESENCE.exec(part) ?? [];
  return present === undefined ? undefined : { key: present, operator: negation === '!' ? 'DoesNotExist' : 'Exists' };
}
