import { isObject, type JsonObject } from '../../decisions/manifest/json.ts';
import type { ObjectRef } from '../../model/workload-facts.ts';
import type { HandedBack } from '../../ports/workloads.ts';

const isEqual = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** The members of `wanted` that `live` has otherwise, as a merge patch (RFC 7386); lists whole. Undefined when there are none. */
function difference(live: unknown, wanted: JsonObject): JsonObject | undefined {
  const changed = Object.entries(wanted).flatMap(([key, value]): [string, unknown][] => {
    const now = isObject(live) && Object.hasOwn(live, key) ? live[key] : undefined;
    if (isObject(value) && isObject(now)) {
      const below = difference(now, value);
      return below === undefined ? [] : [[key, below]];
    }
    return isEqual(now, value) ? [] : [[key, value]];
  });
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

/** What its repository would have to say, for whoever keeps the object there: nothing of a Secret. */
export const handedBack = ({ kind }: ObjectRef, live: unknown, wanted: JsonObject): HandedBack =>
  kind === 'Secret' ? undefined : (difference(live, wanted) ?? {});
