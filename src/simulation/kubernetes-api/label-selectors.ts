import { asList, asText, isObject } from './json.ts';
import { badRequest } from './status.ts';

type Labels = Readonly<Record<string, string>>;
export type LabelMatch = (labels: Labels | undefined) => boolean;

interface Requirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  values: readonly string[];
}

const KEY = /^([A-Za-z0-9]([-A-Za-z0-9.]{0,251}[A-Za-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

function meets(requirement: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  const wanted = requirement.values;
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && wanted.includes(value);
    case 'NotIn':
      return value === undefined || !wanted.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(wanted[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(wanted[0]);
  }
}

/** Text of a selector cut at commas that are not inside parentheses. */
function terms(selector: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < selector.length; index += 1) {
    const char = selector[index];
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (char !== ',' || depth !== 0) continue;
    found.push(selector.slice(start, index));
    start = index + 1;
  }
  return [...found, selector.slice(start)].map(term => term.trim());
}

function readTerm(term: string): Requirement {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(term);
  if (set !== null) {
    const values = (set[3] ?? '').split(',').map(value => value.trim());
    return { key: set[1] ?? '', operator: set[2] === 'in' ? 'In' : 'NotIn', values };
  }
  const absent = /^!\s*(\S+)$/.exec(term);
  if (absent !== null) return { key: absent[1] ?? '', operator: 'DoesNotExist', values: [] };
  const compared = /^([^\s=!<>]+)\s*(==|=|!=|>|<)\s*(\S*)$/.exec(term);
  if (compared === null) return { key: term, operator: 'Exists', values: [] };
  const operator = ({ '!=': 'NotIn', '>': 'Gt', '<': 'Lt' } as const)[compared[2] ?? ''] ?? 'In';
  return { key: compared[1] ?? '', operator, values: [compared[3] ?? ''] };
}

function requireWellFormed(requirement: Requirement): void {
  if (!KEY.test(requirement.key))
    throw badRequest(
      `unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(requirement.key)}: name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
    );
  for (const value of requirement.values) {
    const isNumber = /^-?\d+$/.test(value);
    const fits = requirement.operator === 'Gt' || requirement.operator === 'Lt' ? isNumber : VALUE.test(value);
    if (!fits)
      throw badRequest(
        `unable to parse requirement: values[0][${requirement.key}]: Invalid value: ${JSON.stringify(value)}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
      );
  }
}

/** Reads a `labelSelector` parameter (equality and set terms). Throws 400. */
export function parseLabelSelector(selector: string | null): LabelMatch {
  if (selector === null || selector.trim() === '') return () => true;
  const requirements = terms(selector).map(readTerm);
  requirements.forEach(requireWellFormed);
  return labels => requirements.every(requirement => meets(requirement, labels ?? {}));
}

const OPERATORS: readonly string[] = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/**
 * Reads a LabelSelector object (matchLabels, matchExpressions). Undefined when it is absent, empty or not valid: the
 * caller says what that matches.
 */
export function readLabelSelector(selector: unknown): LabelMatch | undefined {
  if (!isObject(selector)) return undefined;
  const requirements: Requirement[] = [];
  if (isObject(selector.matchLabels)) {
    for (const [key, value] of Object.entries(selector.matchLabels))
      requirements.push({ key, operator: 'In', values: [asText(value)] });
  }
  for (const expression of asList(selector.matchExpressions)) {
    if (!isObject(expression) || !OPERATORS.includes(asText(expression.operator))) return undefined;
    const operator = expression.operator as Requirement['operator'];
    requirements.push({ key: asText(expression.key), operator, values: asList(expression.values).map(v => asText(v)) });
  }
  if (requirements.length === 0) return undefined;
  return labels => requirements.every(requirement => meets(requirement, labels ?? {}));
}

/** A LabelSelector's matchLabels and expressions as `scale.status.selector` text. */
export function selectorText(selector: unknown): string {
  if (!isObject(selector)) return '';
  const labels = isObject(selector.matchLabels) ? Object.entries(selector.matchLabels) : [];
  const expressions = asList(selector.matchExpressions).filter(isObject);
  const sets = expressions.map(({ key, operator, values }) => {
    if (operator === 'Exists') return asText(key);
    if (operator === 'DoesNotExist') return `!${asText(key)}`;
    return `${asText(key)} ${operator === 'In' ? 'in' : 'notin'} (${asList(values).join(',')})`;
  });
  return [...labels.map(([key, value]) => `${key}=${asText(value)}`), ...sets].sort().join(',');
}
