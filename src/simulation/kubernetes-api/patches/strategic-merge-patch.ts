import { deepEqual } from '../../world/deep.ts';
import { asList, asText, copy, isObject, type JsonObject, setMember } from '../json.ts';
import { ApiError, badRequest } from '../status.ts';
import { isReplacedMap, type ListType, listTypeAt } from './list-types.ts';

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_PREFIX = '$deleteFromPrimitiveList/';
const ORDER_PREFIX = '$setElementOrder/';

/** 500 as the real one answers, here and below: the error has no status of its own. */
const badDirective = (patch: JsonObject): ApiError =>
  new ApiError(500, '', `unexpected $patch directive in patch: ${JSON.stringify(patch[DIRECTIVE])}`);

const noMergeKey = (element: unknown, key: string): ApiError =>
  new ApiError(500, '', `map: ${JSON.stringify(element)} does not contain declared merge key: ${key}`);

const isDirective = (key: string): boolean =>
  key === DIRECTIVE || key === RETAIN_KEYS || key.startsWith(DELETE_PREFIX) || key.startsWith(ORDER_PREFIX);

/**
 * Kubernetes' strategic merge patch: maps merge, null removes, lists merge by their key where the API declares one and
 * are replaced otherwise; `$patch` (replace, delete, merge), `$retainKeys`, `$deleteFromPrimitiveList/x` and
 * `$setElementOrder/x` are obeyed. Throws ApiError 400 on a malformed directive, 500 on an unknown `$patch` and on a
 * list element without its key.
 */
export const strategicMergePatch = (kind: string, target: unknown, patch: JsonObject): unknown =>
  mergeMaps(kind, [], isObject(target) ? target : {}, patch);

function mergeMaps(kind: string, path: readonly string[], target: JsonObject, patch: JsonObject): JsonObject {
  const directive = patch[DIRECTIVE];
  if (directive === 'replace') return withoutDirectives(patch);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') throw badDirective(patch);
  if (path.length > 0 && isReplacedMap(kind, path)) return withoutDirectives(patch);
  const merged = retained(target, patch);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(DELETE_PREFIX)) removeValues(merged, key.slice(DELETE_PREFIX.length), value);
  }
  for (const [key, value] of Object.entries(patch)) {
    if (isDirective(key)) continue;
    if (value === null) delete merged[key];
    else
      setMember(
        merged,
        key,
        mergeValue(kind, [...path, key], Object.hasOwn(merged, key) ? merged[key] : undefined, value),
      );
  }
  for (const [key, order] of Object.entries(patch)) {
    if (key.startsWith(ORDER_PREFIX)) reorder(kind, [...path, key.slice(ORDER_PREFIX.length)], target, merged, order);
  }
  return merged;
}

function mergeValue(kind: string, path: readonly string[], target: unknown, patch: unknown): unknown {
  if (isObject(patch)) return mergeMaps(kind, path, isObject(target) ? target : {}, patch);
  const type = Array.isArray(patch) ? listTypeAt(kind, path) : undefined;
  if (!Array.isArray(patch) || type === undefined) return withoutDirectivesIn(patch);
  const before = asList(target);
  return type.mergeKey === undefined
    ? inOrder([...before, ...patch.filter(value => !before.some(known => deepEqual(known, value)))], patch, before)
    : mergeElements({ kind, path, key: type.mergeKey, type }, before, patch);
}

interface KeyedList {
  kind: string;
  path: readonly string[];
  key: string;
  type: ListType;
}

