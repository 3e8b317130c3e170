import { deepEqual } from '../../world/deep.ts';
import { isObject, type JsonObject, setMember } from '../json.ts';
import { isAtomicMap, listTypeAt } from '../patches/list-types.ts';

/** Steps of a path in fieldsV1 notation (`f:spec`, `k:{"name":"c"}`, `v:"x"`), joined by newlines. */
export type FieldPath = string;

const METADATA_OWNED_BY_SERVER = new Set([
  'name',
  'namespace',
  'generateName',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
]);

/** Key members the API defaults: an element without them is the same element as one that says so. */
const KEY_DEFAULTS: Record<string, unknown> = { protocol: 'TCP' };

/** `k:{…}` of a keyed list's element. */
export function elementStep(element: JsonObject, keys: readonly string[]): string {
  const members = [...keys].sort().flatMap(key => {
    const value = element[key] ?? KEY_DEFAULTS[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return `k:${JSON.stringify(Object.fromEntries(members))}`;
}

export const valueStep = (value: unknown): string => `v:${JSON.stringify(value)}`;

const under = (path: FieldPath, step: string): FieldPath => (path === '' ? step : `${path}\n${step}`);

/**
 * Every owned path of an object with the text of its value (elements of keyed lists own their own existence as well).
 * `part`: only the status, or everything else. Server-set metadata is nobody's.
 */
export function fieldsOf(kind: string, object: JsonObject, part: 'status' | 'rest' | 'all'): Map<FieldPath, string> {
  const fields = new Map<FieldPath, string>();
  for (const [key, value] of Object.entries(object)) {
    const isWanted = part === 'all' || (key === 'status') === (part === 'status');
    if (!isWanted || key === 'apiVersion' || key === 'kind') continue;
    if (key !== 'metadata') walk({ kind, fields }, [key], `f:${key}`, value);
    else if (isObject(value))
      for (const [name, member] of Object.entries(value)) {
        if (!METADATA_OWNED_BY_SERVER.has(name))
          walk({ kind, fields }, ['metadata', name], `f:metadata\nf:${name}`, member);
      }
  }
  return fields;
}

interface Walk {
  kind: string;
  fields: Map<FieldPath, string>;
}

function walk(to: Walk, names: readonly string[], path: FieldPath, value: unknown): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) walkList(to, names, path, value);
  else if (!isObject(value) || Object.keys(value).length === 0 || isAtomicMap(to.kind, names))
    to.fields.set(path, JSON.stringify(value));
  else for (const [key, member] of Object.entries(value)) walk(to, [...names, key], under(path, `f:${key}`), member);
}

function walkList(to: Walk, names: readonly string[], path: FieldPath, list: readonly unknown[]): void {
  const type = listTypeAt(to.kind, names);
  if (type === undefined || list.length === 0) {
    to.fields.set(path, JSON.stringify(list));
    return;
  }
  for (const element of list) {
    if (type.applyKeys.length === 0 || !isObject(element)) to.fields.set(under(path, valueStep(element)), '');
    else {
      const own = under(path, elementStep(element, type.applyKeys));
      to.fields.set(own, '');
      for (const [key, member] of Object.entries(element)) walk(to, [...names, key], under(own, `f:${key}`), member);
    }
  }
}

/** Paths as `fieldsV1`. */
export function toFieldsV1(paths: Iterable<FieldPath>): JsonObject {
  const root: JsonObject = {};
  const owned: JsonObject[] = [];
  for (const path of paths) {
    let node = root;
    for (const step of path.split('\n')) {
      const next = Object.hasOwn(node, step) ? node[step] : undefined;
      if (isObject(next)) node = next;
      else {
        const made: JsonObject = {};
        setMember(node, step, made);
        node = made;
      }
    }
    owned.push(node);
  }
  for (const node of owned) if (Object.keys(node).length > 0) node['.'] = {};
  return root;
}

/** Paths of a `fieldsV1`. */
export function fromFieldsV1(fields: unknown, path: FieldPath = ''): Set<FieldPath> {
  const paths = new Set<FieldPath>();
  if (!isObject(fields)) return paths;
  for (const [step, below] of Object.entries(fields)) {
    if (step === '.') {
      paths.add(path);
      continue;
    }
    const next = under(path, step);
    if (deepEqual(below, {})) paths.add(next);
    else for (const found of fromFieldsV1(below, next)) paths.add(found);
  }
  return paths;
}

/** A path as conflicts name it: `.spec.containers[name="c"].image`. */
export function readablePath(path: FieldPath): string {
  return path
    .split('\n')
    .map(step => {
      const rest = step.slice(2);
      if (step.startsWith('f:')) return `.${rest}`;
      if (step.startsWith('v:')) return `[=${rest}]`;
      const key = JSON.parse(rest) as JsonObject;
      return `[${Object.entries(key)
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join(',')}]`;
    })
    .join('');
}
