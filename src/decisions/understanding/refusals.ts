/** Wishes that no procedure answers, whoever has them. */
import { dangers } from './lexicon/dangers.ts';
import type { DangerRule } from './lexicon/shapes.ts';
import type { Understanding } from './model.ts';
import { conceptsOf, fits, groupsOf, type Request } from './request.ts';

type Refusal = Extract<Understanding, { outcome: 'refused' }>;

const hasOne = (list: string, concepts: ReadonlySet<string>): boolean =>
  list.split(' ').some(concept => concepts.has(concept));

/** The groups of the pattern in this order, each within `near` words of the one before. */
function standNear(pattern: string, near: number, request: Request): boolean {
  const [first, second] = groupsOf(pattern);
  if (first === undefined || second === undefined) return false;
  const isOf = (group: readonly string[], at: number): boolean => {
    const item = request.items[at];
    return item !== undefined && conceptsOf(item).some(concept => group.includes(concept));
  };
  return request.items.some(
    (_, at) =>
      isOf(first, at) &&
      Array.from({ length: near }, (_unused, step) => at + step + 1).some(other => isOf(second, other)),
  );
}

function applies({ pattern, near, unless }: DangerRule, request: Request): boolean {
  if (unless !== undefined && hasOne(unless, request.concepts)) return false;
  return near === undefined ? fits(groupsOf(pattern), request.concepts) : standNear(pattern, near, request);
}

const WISH_UNSURE = 'negation condition asks past undoing';
const usesNegation = ({ pattern }: DangerRule): boolean => pattern.includes('negation') || pattern.includes('bypass');

/** An attempt to be given authority by words: looked for wherever words stand. */
export function takeoverIn(request: Request): Refusal | undefined {
  const rule = dangers.find(each => each.everywhere === true && applies(each, request));
  return rule && { outcome: 'refused', reason: rule.reason, rule: rule.rule };
}

/**
 * The first rule the request goes against; `isWished` false where it only asks about it or says "not": then nothing is planned, but
 * neither is anybody accused.
 */
export function dangerIn(request: Request): { refusal: Refusal; isWished: boolean } | undefined {
  const rule = dangers.find(each => applies(each, request));
  if (rule === undefined) return undefined;
  const unsure = usesNegation(rule) ? 'asks' : WISH_UNSURE;
  const isWished = rule.always === true || !hasOne(unsure, request.concepts);
  return { refusal: { outcome: 'refused', reason: rule.reason, rule: rule.rule }, isWished };
}