function mergeElements(list: KeyedList, before: readonly unknown[], patch: readonly unknown[]): unknown[] {
  const elements = patch.filter(isObject);
  if (elements.some(element => element[DIRECTIVE] === 'replace'))
    return elements.filter(element => element[DIRECTIVE] === undefined).map(withoutDirectives);
  const merged = [...before];
  for (const element of elements) {
    const key = element[list.key];
    if (key === undefined) throw noMergeKey(element, list.key);
    const index = merged.findIndex(known => isObject(known) && deepEqual(known[list.key], key));
    const directive = element[DIRECTIVE];
    if (directive === 'delete') {
      if (index >= 0) merged.splice(index, 1);
      continue;
    }
    if (directive !== undefined && directive !== 'merge') throw badDirective(element);
    const known = merged[index];
    const next = mergeMaps(list.kind, list.path, isObject(known) ? known : {}, element);
    if (index >= 0) merged[index] = next;
    else merged.push(next);
  }
  return inOrder(merged, elements, before, list.key);
}

/**
 * A merged list in the API server's order: elements the patch names in the patch's order, the others as they were
 * stored; of two that were both stored, one the patch does not name keeps its place before one it names, and a new
 * one comes before all that is left.
 */
function inOrder(
  merged: readonly unknown[],
  named: readonly unknown[],
  stored: readonly unknown[],
  key?: string,
): unknown[] {
  const idOf = (element: unknown): unknown => (key !== undefined && isObject(element) ? element[key] : element);
  const placeIn = (list: readonly unknown[], element: unknown): number =>
    list.findIndex(known => deepEqual(idOf(known), idOf(element)));
  const sortedBy = (order: readonly unknown[], elements: readonly unknown[]): unknown[] =>
    [...elements].sort((a, b) => placeIn(order, a) - placeIn(order, b));
  const isNamed = (element: unknown): boolean => placeIn(named, element) >= 0;
  const others = sortedBy(
    stored,
    merged.filter(element => !isNamed(element)),
  );
  const ordered: unknown[] = [];
  for (const element of sortedBy(named, merged.filter(isNamed))) {
    const place = placeIn(stored, element);
    while (others.length > 0 && placeIn(stored, others[0]) < place) ordered.push(others.shift());
    ordered.push(element);
  }
  return [...ordered, ...others];
}

function retained(target: JsonObject, patch: JsonObject): JsonObject {
  const keys = patch[RETAIN_KEYS];
  if (keys === undefined) return { ...target };
  if (!Array.isArray(keys)) throw badRequest('invalid patch format of retainKeys');
  const unlisted = Object.keys(patch).some(key => !isDirective(key) && patch[key] !== null && !keys.includes(key));
  if (unlisted) throw badRequest('invalid patch format of retainKeys');
  return Object.fromEntries(Object.entries(target).filter(([key]) => keys.includes(key)));
}

function removeValues(merged: JsonObject, member: string, values: unknown): void {
  if (!Array.isArray(values)) throw badRequest('invalid patch format of primitive list');
  if (!Array.isArray(merged[member])) return;
  merged[member] = asList(merged[member]).filter(value => !values.some(gone => deepEqual(gone, value)));
}

/** Orders a merged list of `merged` as `$setElementOrder` says; `path` ends with the list's member name. */
function reorder(kind: string, path: readonly string[], target: JsonObject, merged: JsonObject, order: unknown): void {
  if (!Array.isArray(order)) throw badRequest('invalid patch format of setElementOrder list');
  const member = path.at(-1) ?? '';
  if (!Array.isArray(merged[member])) return;
  merged[member] = inOrder(asList(merged[member]), order, asList(target[member]), listTypeAt(kind, path)?.mergeKey);
}

function withoutDirectives(patch: JsonObject): JsonObject {
  const clean: JsonObject = {};
  for (const [key, value] of Object.entries(patch)) {
    if (!isDirective(key) && value !== null) setMember(clean, key, withoutDirectivesIn(value));
  }
  return clean;
}

function withoutDirectivesIn(value: unknown): unknown {
  if (Array.isArray(value))
    return value
      .filter(element => !(isObject(element) && asText(element[DIRECTIVE]) !== ''))
      .map(element => withoutDirectivesIn(element));
  return isObject(value) ? withoutDirectives(value) : copy(value);
}
