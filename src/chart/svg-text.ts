/** Text for SVG. Names come from outside: nothing of them is ever markup. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escaped, without characters that XML 1.0 or a reader's eye can't take. */
export const escaped = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\u2028\u2029]+/gu, ' ')
    .replaceAll(/[&<>"']/g, character => ENTITIES[character] ?? '');

/** Lines of at most `width` characters, at most `most` of them; what is too long ends with an ellipsis. */
export function wrapped(text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(part => part !== '')) {
    const short = word.length > width ? `${word.slice(0, width - 1)}…` : word;
    if (line !== '' && line.length + 1 + short.length > width) {
      lines.push(line);
      line = short;
    } else line = line === '' ? short : `${line} ${short}`;
  }
  if (line !== '') lines.push(line);
  if (lines.length <= most) return lines;
  const last = lines[most - 1] ?? '';
  return [...lines.slice(0, most - 1), `${last.slice(0, width - 2).trimEnd()} …`];
}
