import { parse } from 'yaml';

/** Shorter texts say nothing, and stand in every sentence. */
const LEAST_CHARACTERS = 3;
const HIDDEN = '[value]';

function leaves(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leaves);
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}

/** The text without what the values hold: a chart's `fail` and helm's own errors may quote them. All of it, if the values are no YAML. */
export function withoutValues(text: string, values: string | undefined): string {
  if (values === undefined) return text;
  let read: unknown;
  try {
    read = parse(values, { maxAliasCount: 100, logLevel: 'error' });
  } catch {
    return 'the values are no YAML';
  }
  const hidden = leaves(read)
    .flatMap(leaf => [leaf, ...leaf.split('\n')])
    .map(leaf => leaf.trim())
    .filter(({ length }) => length >= LEAST_CHARACTERS)
    .toSorted((one, other) => other.length - one.length);
  return hidden.reduce((told, leaf) => told.replaceAll(leaf, HIDDEN), text);
}
