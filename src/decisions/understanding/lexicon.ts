/** All words the division understands, and the procedures they can ask for. */
import { clusters } from './lexicon/clusters.ts';
import { daily } from './lexicon/daily.ts';
import { dangerWords } from './lexicon/dangers.ts';
import { deeds } from './lexicon/deeds.ts';
import { deployments } from './lexicon/deployments.ts';
import { emergencies } from './lexicon/emergencies.ts';
import { fillers, guards } from './lexicon/grammar.ts';
import { monthly } from './lexicon/monthly.ts';
import { nodes } from './lexicon/nodes.ts';
import { ownerWords } from './lexicon/owners.ts';
import type { FamilyRule, FamilyWords, Words } from './lexicon/shapes.ts';
import { things } from './lexicon/things.ts';
import { upgrades } from './lexicon/upgrades.ts';
import { weekly } from './lexicon/weekly.ts';

const families: readonly FamilyWords[] = [daily, weekly, monthly, emergencies, upgrades, nodes, clusters, deployments];

/** Where a phrase stands in two lists the earlier counts: what warns comes before what asks, what asks before what it is about. */
const sources: readonly Words[] = [
  dangerWords,
  guards,
  fillers,
  deeds,
  ...families.map(({ words }) => words),
  things,
  ownerWords,
];

export interface Phrase {
  words: readonly string[];
  concept: string;
}

const known = new Map<string, Phrase>();
for (const source of sources) {
  for (const [concept, languages] of Object.entries(source)) {
    for (const phrase of Object.values(languages).join(',').split(',')) {
      const words = phrase.trim().split(/\s+/);
      const spelling = words.join(' ');
      if (spelling !== '' && !known.has(spelling)) known.set(spelling, { words, concept });
    }
  }
}

/** Every phrase by its first word, the longest first. */
const byFirstWord = new Map<string, Phrase[]>();
for (const phrase of known.values()) {
  const [first = ''] = phrase.words;
  byFirstWord.set(first, [...(byFirstWord.get(first) ?? []), phrase]);
}
for (const phrases of byFirstWord.values()) phrases.sort((left, right) => right.words.length - left.words.length);

/** The longest phrase that starts at word `at`. */
export function phraseAt(words: readonly string[], at: number): Phrase | undefined {
  const phrases = byFirstWord.get(words[at] ?? '') ?? [];
  return phrases.find(phrase => phrase.words.every((word, index) => words[at + index] === word));
}

const vocabulary = new Set([...known.values()].flatMap(({ words }) => words));
/** True for a word that stands in some phrase. */
export const isVocabulary = (word: string): boolean => vocabulary.has(word);

const conceptsOf = (...lists: readonly Words[]): ReadonlySet<string> =>
  new Set(lists.flatMap(list => Object.keys(list)));
/** Concepts that no name is taken for. */
export const guardConcepts = conceptsOf(guards, dangerWords);

/** Phrases of one word and at least five letters, by length: what a misspelt word is compared with. Nothing is refused or doubted for a misspelling. */
const spellings = new Map<number, Phrase[]>();
for (const phrase of known.values()) {
  const [word = ''] = phrase.words;
  if (phrase.words.length > 1 || word.length < 5 || guardConcepts.has(phrase.concept)) continue;
  spellings.set(word.length, [...(spellings.get(word.length) ?? []), phrase]);
}
export const phrasesOfLength = (length: number): readonly Phrase[] => spellings.get(length) ?? [];

export const rules: readonly FamilyRule[] = families.flatMap(family => family.rules);

/** Concepts a plan does not differ by. */
export const silentConcepts: ReadonlySet<string> = new Set([
  'filler',
  'polite',
  'gently',
  'claim',
  'of',
  'to',
  'joins',
  'one',
]);
/** Concepts that are no things: a workload of that name is meant only where its kind stands beside it. */
export const verbalConcepts = conceptsOf(guards, dangerWords, fillers, deeds);
/** Concepts with words, and those that names and numbers stand for. */
export const allConcepts = conceptsOf(...sources);
