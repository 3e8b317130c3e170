import { unintelligible } from '../errors.ts';

/** Where the object that opens at `start` ends (exclusive); -1 when it does not. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let isInString = false;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (isInString) {
      if (character === '\\') index += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return -1;
}

function parsed(text: string, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Told below, like any other text that is not an object.
  }
  return unintelligible(what, text);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The objects of `talosctl get -o json`: indented objects one after the other, neither an array nor one a line
 * (contractors 3.5). Empty text is no object. Throws for anything between or inside them that is not JSON.
 */
export function readJsonObjects(text: string, what: string): Record<string, unknown>[] {
  const objects: Record<string, unknown>[] = [];
  let position = 0;
  for (;;) {
    while (position < text.length && /\s/.test(text[position] ?? '')) position += 1;
    if (position >= text.length) return objects;
    const end = text[position] === '{' ? endOfObject(text, position) : -1;
    if (end === -1) unintelligible(what, text.slice(position));
    objects.push(parsed(text.slice(position, end), what));
    position = end;
  }
}
