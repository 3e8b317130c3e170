/** A request as the procedures are compared with it: its items, the concepts among them and its mood. */
import { type Item, recognise } from './items.ts';
import type { FamilyRule } from './lexicon/shapes.ts';
import { silentConcepts } from './lexicon.ts';
import type { KnownWorld } from './model.ts';
import { type Names, namesOf } from './names.ts';
import { readText } from './text.ts';

/** Longer requests are asked to be said shorter: a plan follows from a sentence, not from a document. */
const ITEMS_MAX = 120;
const CHARACTERS_MAX = 4000;
const MARKS = ',.!:;\'"()\n-…?¿¡&`«»„“”';
const HARMLESS_MARKS = new Set(Array.from(MARKS));
const LOOKS = ['check', 'monitor', 'analyze', 'investigate', 'expose', 'get', 'asks'];
const VALUE_CONCEPTS: Partial<Record<Item['kind'], string>> = {
  version: 'version_number',
  number: 'number',
  address: 'address',
  snapshot: 'snapshot_file',
  month: 'month',
};

export interface Request {
  items: readonly Item[];
  concepts: ReadonlySet<string>;
  world: KnownWorld;
  /** Asked, not told: "should we …", "what happens if …?". A polite "could you …?" is told. */
  isAsked: boolean;
  isDisguised: boolean;
  isTooLong: boolean;
}

/** The concepts an item may count as: its own, and the kinds of things of that name. */
export function conceptsOf(item: Item): string[] {
  const value = VALUE_CONCEPTS[item.kind];
  const own = item.concept ?? value;
  return [...(own === undefined ? [] : [own]), ...new Set(item.references.map(({ kind }) => `${kind}_name`))];
}

/** "edge" of "a cluster called edge": a name that is new. Only where a name is expected. */
function newNames(items: readonly Item[]): Item[] {
  return items.map((item, index) => {
    const before = items[index - 1]?.concept;
    const isNew =
      item.kind === 'unknown' &&
      (before === 'called' || before === 'cluster') &&
      /^[a-z][a-z0-9-]{0,62}$/.test(item.text);
    return isNew ? { ...item, concept: 'new_name' } : item;
  });
}

function isQuestion(items: readonly Item[]): boolean {
  const has = (concept: string): boolean => items.some(item => item.concept === concept);
  const isMarked = items.some(({ kind, text }) => kind === 'mark' && (text === '?' || text === '¿'));
  return has('asks') || (isMarked && !has('polite')) || items[0]?.concept === 'is';
}

export function requestOf(text: string, world: KnownWorld, names: Names = namesOf(world)): Request {
  const reading = readText(text.slice(0, CHARACTERS_MAX), ITEMS_MAX * 2);
  const items = newNames(recognise(reading.words, names));
  const isAsked = isQuestion(items);
  const concepts = new Set(items.flatMap(conceptsOf));
  if (isAsked) concepts.add('asks');
  if (LOOKS.some(concept => concepts.has(concept))) concepts.add('look');
  return {
    items,
    concepts,
    world,
    isAsked,
    isDisguised: reading.isDisguised,
    isTooLong: items.length > ITEMS_MAX || text.length > CHARACTERS_MAX,
  };
}

/** The groups of a pattern: each is satisfied by one of its concepts. */
export const groupsOf = (pattern: string): string[][] => pattern.split(' ').map(group => group.split('|'));

export const fits = (groups: readonly (readonly string[])[], concepts: ReadonlySet<string>): boolean =>
  groups.every(group => group.some(concept => concepts.has(concept)));

/** Items from a "because" on: a reason in free words, where the procedure takes one. */
export function reasonFrom(request: Request): number {
  const at = request.items.findIndex(({ concept }) => concept === 'because');
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

/** Where the reason ends: with its sentence. */
export function reasonUntil(request: Request, from: number): number {
  const end = request.items.findIndex(
    ({ kind, text }, index) => index > from && kind === 'mark' && ['.', ';', '\n', '!'].includes(text),
  );
  return end < 0 ? request.items.length : end;
}

const GUARDS_IN_REASON = new Set([
  'negation',
  'condition',
  'alternative',
  'asks',
  'later',
  'undoing',
  'at_once',
  'bypass',
  'force',
  'sequence',
]);

const ORDERS = new Set([
  'upgrade',
  'add',
  'scale',
  'shrink',
  'remove',
  'destroy',
  'drain',
  'reboot',
  'deploy',
  'rotate',
  'restore',
  'create',
]);

/** "…, and remove it": another order behind the reason. */
const isNextOrder = (item: Item, before: Item | undefined): boolean =>
  ORDERS.has(item.concept ?? '') && (before?.text === ',' || before?.concept === 'joins');

/** A rule, read once. */
export interface ReadRule {
  rule: FamilyRule;
  /** The largest first. */
  patterns: readonly string[][][];
  allowed: ReadonlySet<string>;
}

export function readRule(rule: FamilyRule): ReadRule {
  const looks = rule.disrupts ? [] : [...LOOKS, 'is', 'need', 'has'];
  return {
    rule,
    patterns: rule.patterns.map(groupsOf).sort((left, right) => right.length - left.length),
    allowed: new Set([...rule.allows.split(' '), ...silentConcepts, ...looks]),
  };
}

/** What the rule does not account for: each word of a request has to be part of what is asked, or of no weight. */
export function uncovered({ allowed }: ReadRule, request: Request): Item[] {
  const reasonAt = allowed.has('because') ? reasonFrom(request) : Number.POSITIVE_INFINITY;
  const reasonEnd = reasonUntil(request, reasonAt);
  return request.items.filter((item, index) => {
    if (item.kind === 'mark') return !HARMLESS_MARKS.has(item.text);
    const isReason = index > reasonAt && index < reasonEnd && !isNextOrder(item, request.items[index - 1]);
    if (isReason && !conceptsOf(item).some(concept => GUARDS_IN_REASON.has(concept))) return item.kind === 'name';
    return !conceptsOf(item).some(concept => allowed.has(concept));
  });
}
