/** Finds patterns by words: pure, deterministic, and rather nothing than anything (ledger R294). */
import MiniSearch, { type SearchResult } from 'minisearch';
import type { KnownPattern } from '../../model/knowledge.ts';
import { byCodePoint } from '../verdict.ts';
import { indexTerms, queryWords, type Word } from './terms.ts';

export interface FoundPattern {
  pattern: KnownPattern;
  /** 0 to 1: how much of what was asked for is in it; 1 is every word as it was written. */
  score: number;
}

const BEGINS_SO = 0.8;
const IS_LIKE = 0.6;
/** A name found by its parts is not the name. */
const IN_PARTS = 0.7;
/** Words with digits (versions, ids, nodes) say more than others. */
const EXACT_WEIGHT = 2;
/** Less than a third of what was asked for is an accident. */
const SCORE_MIN = 0.34;
const PREFIX_FROM = 4;
const QUERY_WORDS_MAX = 40;

const fields = ['patternId', 'name', 'summary', 'useCases', 'context'] as const;

const hasDigit = (term: string): boolean => /\p{N}/u.test(term);

/** Letters that may be wrong in a word: none of a short one, and none of what has digits: v1.13.8 is not v1.13.9. */
function typosIn(term: string): number | false {
  if (hasDigit(term) || term.length < 4) return false;
  return term.length < 7 ? 1 : 2;
}

const mayBegin = (term: string): boolean => term.length >= PREFIX_FROM && !hasDigit(term);

function qualityOf(term: string, { terms, queryTerms }: SearchResult): number {
  if (terms.includes(term)) return 1;
  if (!queryTerms.includes(term)) return 0;
  return mayBegin(term) && terms.some(found => found.startsWith(term)) ? BEGINS_SO : IS_LIKE;
}

function shareOf(word: Word, result: SearchResult): number {
  const whole = qualityOf(word.whole, result);
  if (word.parts.length === 0) return whole;
  const parts = word.parts.reduce((sum, part) => sum + qualityOf(part, result), 0) / word.parts.length;
  return Math.max(whole, IN_PARTS * parts);
}

const weightOf = ({ isExact }: Word): number => (isExact ? EXACT_WEIGHT : 1);

const textOf = (pattern: KnownPattern, field: (typeof fields)[number]): string => {
  const value = pattern[field];
  return typeof value === 'string' ? value : value.join('\n');
};

/**
 * Patterns that have at least a third of the query's words, best first; of equals the one that succeeded more often, then the one seen
 * more often, then by id. Misspelt words count less, and so do beginnings of words.
 */
export const findPatterns = (patterns: readonly KnownPattern[], query: string): FoundPattern[] =>
  ranked(patterns, query, SCORE_MIN);

function ranked(patterns: readonly KnownPattern[], query: string, scoreMin: number): FoundPattern[] {
  const words = queryWords(query).slice(0, QUERY_WORDS_MAX);
  if (words.length === 0) return [];
  const index = new MiniSearch<{ id: number } & Record<string, unknown>>({
    fields: [...fields],
    tokenize: indexTerms,
    processTerm: term => term,
  });
  index.addAll(
    patterns.map((pattern, id) => ({ id, ...Object.fromEntries(fields.map(name => [name, textOf(pattern, name)])) })),
  );
  const results = index.search(query, {
    tokenize: () => [...new Set(words.flatMap(({ whole, parts }) => [whole, ...parts]))],
    processTerm: term => term,
    prefix: mayBegin,
    fuzzy: typosIn,
    combineWith: 'OR',
  });
  const total = words.reduce((sum, word) => sum + weightOf(word), 0);
  return results
    .flatMap(result => {
      const pattern = patterns[Number(result.id)];
      const found = words.reduce((sum, word) => sum + weightOf(word) * shareOf(word, result), 0);
      const score = Math.round((100 * found) / total) / 100;
      return pattern === undefined || score < scoreMin ? [] : [{ pattern, score }];
    })
    .sort(bestFirst);
}

function bestFirst(one: FoundPattern, other: FoundPattern): number {
  return (
    other.score - one.score ||
    (other.pattern.successRate ?? -1) - (one.pattern.successRate ?? -1) ||
    other.pattern.observations - one.pattern.observations ||
    byCodePoint(one.pattern.patternId, other.pattern.patternId) ||
    byCodePoint(one.pattern.file, other.pattern.file)
  );
}

const CITED_MAX = 3;
/** More than half of the playbook's name: what is about Talos is not yet about its upgrade. */
const CITED_SCORE_MIN = 0.6;

/** What a plan is about. */
export interface PlannedWork {
  playbook: string;
  clusters: readonly string[];
  versions: readonly string[];
  simulated: boolean;
}

/**
 * Ids of the patterns that a plan cites: those about its playbook, the ones about its versions and clusters first. What was learnt on
 * a simulation is nothing to go by on a real cluster.
 */
export function citedPatterns(patterns: readonly KnownPattern[], work: PlannedWork): string[] {
  const known = patterns.filter(({ simulated }) => work.simulated || !simulated);
  const playbook = work.playbook.replaceAll('_', ' ');
  const about = ranked(known, playbook, CITED_SCORE_MIN).map(({ pattern }) => pattern);
  const minors = work.versions.flatMap(version => /^v?\d+\.\d+/.exec(version)?.[0] ?? []);
  const ids = ranked(about, [playbook, ...work.clusters, ...minors].join(' '), 0);
  return [...new Set(ids.map(({ pattern }) => pattern.patternId))].slice(0, CITED_MAX);
}
