/** Levels of block or bracket nesting that are read; a manifest has some twenty. */
const MOST_LEVELS = 200;

/** `- - key` opens three blocks in one line. */
const OPENINGS = /^ *(?:[-?:] +)*/;

/** True when the blocks of a YAML text, by their columns, are nested deeper than is read. */
function blocksAreDeep(text: string): boolean {
  const columns: number[] = [];
  for (const line of text.split('\n')) {
    const prefix = OPENINGS.exec(line)?.[0] ?? '';
    if (prefix.length === line.trimEnd().length) continue;
    const starts = [...prefix.matchAll(/[-?:]/g)].map(match => match.index);
    for (const column of [...starts, prefix.length]) {
      while ((columns.at(-1) ?? -1) >= column) columns.pop();
      columns.push(column);
    }
    if (columns.length > MOST_LEVELS) return true;
  }
  return false;
}

function bracketsAreDeep(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    if (depth > MOST_LEVELS) return true;
  }
  return false;
}

/**
 * True when a YAML text might be nested deeper than is read. Asked first: a reader that goes in level by level exhausts the
 * stack, and a regular expression compiled at its end takes the whole process with it.
 */
export const isNestedTooDeep = (text: string): boolean => bracketsAreDeep(text) || blocksAreDeep(text);
