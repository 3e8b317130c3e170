import type { KubeObject } from '../world/store.ts';

/** Stored objects are immutable: each is turned into text once. Without kind and apiVersion, as items of typed lists are. */
const texts = new WeakMap<KubeObject, string>();

/** The object as it stands among the items of a typed list: no kind, no apiVersion. */
export function itemText(object: KubeObject): string {
  const known = texts.get(object);
  if (known !== undefined) return known;
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = object;
  const text = JSON.stringify(rest);
  texts.set(object, text);
  return text;
}

/** The whole object as JSON text. */
export function objectText(object: KubeObject): string {
  const head = `{"kind":${JSON.stringify(object.kind)},"apiVersion":${JSON.stringify(object.apiVersion)}`;
  const rest = itemText(object);
  return rest === '{}' ? `${head}}` : `${head},${rest.slice(1)}`;
}
