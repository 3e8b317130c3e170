/** Which procedure a request asks for: the one that accounts for every word of it. */
import type { PlaybookName } from '../../model/task.ts';
import { draftCreate, draftRecover, draftRotate } from './cluster-tasks.ts';
import type { Draft } from './draft.ts';
import type { Item } from './items.ts';
import { owners } from './lexicon/owners.ts';
import type { Family, FamilyRule, OwnerRule } from './lexicon/shapes.ts';
import { rules } from './lexicon.ts';
import { draftLook } from './looking.ts';
import { draftMaintain, draftRemove, draftScale } from './node-tasks.ts';
import { draftClusterFailure, draftDeploy, draftNodeFailure, draftWorkloadFailure } from './other-tasks.ts';
import { conceptsOf, fits, groupsOf, type Request, readRule, uncovered } from './request.ts';
import { draftUpgrade } from './upgrading.ts';

const acting: Partial<Record<Family, (request: Request) => Draft>> = {
  upgrade: draftUpgrade,
  scale_cluster: draftScale,
  remove_node: draftRemove,
  maintain_node: draftMaintain,
  rotate_certificates: draftRotate,
  recover_etcd: draftRecover,
  create_cluster: draftCreate,
  cluster_failure: draftClusterFailure,
  node_failure: draftNodeFailure,
  workload_failure: draftWorkloadFailure,
  deploy_application: draftDeploy,
};

export interface Match {
  rule: FamilyRule;
  pattern: readonly string[][];
  uncovered: readonly Item[];
}

export function draftOf({ rule }: Match, request: Request): Draft {
  const act = acting[rule.family];
  return act === undefined
    ? draftLook(rule.family === 'upgrade' ? 'version_planning' : rule.family, request)
    : act(request);
}

/** Playbooks that the family may come to. */
export const playbooksOf = (family: Family): PlaybookName[] =>
  family === 'upgrade' ? ['kubernetes_upgrade', 'talos_upgrade'] : [family];

const readRules = rules.map(readRule);

/** True for a playbook that more than looks. */
export const disrupts = (playbook: PlaybookName | undefined): boolean =>
  playbook !== undefined && rules.some(rule => rule.disrupts && playbooksOf(rule.family).includes(playbook));

function matchesOf(request: Request): Match[] {
  return readRules.flatMap(each => {
    const pattern = each.patterns.find(groups => fits(groups, request.concepts));
    return pattern === undefined ? [] : [{ rule: each.rule, pattern, uncovered: uncovered(each, request) }];
  });
}

const GENERIC = new Set([
  'look',
  'cluster',
  'cluster_name',
  'number',
  'version_number',
  'all',
  'kubernetes',
  'health',
  'report',
  'everything',
  'namespace_name',
]);
function ownConcepts({ pattern }: Match): string[] {
  const concepts = pattern.flat();
  if (concepts.includes('look') && concepts.includes('health')) return ['health'];
  return concepts.filter(concept => !GENERIC.has(concept));
}

/** Without those whose words are all part of another's, and without what every sentence about a cluster says. */
function distinct(matches: readonly Match[]): Match[] {
  const isPart = (match: Match): boolean => {
    const own = ownConcepts(match);
    return matches.some(other => {
      if (other === match) return false;
      const theirs = new Set(ownConcepts(other));
      return theirs.size > own.length && own.every(concept => theirs.has(concept));
    });
  };
  return matches.filter(match => !isPart(match));
}

/** Words not understood that a look may have beside what it is about; none where a name would stand. */
const STRANGE_WORDS_MAX = 2;
const BEFORE_NAMES = new Set(['of', 'from', 'to', 'cluster', 'namespace', 'called', 'joins']);
const NAME_FILLERS = new Set([
  'on',
  'in',
  'at',
  'for',
  'im',
  'in der',
  'en',
  'sur',
  'dans',
  'within',
  'inside',
  'across',
  'for the',
  'the',
  'our',
  'my',
  'fur',
  'para',
  'pour',
]);

function mayBeNameAt(items: readonly Item[], at: number): boolean {
  const [before, after] = [items[at - 1], items[at + 1]];
  const isAfterPlace =
    before === undefined ||
    BEFORE_NAMES.has(before.concept ?? '') ||
    (before.concept === 'filler' && NAME_FILLERS.has(before.text));
  return (
    isAfterPlace ||
    ['cluster', 'namespace', 'node'].includes(after?.concept ?? '') ||
    /[\d\-_.@/]/.test(items[at]?.text ?? '')
  );
}

/** Nothing follows from a look but a report: a strange word or two do not make it another one. */
function isSlight(match: Match, { items }: Request): boolean {
  const { rule, uncovered: rest } = match;
  const isStrange = (item: Item): boolean =>
    item.kind === 'unknown' && item.concept === undefined && !mayBeNameAt(items, items.indexOf(item));
  return !rule.disrupts && ownConcepts(match).length > 0 && rest.length <= STRANGE_WORDS_MAX && rest.every(isStrange);
}

/** Rules that account for everything, those of the largest pattern. */
export function covering(request: Request): Match[] {
  const matches = matchesOf(request).filter(match => !(match.rule.disrupts && request.isAsked));
  const exact = matches.filter(match => match.uncovered.length === 0);
  const whole = exact.length > 0 ? exact : matches.filter(match => isSlight(match, request));
  const largest = Math.max(...whole.map(({ pattern }) => pattern.length));
  const best = whole.filter(({ pattern }) => pattern.length === largest);
  const special = best.filter(({ pattern }) => !pattern.flat().includes('look'));
  return special.length > 0 ? special : best;
}

/** What the request seems to be about when nothing accounts for all of it, the likeliest first. */
export function likely(request: Request): Match[] {
  const matches = distinct(matchesOf(request));
  return matches.sort(
    (left, right) => left.uncovered.length - right.uncovered.length || right.pattern.length - left.pattern.length,
  );
}

/** Whether the other is as likely, or asks for something else in other words of the same request. */
export function isRival(match: Match, other: Match): boolean {
  const theirs = ownConcepts(other);
  if (theirs.length === 0) return false;
  const own = new Set(ownConcepts(match));
  return other.uncovered.length < match.uncovered.length || !theirs.some(concept => own.has(concept));
}

export const ownersOf = (request: Request): OwnerRule[] =>
  owners.filter(({ patterns }) => patterns.some(pattern => fits(groupsOf(pattern), request.concepts)));

const isBreak = (item: Item): boolean =>
  item.concept === 'joins' ||
  item.concept === 'sequence' ||
  (item.kind === 'mark' && [',', ';', '.', '\n', '!'].includes(item.text));

/** The request's parts between "and", "then" and marks. */
function parts(request: Request): ReadonlySet<string>[] {
  const found: Set<string>[] = [new Set()];
  for (const item of request.items) {
    if (isBreak(item)) found.push(new Set());
    else for (const concept of conceptsOf(item)) found.at(-1)?.add(concept);
  }
  return found;
}

/** Procedures asked for beside another's work, in a part of the request that says nothing of it. */
export function besides(request: Request, owner: OwnerRule): Match[] {
  const free = parts(request).filter(concepts => !owner.patterns.some(pattern => fits(groupsOf(pattern), concepts)));
  return likely(request).filter(
    match =>
      match.rule.disrupts &&
      free.some(concepts => match.pattern.every(group => group.some(concept => concepts.has(concept)))),
  );
}
