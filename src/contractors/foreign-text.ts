/**
 * Text written by somebody else's program. It is data: secrets are taken out, control characters and our own fence
 * are defused, the length is capped, and where it enters a message it stands inside <untrusted> (CONTRACT, instructions).
 */

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g, '[redacted PEM]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, '[redacted token]'],
  [/(\/\/[^\s/:@]+:)[^\s/@]+@/g, '$1[redacted]@'],
  [
    /(["']?[\w-]*(?:token|passw(?:or)?d|secret|api[_-]?key|private[_-]?key|(?:key|certificate|authority)-data)["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;}]+)/gi,
    '$1[redacted]',
  ],
  [/(["']?\b(?:ca|crt|key)["']?\s*:\s*)["']?[A-Za-z0-9+/=]{24,}["']?/g, '$1[redacted]'],
  // A long base64 run; lower-case hex (digests, schematics, ids) stays.
  [/(?<![A-Za-z0-9+/])(?=[a-z0-9+/]*[A-Z])[A-Za-z0-9+/]{64,}={0,2}/g, '[redacted base64]'],
];

/** Without secrets, on one line, at most `maxCharacters` long. */
export function redactedLine(text: string, maxCharacters = 300): string {
  // Bounded before the patterns run: a contractor may answer megabytes.
  let line = text.slice(0, 20_000);
  for (const [pattern, replacement] of SECRETS) line = line.replace(pattern, replacement);
  line = line
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return line.length > maxCharacters ? `${line.slice(0, maxCharacters - 1)}…` : line;
}

/** The same, fenced, for a message that a person or a model reads. */
export function foreignText(text: string, maxCharacters = 300): string {
  const line = redactedLine(text, maxCharacters).replace(/<(\/?)untrusted/gi, '‹$1untrusted');
  return line === '' ? '(no text)' : `<untrusted>${line}</untrusted>`;
}
