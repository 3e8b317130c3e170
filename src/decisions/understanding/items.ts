/** A request as a row of items: concepts, names that exist, versions, numbers, marks, and what was not understood. */
import { editsAllowed, nearTo } from './edit-distance.ts';
import { NUMBER_WORDS } from './lexicon/grammar.ts';
import { guardConcepts, isVocabulary, type Phrase, phraseAt, phrasesOfLength, verbalConcepts } from './lexicon.ts';
import { monthAt } from './months.ts';
import type { Names, Reference } from './names.ts';
import type { Word } from './text.ts';

export interface Item {
  kind: 'concept' | 'name' | 'version' | 'number' | 'address' | 'snapshot' | 'month' | 'mark' | 'unknown';
  /** As it stands in the request, in lower case; of a version, month, address or file its value. */
  text: string;
  concept?: string;
  /** Names it may be; several when it isn't clear which. */
  references: readonly Reference[];
  /** False for a word that is only similar. */
  isExact: boolean;
  value?: number;
}

const VERSION = /^v?\d{1,4}\.\d{1,4}(?:\.\d{1,4})?(?:-(?:alpha|beta|rc)\.\d{1,3})?$/;
const ADDRESS = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const SNAPSHOT = /^[\w.-]{1,200}\.(?:db|snap|snapshot)$/i;
const KIND_WORDS: Readonly<Record<Reference['kind'], ReadonlySet<string>>> = {
  cluster: new Set(['cluster', 'clusters']),
  node: new Set(['node', 'nodes', 'machine', 'knoten', 'nodo', 'noeud']),
  namespace: new Set(['namespace', 'ns', 'namensraum']),
  workload: new Set([
    'workload',
    'deployment',
    'deploy',
    'statefulset',
    'daemonset',
    'app',
    'application',
    'service',
    'microservice',
    'sts',
    'ds',
  ]),
};
/** Misspelt words looked up in a request; each costs a comparison with every name. */
const LOOKUPS_MAX = 8;

/** Words parted at slashes, and at dashes where every part is a word of ours and no name is. */
function partWords(words: readonly Word[], names: Names): Word[] {
  const parted = (word: Word, separator: RegExp): Word[] => {
    const [written, raw] = [word.written.split(separator), word.raw.split(separator)];
    return word.folded.split(separator).map((folded, index) => ({
      folded,
      written: written[index] ?? folded,
      raw: raw[index] ?? folded,
      isMark: false,
    }));
  };
  const isWhole = (word: Word): boolean =>
    names.exact(word.written).length > 0 ||
    phraseAt([word.folded], 0) !== undefined ||
    VERSION.test(word.folded) ||
    SNAPSHOT.test(word.raw);
  return words
    .flatMap(word => (word.folded.includes('/') && !word.isMark && !isWhole(word) ? parted(word, /\//) : [word]))
    .flatMap(word => {
      if (word.isMark || !/[-_.]/.test(word.folded) || isWhole(word)) return [word];
      return word.folded.split(/[-_]/).every(part => isVocabulary(part) || part === 'by')
        ? parted(word, /[-_]/)
        : [word];
    });
}

class Recogniser {
  readonly #words: readonly Word[];
  readonly #folded: readonly string[];
  readonly #names: Names;
  #lookups = 0;

  constructor(words: readonly Word[], names: Names) {
    this.#words = words;
    this.#folded = words.map(({ folded }) => folded);
    this.#names = names;
  }

  items(): Item[] {
    const items: Item[] = [];
    for (let at = 0; at < this.#words.length; ) {
      const [item, length] = this.#itemAt(at);
      items.push(item);
      at += length;
    }
    return items;
  }

  #itemAt(at: number): [Item, number] {
    const word = this.#words[at];
    if (word === undefined) return [{ kind: 'mark', text: '', references: [], isExact: true }, 1];
    const month = monthAt(this.#folded, at);
    if (month !== undefined) return [plain('month', month.text), month.length];
    const phrase = phraseAt(this.#folded, at);
    const name = this.#nameAt(at, word, phrase);
    if (name !== undefined) return [name, 1];
    if (phrase !== undefined) return [this.#conceptOf(phrase, word), phrase.words.length];
    return [this.#valueOf(word) ?? this.#guess(word), 1];
  }

  /** A name where no word of ours is meant, or where its kind stands beside. A cluster that is called like a word of ours is not sure. */
  #nameAt(at: number, word: Word, phrase: Phrase | undefined): Item | undefined {
    const exact = this.#names.exact(word.written);
    if (exact.length === 0) return undefined;
    const beside = [this.#folded[at - 1], this.#folded[at + 1]];
    const isGuard = phrase !== undefined && guardConcepts.has(phrase.concept);
    const named = exact.filter(({ kind }) => beside.some(other => other !== undefined && KIND_WORDS[kind].has(other)));
    if (isGuard) return undefined;
    if (phrase !== undefined && named.length === 0) {
      const places = exact.filter(({ kind }) => kind === 'cluster' || kind === 'node');
      return places.length === 0 ? undefined : { kind: 'name', text: word.written, references: places, isExact: false };
    }
    return { kind: 'name', text: word.written, references: named.length > 0 ? named : exact, isExact: true };
  }

  #conceptOf(phrase: Phrase, word: Word): Item {
    const { concept, words } = phrase;
    const mayBeName = words.length === 1 && !verbalConcepts.has(concept);
    const references = mayBeName
      ? this.#names.exact(word.written).filter(({ kind }) => kind === 'workload' || kind === 'namespace')
      : [];
    return { kind: 'concept', text: words.join(' '), concept, references, isExact: true };
  }

  #valueOf({ folded, written, raw, isMark }: Word): Item | undefined {
    if (isMark) return plain('mark', raw);
    if (VERSION.test(written)) return plain('version', `v${written.replace(/^v/, '')}`);
    if (ADDRESS.test(written)) return plain('address', written);
    if (SNAPSHOT.test(raw)) return plain('snapshot', raw);
    if (/^\d{1,4}$/.test(written)) return { ...plain('number', written), value: Number(written) };
    const number = NUMBER_WORDS.get(folded);
    if (number !== undefined) return { ...plain('number', folded), value: number };
    const clusters = this.#names.environment(written);
    return clusters.length === 0 ? undefined : { kind: 'name', text: written, references: clusters, isExact: true };
  }

  #guess({ folded, written }: Word): Item {
    const unknown: Item = { kind: 'unknown', text: written, references: [], isExact: false };
    if (editsAllowed(folded.length) === 0 || folded.length > 60 || this.#lookups >= LOOKUPS_MAX) return unknown;
    this.#lookups += 1;
    const references = this.#names.similar(folded);
    if (references.length > 0) return { ...unknown, kind: 'name', references };
    if (/\d/.test(folded) || folded.length < 5) return unknown;
    const isNear = nearTo(folded, 1);
    const lengths = [-1, 0, 1].map(difference => folded.length + difference);
    const concepts = new Set(
      lengths.flatMap(phrasesOfLength).flatMap(({ words: [word = ''], concept }) => (isNear(word) ? [concept] : [])),
    );
    const [concept] = concepts;
    return concept === undefined || concepts.size > 1 ? unknown : { ...unknown, kind: 'concept', concept };
  }
}

const plain = (kind: Item['kind'], text: string): Item => ({ kind, text, references: [], isExact: true });

/** Linear in the number of words; misspelt ones are looked up at most eight times. */
export function recognise(words: readonly Word[], names: Names): Item[] {
  return new Recogniser(partWords(words, names), names).items();
}
