/** How results speak: short, both channels alone enough, foreign text fenced (CONTRACT, Results are summaries). */

import { fenceClosed } from '../decisions/untrusted.ts';

export { fenceClosed } from '../decisions/untrusted.ts';

/** Longest text beside a structured result, in words. */
const TEXT_WORDS_MAX = 60;
const LIST_MAX = 20;
const FENCED_LENGTH_MAX = 400;

const wordsOf = (text: string): string[] => text.split(/\s+/).filter(word => word !== '');

/** The first `count` words, with an ellipsis when some were left out. */
function clipWords(text: string, count: number): string {
  const words = wordsOf(text);
  return words.length <= count ? words.join(' ') : `${words.slice(0, Math.max(count, 0)).join(' ')} …`;
}

/** The facts, then `Next: …`; of what is too long the facts' end is cut, never the next step. */
export function say(facts: readonly (string | undefined)[], next: string): string {
  const last = `Next: ${next}`;
  const body = facts.filter(fact => fact !== undefined && fact !== '').join(' ');
  // One word is kept back for the ellipsis.
  return `${fenceClosed(clipWords(body, TEXT_WORDS_MAX - wordsOf(last).length - 1))} ${last}`.trim();
}

/** "1 plan", "2 plans" */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const simulatedMark = (isSimulated: boolean): string | undefined => (isSimulated ? '[simulated]' : undefined);

/** "a, b and 3 more" */
export function someOf(names: readonly string[], count: number): string {
  const shown = names.slice(0, count).join(', ');
  return names.length <= count ? shown : `${shown} and ${names.length - count} more`;
}

/** `{NAME: at most 20, or `most`, NAME_total, NAME_rest: where all of them are}`; the last only when some were left out. */
export function listOf(
  name: string,
  items: readonly unknown[],
  restAddress: string,
  most: number = LIST_MAX,
): Record<string, unknown> {
  return {
    [name]: items.slice(0, most),
    [`${name}_total`]: items.length,
    ...(items.length > most ? { [`${name}_rest`]: restAddress } : {}),
  };
}

/** Text that somebody else wrote, marked as data; it can't close its own fence, also not with characters that nobody sees. */
export function fenced(text: string, maxCharacters = FENCED_LENGTH_MAX): string {
  const inert = text
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replaceAll(/<\/?untrusted>/gi, '')
    .replaceAll(/<(?=\s*\/?\s*untrusted)/gi, '‹');
  return `<untrusted>${inert.slice(0, maxCharacters)}</untrusted>`;
}

/** A time as it is shown: milliseconds cost a model's tokens and tell it nothing. */
export const toTheSecond = (at: string): string => at.replace(/\.\d+Z$/, 'Z');

/** A plan hash as it is shown: 16 hexadecimal digits. */
export const shortHash = (planHash: string): string => planHash.slice(0, 16);
