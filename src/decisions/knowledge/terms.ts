/** The words of a text, as they are looked for: names, ids and versions stay whole, and are found by their parts too. */

const WORD = /[\p{L}\p{N}]+(?:[._:/+@-]+[\p{L}\p{N}]+)*/gu;
const VERSION = /^v?(\d+\.\d+)(?:\.|-|$)/;

/** Words that say nothing of what is looked for. */
const EMPTY_WORDS = new Set(
  `a about again all am an and any are as at be been being but by can could did do does doing done for from get go goes going got had
  has have how i if in into is it its just know let like me my need no not now of off on once only or our out over please should show
  so some than that the their them then there these they this those to too up us use want was we were what when where which who why
  will with would you your`.split(/\s+/),
);

/** One word as somebody wrote it. */
export interface Word {
  whole: string;
  /** Of a name or an id put together from several: each, but for bare numbers. */
  parts: readonly string[];
  /** It has digits in it: a version, an id, a node. Nothing else than it is meant. */
  isExact: boolean;
}

function wordOf(found: string): Word {
  const text = found.toLowerCase().replaceAll('_', '-');
  const isVersion = VERSION.test(text);
  const whole = isVersion ? text.replace(/^v/, '') : text;
  const parts = isVersion ? [] : whole.split(/[^\p{L}\p{N}]+/u).filter(part => part !== whole);
  return { whole, parts, isExact: /\p{N}/u.test(whole) };
}

const wordsIn = (text: string): Word[] => (text.normalize('NFKC').match(WORD) ?? []).map(wordOf);

/** What of a text goes into the index; a version is found by its minor too. */
export function indexTerms(text: string): string[] {
  return wordsIn(text).flatMap(({ whole, parts }) => {
    const minor = VERSION.exec(whole)?.[1];
    return [
      whole,
      ...(minor !== undefined && minor !== whole ? [minor] : []),
      ...parts.filter(part => /\p{L}/u.test(part)),
    ];
  });
}

/** What is looked for, each word once, without those that mean nothing. */
export function queryWords(text: string): Word[] {
  const words = wordsIn(text).filter(({ whole }) => !EMPTY_WORDS.has(whole));
  return [...new Map(words.map(word => [word.whole, word])).values()];
}
