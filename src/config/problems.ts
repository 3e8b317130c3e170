import * as z from 'zod';

type Path = readonly PropertyKey[];

/** `clusters.prod.talos.endpoints[0]`. */
export function pathText(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text === '' ? 'the file' : text;
}

function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(one).entries()) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = letter === other[column - 1];
      const replaced = (row[column - 1] ?? 0) + (isSame ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** The known name the user may have meant: at most a third of its letters are other ones. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map(candidate => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((one, other) => one.distance - other.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(1, best.candidate.length / 3) ? best.candidate : undefined;
}

type SchemaNode = { properties?: Record<string, SchemaNode>; additionalProperties?: unknown; items?: unknown };

function isSchemaNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null;
}

function knownKeys(schema: z.ZodType, path: Path): string[] {
  let node: unknown = z.toJSONSchema(schema, { io: 'input' });
  for (const part of path) {
    if (!isSchemaNode(node)) return [];
    node = typeof part === 'number' ? node.items : (node.properties?.[String(part)] ?? node.additionalProperties);
  }
  return isSchemaNode(node) ? Object.keys(node.properties ?? {}) : [];
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  const question = meant === undefined ? '' : `: did you mean "${meant}"?`;
  return `unknown key${question} (known: ${known.join(', ')})`;
}

const KIND_WORDS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of names to values',
};

function kindWords(expected: string): string {
  return KIND_WORDS[expected] ?? `a value of type ${expected}`;
}

/** One zod issue in words that say the fix; never the value, which may be a secret. */
function problemText(issue: z.core.$ZodIssue, isMissing: boolean): string {
  if (isMissing) return issue.code === 'invalid_type' ? `is missing: give ${kindWords(issue.expected)}` : 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `give ${kindWords(issue.expected)}`;
    case 'invalid_value':
      return `give one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'array' ? `list at least ${issue.minimum}` : `give at least ${issue.minimum}`;
    case 'invalid_format':
      return `give ${issue.format === 'regex' ? `text like ${issue.pattern ?? ''}` : `a ${issue.format}`}`;
    case 'invalid_key':
      return 'this name is not allowed: use lower-case letters, digits and dashes';
    default:
      return issue.message;
  }
}

export interface Problem {
  path: Path;
  text: string;
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Reflect.get(found, part);
  }
  return found;
}

/** All that is wrong with `value` at once, each with its path and the fix; each unknown key is a problem of its own. */
export function problemsOf(error: z.ZodError, schema: z.ZodType, value: unknown): Problem[] {
  return error.issues.flatMap(issue => {
    if (issue.code === 'unrecognized_keys') {
      const known = knownKeys(schema, issue.path);
      return issue.keys.map(key => ({ path: [...issue.path, key], text: unknownKey(key, known) }));
    }
    const isMissing = valueAt(value, issue.path) === undefined;
    return [{ path: issue.path, text: problemText(issue, isMissing) }];
  });
}
