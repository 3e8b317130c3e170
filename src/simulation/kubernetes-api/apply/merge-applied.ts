import { deepEqual } from '../../world/deep.ts';
import { asList, asObject, copy, isObject, type JsonObject, setMember } from '../json.ts';
import { isAtomicMap, listTypeAt } from '../patches/list-types.ts';
import { elementStep, type FieldPath, valueStep } from './field-set.ts';

/** The live object with the applied configuration laid over it; keyed lists merge by key, new elements come last. */
export function mergeApplied(kind: string, names: readonly string[], live: unknown, applied: unknown): unknown {
  if (applied === null || applied === undefined) return live;
  if (Array.isArray(applied)) return mergeLists(kind, names, asList(live), applied);
  if (!isObject(applied) || !isObject(live) || isAtomicMap(kind, names)) return copy(applied);
  const merged: JsonObject = { ...live };
  for (const [key, value] of Object.entries(applied))
    setMember(
      merged,
      key,
      mergeApplied(kind, [...names, key], Object.hasOwn(live, key) ? live[key] : undefined, value),
    );
  return merged;
}

function mergeLists(
  kind: string,
  names: readonly string[],
  live: readonly unknown[],
  applied: readonly unknown[],
): unknown[] {
  const type = listTypeAt(kind, names);
  if (type === undefined) return copy([...applied]);
  if (type.applyKeys.length === 0)
    return [...live, ...applied.filter(value => !live.some(known => deepEqual(known, value)))];
  const stepOf = (element: unknown): string => elementStep(isObject(element) ? element : {}, type.applyKeys);
  const merged = [...live];
  for (const element of applied) {
    const index = live.findIndex(known => stepOf(known) === stepOf(element));
    if (index < 0) merged.push(copy(element));
    else merged[index] = mergeApplied(kind, names, live[index], element);
  }
  return merged;
}

const parentOf = (path: FieldPath): FieldPath => path.slice(0, Math.max(0, path.lastIndexOf('\n')));

/** True for the member that says which element of a keyed list this is. */
function isKeyMember(path: FieldPath): boolean {
  const [element = '', member = ''] = path.split('\n').slice(-2);
  if (!element.startsWith('k:') || !member.startsWith('f:')) return false;
  return Object.hasOwn(asObject(JSON.parse(element.slice(2))), member.slice(2));
}

/**
 * The object without the fields at these paths (which nobody owns any more); containers emptied by that go too. An
 * element goes whole or keeps what identifies it.
 */
export function withoutFields(kind: string, object: JsonObject, paths: readonly FieldPath[]): JsonObject {
  const gone = new Set(paths);
  const isBelowGone = (path: FieldPath): boolean =>
    path !== '' && (gone.has(parentOf(path)) || isBelowGone(parentOf(path)));
  const meant = paths.filter(path => !isBelowGone(path) && !isKeyMember(path)).map(path => path.split('\n'));
  return meant.reduce<JsonObject>((reduced, steps) => asObject(without(kind, [], reduced, steps)), object);
}

function without(kind: string, names: readonly string[], value: unknown, steps: readonly string[]): unknown {
  const [step = '', ...rest] = steps;
  if (Array.isArray(value)) return withoutElement(kind, names, value, step, rest);
  const name = step.slice(2);
  if (!isObject(value) || !Object.hasOwn(value, name)) return value;
  const { [name]: member, ...others } = value;
  const next = rest.length === 0 ? undefined : without(kind, [...names, name], member, rest);
  const isEmptied = next !== member && (deepEqual(next, {}) || deepEqual(next, []));
  return next === undefined || isEmptied ? others : { ...value, [name]: next };
}

function withoutElement(
  kind: string,
  names: readonly string[],
  list: readonly unknown[],
  step: string,
  rest: readonly string[],
): unknown[] {
  const keys = listTypeAt(kind, names)?.applyKeys ?? [];
  const isMeant = (element: unknown): boolean =>
    step.startsWith('v:') ? valueStep(element) === step : isObject(element) && elementStep(element, keys) === step;
  if (rest.length === 0) return list.filter(element => !isMeant(element));
  return list.map(element => (isMeant(element) ? without(kind, names, element, rest) : element));
}
