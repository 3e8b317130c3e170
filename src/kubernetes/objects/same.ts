import { isObject } from '../../decisions/manifest/json.ts';

/** Equal whatever the order of their fields. */
export function isSame(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => isSame(item, right[index]));
  if (!isObject(left) || !isObject(right)) return JSON.stringify(left) === JSON.stringify(right);
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every(key => isSame(left[key], right[key]));
}
