/** Names that say what is counted, in an answer that is sent. */
const UNIT = /(^|_)(pods|nodes|millis|bytes|percent|pieces|cases|seconds|ms)(_|$)/;

/** Paths of the numbers in an answer whose name, or that of the object they are values of, tells no unit. */
export function withoutUnit(value: unknown, name = '', path = ''): string[] {
  if (typeof value === 'number') return UNIT.test(name) ? [] : [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => withoutUnit(item, name, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  const hasUnit = 'unit' in value;
  return Object.entries(value).flatMap(([key, inner]) =>
    hasUnit && typeof inner === 'number' ? [] : withoutUnit(inner, UNIT.test(name) ? name : key, `${path}.${key}`),
  );
}
