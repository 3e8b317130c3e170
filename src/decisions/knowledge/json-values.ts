/** Reading JSON values that stand one behind the other: JSON Lines, pretty-printed "JSON Lines", one array (ledger R289). */

export interface FoundValue {
  /** Where it begins, counted from 1. */
  line: number;
  value: unknown;
}

export interface FoundValues {
  values: FoundValue[];
  /** What is none, and where it begins. */
  bad: { line: number; reason: string }[];
}

const linesIn = (text: string, from: number, to: number): number => text.slice(from, to).split('\n').length - 1;

/** The end of the object or list that begins at `start`; undefined when it has none. */
function endOfValue(text: string, start: number): number | undefined {
  let depth = 0;
  let isInText = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (isInText) {
      if (character === '\\') at += 1;
      else if (character === '"') isInText = false;
      else if (character === '\n') return undefined;
    } else if (character === '"') isInText = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

interface Parsed {
  value: unknown;
}

function parsed(text: string): Parsed | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Values one after the other from the beginning of `text`, up to what is none: `badLine` is where that begins. */
function valuesOf(text: string, firstLine: number): { values: FoundValue[]; badLine: number | undefined } {
  const values: FoundValue[] = [];
  let at = 0;
  let line = firstLine;
  for (;;) {
    const start = at + (/^[\s,]*/.exec(text.slice(at))?.[0].length ?? 0);
    if (start >= text.length) return { values, badLine: undefined };
    line += linesIn(text, at, start);
    const isOpened = text[start] === '{' || text[start] === '[';
    const end = isOpened ? endOfValue(text, start) : undefined;
    const found = end === undefined ? undefined : parsed(text.slice(start, end));
    if (end === undefined || found === undefined) return { values, badLine: line };
    const from = line;
    const items = Array.isArray(found.value) ? found.value : [found.value];
    values.push(...items.map(value => ({ line: from, value })));
    line += linesIn(text, start, end);
    at = end;
  }
}

/** From each line that begins with a brace to before the next one. */
function blocksOf(text: string): { line: number; text: string }[] {
  const blocks: { line: number; text: string }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const last = blocks.at(-1);
    if (last === undefined || line.startsWith('{')) blocks.push({ line: index + 1, text: line });
    else last.text += `\n${line}`;
  }
  return blocks;
}

/**
 * Every object of a file of JSON values. A value that can't be read costs itself and no other: reading goes on at the next line that
 * begins with a brace.
 */
export function readJsonValues(given: string): FoundValues {
  const text = given.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const whole = valuesOf(text, 1);
  if (whole.badLine === undefined) return sortedOut(whole.values, []);
  const values: FoundValue[] = [];
  const bad: FoundValues['bad'] = [];
  for (const block of blocksOf(text)) {
    const found = valuesOf(block.text, block.line);
    values.push(...found.values);
    if (found.badLine !== undefined) bad.push({ line: found.badLine, reason: 'is not JSON' });
  }
  return sortedOut(values, bad);
}

/** Texts and numbers are no entries of anything. */
function sortedOut(values: FoundValue[], bad: FoundValues['bad']): FoundValues {
  const isEntry = ({ value }: FoundValue): boolean => isFields(value);
  const strange = values.filter(found => !isEntry(found)).map(({ line }) => ({ line, reason: 'is no object' }));
  return { values: values.filter(isEntry), bad: [...bad, ...strange].sort((one, other) => one.line - other.line) };
}

export const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
