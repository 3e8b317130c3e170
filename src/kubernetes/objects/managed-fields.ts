import { at, isObject, type JsonObject, objectAt, objectsAt, textAt } from '../../decisions/manifest/json.ts';

/** Whom the fields that we set belong to (server-side apply). */
export const FIELD_MANAGER = 'containers-gm';

/** Those that Kubernetes' own components write as: what they add does not make an object somebody else's. */
const COMPONENTS = [
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'cloud-controller-manager',
  'kube-apiserver',
];

/** Names of all field managers, each once. */
export const managersOf = (live: unknown): string[] => [
  ...new Set(objectsAt(live, 'metadata', 'managedFields').flatMap(entry => textAt(entry, 'manager') ?? [])),
];

const ownEntry = (live: unknown): JsonObject | undefined =>
  objectsAt(live, 'metadata', 'managedFields').find(
    entry =>
      entry.manager === FIELD_MANAGER && entry.operation === 'Apply' && (textAt(entry, 'subresource') ?? '') === '',
  );

/** True when we applied it, and nobody but Kubernetes itself has set anything of it besides. */
export const isOnlyOurs = (live: unknown): boolean =>
  ownEntry(live) !== undefined &&
  objectsAt(live, 'metadata', 'managedFields').every(
    entry =>
      entry.manager === FIELD_MANAGER ||
      COMPONENTS.includes(textAt(entry, 'manager') ?? '') ||
      (textAt(entry, 'subresource') ?? '') !== '',
  );

function parseKeys(step: string): JsonObject {
  try {
    const keys: unknown = JSON.parse(step.slice(2));
    return isObject(keys) ? keys : {};
  } catch {
    return {};
  }
}

const isElement = (element: unknown, keys: JsonObject): boolean =>
  isObject(element) && Object.entries(keys).every(([key, value]) => element[key] === value);

function extractList(list: readonly unknown[], fields: JsonObject): unknown[] {
  const steps = Object.entries(fields);
  return list.flatMap(element => {
    for (const [step, below] of steps) {
      if (step.startsWith('v:') && JSON.stringify(element) === step.slice(2)) return [element];
      if (!step.startsWith('k:')) continue;
      const keys = parseKeys(step);
      if (isElement(element, keys)) return [{ ...keys, ...objectAt(extract(element, objectAt(below))) }];
    }
    return [];
  });
}

/** The part of a value that a set of fields (FieldsV1) names. An empty set means all of it. */
function extract(value: unknown, fields: JsonObject): unknown {
  if (Object.keys(fields).length === 0) return value;
  if (Array.isArray(value)) return extractList(value, fields);
  if (!isObject(value)) return value;
  const part: Record<string, unknown> = {};
  for (const [step, below] of Object.entries(fields)) {
    const name = step.slice(2);
    if (!step.startsWith('f:') || !Object.hasOwn(value, name)) continue;
    Object.defineProperty(part, name, {
      value: extract(value[name], objectAt(below)),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return part;
}

/** In which version our fields of an object are written down; undefined: we applied nothing to it. */
export const appliedVersion = (live: unknown): string | undefined => textAt(ownEntry(live), 'apiVersion');

/**
 * What we had applied to a live object, read in the version of `appliedVersion`: applied again it gives each field back that we set,
 * and gives up those that we set since (server-side apply). Undefined: we applied nothing.
 */
export function appliedPart(live: JsonObject): JsonObject | undefined {
  const entry = ownEntry(live);
  if (entry === undefined) return undefined;
  const part = objectAt(extract(live, objectAt(entry, 'fieldsV1')));
  return {
    ...part,
    apiVersion: textAt(live, 'apiVersion'),
    kind: textAt(live, 'kind'),
    metadata: {
      ...objectAt(part, 'metadata'),
      name: at(live, 'metadata', 'name'),
      ...(at(live, 'metadata', 'namespace') !== undefined && { namespace: at(live, 'metadata', 'namespace') }),
    },
  };
}
