/** A request's text as words: one spelling for each, and whether it hides what it says. */

export interface Word {
  /** Lower case, without accents, apostrophes and look-alikes: what the lexicon is asked for. */
  folded: string;
  /** Lower case as written: what names are compared with. */
  written: string;
  /** As written, case included. */
  raw: string;
  isMark: boolean;
}

export interface Reading {
  words: readonly Word[];
  /** Letters of other scripts that look Latin, invisible characters, or letters and digits in another form: nothing is planned from it. */
  isDisguised: boolean;
}

/** Cyrillic, Greek and other letters that are read as Latin ones (Unicode TR 39, the common part): `аa` is one pair. */
const PAIRS =
  'аa еe оo рp сc уy хx іi јj ѕs һh ԁd ԛq ԝw вb кk мm нh тt гr пn αa βb γy δd εe ζz ηn θo ιi κk λl μu νv οo ρp σo τt υu χx ωw ıi ɡg ɑa ʀr օo ոn սu ցg հh ᴀa ᴇe ᴏo';
const LOOKALIKES = new Map(PAIRS.split(' ').map(pair => [pair.charAt(0), pair.charAt(1)]));

const ELISION = /^(?:l|d|n|s|j|m|t|c|qu|jusqu)'(?=\p{L}{2})/iu;
const TOKEN = /[\p{L}\p{M}\p{N}]+(?:[.\-_/'][\p{L}\p{M}\p{N}]+)*|\n|\S/gu;

/** One character may become eighteen when it is brought into its plain form. */
const CHARACTERS_MAX = 10_000;
/** A name has at most 253. */
const WORD_CHARACTERS = 300;

const spelled = (text: string): string =>
  text
    .replaceAll('ß', 'ss')
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .normalize('NFD')
    .replaceAll(/\p{M}+/gu, '');

const withoutLookalikes = (text: string): string =>
  /[\u{250}-\u{10FFFF}]/u.test(text) ? Array.from(text, letter => LOOKALIKES.get(letter) ?? letter).join('') : text;

/** Lower case, accents, apostrophes and look-alikes taken off. */
export function fold(text: string): string {
  return withoutLookalikes(spelled(text.toLowerCase())).replace(/'s$/, '').replaceAll("'", '');
}

/** A letter or digit in a form that is not its own: ², ｕ, ⅔, 𝐮. */
function hasOtherForm(text: string): boolean {
  for (const character of text.match(/[\u{250}-\u{10FFFF}]|[\u00AA\u00B2\u00B3\u00B9\u00BA\u00BC-\u00BE]/gu) ?? []) {
    const plain = character.normalize('NFKC');
    if (plain !== character.normalize('NFC') && /[\p{L}\p{N}]/u.test(plain)) return true;
  }
  return false;
}

const wordOf = (raw: string): Word => {
  const written = raw.toLowerCase();
  return { folded: fold(raw), written: written.replace(/'s$/, ''), raw, isMark: !/[\p{L}\p{N}]/u.test(raw) };
};

function split(token: string): string[] {
  const elided = ELISION.exec(token)?.[0];
  return elided === undefined ? [token] : [elided, token.slice(elided.length)];
}

/** At most so many words of it, each of at most `WORD_CHARACTERS`. Linear in the text's length; never throws, whatever the characters are. */
export function readText(text: string, wordsMax: number): Reading {
  const visible = text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\p{Cf}|\p{Cs}|\p{Co}|\p{Variation_Selector}|[^\P{Cc}\t\n\r]/gu, '');
  const plain = visible
    .normalize('NFKC')
    .slice(0, CHARACTERS_MAX)
    .replaceAll(/[‘’‛ʼ′`´]/g, "'")
    .replaceAll(/[‐‑‒–—−]/g, '-')
    .replaceAll(/->|=>|→|⇒/g, ' → ');
  const words = (plain.match(TOKEN) ?? [])
    .slice(0, wordsMax)
    .flatMap(split)
    .map(token => wordOf(token.slice(0, WORD_CHARACTERS)));
  const looksLike = words.some(
    ({ isMark, raw }) => !isMark && Array.from(raw.toLowerCase()).some(letter => LOOKALIKES.has(letter)),
  );
  return {
    words,
    isDisguised: looksLike || visible.length < text.replace(/^\uFEFF/, '').length || hasOtherForm(visible),
  };
}
