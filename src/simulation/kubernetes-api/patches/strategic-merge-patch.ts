import { deepEqual } from '../../world/deep.ts';
import { asList, asText, copy, isObject, type JsonObject, setMember } from '../json.ts';
import { ApiError, badRequest } from '../status.ts';
import { isReplacedMap, type ListType, listTypeAt } from './list-types.ts';

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_PREFIX = '$deleteFromPrimitiveList/';
const ORDER_PREFIX = '$setElementOrder/';

const badDirective = (patch: JsonObject): ApiError =>
  badRequest(`unexpected $patch directive in patch: ${JSON.stringify(patch[DIRECTIVE])}`);

/** 500 as the real one answers: the error has no status of its own. */
const noMergeKey = (element: unknown, key: string): ApiError =>
  new ApiError(500, '', `map: ${JSON.stringify(element)} does not contain declared merge key: ${key}`);

const isDirective = (key: string): boolean =>
  key === DIRECTIVE || key === RETAIN_KEYS || key.startsWith(DELETE_PREFIX) || key.startsWith(ORDER_PREFIX);

/**
 * Kubernetes' strategic merge patch: maps merge, null removes, lists merge by their key where the API declares one and
 * are replaced otherwise; `$patch` (replace, delete, merge), `$retainKeys`, `$deleteFromPrimitiveList/x` and
 * `$setElementOrder/x` are obeyed. Throws ApiError 400 on a malformed directive, 500 on a list element without its key.
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
    if (key.startsWith(ORDER_PREFIX)) reorder(kind, path, merged, key.slice(ORDER_PREFIX.length), order);
  }
  return merged;
}

function mergeValue(kind: string, path: readonly string[], target: unknown, patch: unknown): unknown {
  if (isObject(patch)) return mergeMaps(kind, path, isObject(target) ? target : {}, patch);
  const type = Array.isArray(patch) ? listTypeAt(kind, path) : undefined;
  if (!Array.isArray(patch) || type === undefined) return withoutDirectivesIn(patch);
  const before = asList(target);
  return type.mergeKey === undefined
    ? [...before, ...patch.filter(value => !before.some(known => deepEqual(known, value)))]
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
  return merged;
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

/** Elements named by the order come in that order; those it does not name keep the place they had before their follower. */
function reorder(kind: string, path: readonly string[], merged: JsonObject, member: string, order: unknown): void {
  if (!Array.isArray(order)) throw badRequest('invalid patch format of setElementOrder list');
  if (!Array.isArray(merged[member])) return;
  const key = listTypeAt(kind, [...path, member])?.mergeKey;
  const idOf = (element: unknown): unknown => (key !== undefined && isObject(element) ? element[key] : element);
  const wanted = asList(order).map(idOf);
  const rankOf = (element: unknown): number => wanted.findIndex(id => deepEqual(id, idOf(element)));
  const elements = asList(merged[member]);
  const named = elements.filter(element => rankOf(element) >= 0).sort((a, b) => rankOf(a) - rankOf(b));
  const ordered: unknown[] = [];
  for (const element of elements) {
    if (rankOf(element) < 0) ordered.push(element);
    else ordered.push(named.shift());
  }
  merged[member] = ordered;
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
