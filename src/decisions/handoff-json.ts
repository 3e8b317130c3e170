/** JSON as others write it: the value, and whether the text says anything that the value does not. */

export interface JsonReading {
  value: unknown;
  /** Names that stand twice in one object, decoded, each once. */
  duplicateKeys: string[];
  /** No name twice and no number that a double can't hold. */
  isExact: boolean;
}

/** A string and, where it is a name, the colon after it; a bracket; a number. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]|-?\d[\d.eE+-]*/g;
/** A double holds every decimal of at most 15 significant digits. */
const EXACT_DIGITS = 15;

function isExactNumber(token: string): boolean {
  const digits = token
    .replace(/e.*$/i, '')
    .replaceAll(/[^0-9]/g, '')
    .replace(/^0+/, '');
  const value = Number(token);
  return digits.length <= EXACT_DIGITS && Number.isFinite(value) && (value !== 0 || digits === '');
}

/** Walks the tokens of a text that is known to be JSON; undefined when it is nested deeper than `maxDepth`. */
function inspect(text: string, maxDepth: number): Omit<JsonReading, 'value'> | undefined {
  const duplicates = new Set<string>();
  /** Names seen in each open object or array. */
  const open: Set<string>[] = [];
  let hasExactNumbers = true;
  for (const [token, string, colon] of text.matchAll(TOKEN)) {
    if (string !== undefined) {
      if (colon === undefined) continue;
      const name = String(JSON.parse(string));
      const names = open.at(-1);
      if (names?.has(name)) duplicates.add(name);
      names?.add(name);
    } else if (token === '{' || token === '[') {
      open.push(new Set());
      if (open.length > maxDepth) return undefined;
    } else if (token === '}' || token === ']') open.pop();
    else hasExactNumbers &&= isExactNumber(token);
  }
  return { duplicateKeys: [...duplicates], isExact: hasExactNumbers && duplicates.size === 0 };
}

/** The value of a JSON text; a text in our own words where there is none. Linear in the text's length, never throws. */
export function readJsonText(text: string, maxDepth: number): JsonReading | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text.trim() === '' ? 'the file is empty' : 'it is not JSON, or not whole';
  }
  const inspected = inspect(text, maxDepth);
  return inspected === undefined ? `it is nested deeper than ${maxDepth} levels` : { value, ...inspected };
}
