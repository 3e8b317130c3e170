export type JsonObject = Record<string, unknown>;

/** True for a JSON object: not null, not a list. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as an object, or an empty one: for reading optional parts of stored objects. */
export const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** The value as a list, or an empty one. */
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The objects of a list; anything else in it is left out. */
export const asObjects = (value: unknown): JsonObject[] => asList(value).filter(isObject);

export const asText = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);

export const asNumber = (value: unknown, otherwise = 0): number => (typeof value === 'number' ? value : otherwise);

/** The value at a path of member names; undefined where the path leaves the objects. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const step of path) {
    if (!isObject(found)) return undefined;
    found = found[step];
  }
  return found;
}

/** A deep copy that may be changed: stored objects are frozen. */
export function copy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(item => copy<unknown>(item)) as T;
  if (!isObject(value)) return value;
  const copied: JsonObject = {};
  for (const [key, member] of Object.entries(value)) setMember(copied, key, copy(member));
  return copied as T;
}

/** Sets a member, also one named `__proto__`, as plain data. */
export function setMember(target: JsonObject, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  else target[key] = value;
}
