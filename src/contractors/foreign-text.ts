import { redact } from '../redaction/redact.ts';

/**
 * Text written by somebody else's program. It is data: secrets are taken out, control characters and our own fence
 * are defused, the length is capped, and where it enters a message it stands inside <untrusted> (CONTRACT, instructions).
 */

/** A contractor may answer megabytes; no more of it is looked at. */
const READ_CHARACTERS = 20_000;

/** Without secrets, on one line, at most `maxCharacters` long. */
export function redactedLine(text: string, maxCharacters = 300): string {
  const line = redact(text.slice(0, READ_CHARACTERS))
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return line.length > maxCharacters ? `${line.slice(0, maxCharacters - 1)}…` : line;
}

/** The same, fenced, for a message that a person or a model reads. */
export function foreignText(text: string, maxCharacters = 300): string {
  const line = redactedLine(text, maxCharacters).replace(/<(?=\s*\/?\s*untrusted)/gi, '‹');
  return line === '' ? '(no text)' : `<untrusted>${line}</untrusted>`;
}
