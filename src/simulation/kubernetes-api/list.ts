import type { KubeObject, ObjectStore } from '../world/store.ts';
import type { ApiCluster } from './api-cluster.ts';
import { at } from './json.ts';
import type { Target } from './request.ts';
import { hasSelectors, selectionOf } from './selection.ts';
import { ApiError, badRequest, gone, invalid } from './status.ts';

export interface ListMeta {
  resourceVersion: string;
  continue?: string;
  remainingItemCount?: number;
}

export interface ListPage {
  meta: ListMeta;
  items: readonly KubeObject[];
}

interface Page {
  /** Newest resourceVersion the list may show; undefined: now. */
  resourceVersion: number | undefined;
  /** Key after which the page starts. */
  after: string | undefined;
  limit: number;
  /** Objects of the earlier pages are not counted as remaining. */
  continued: boolean;
}

const keyOf = ({ metadata }: KubeObject): string =>
  metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;

/** Reads a resourceVersion parameter: undefined for none. Throws 400 on what is no version. */
export function readResourceVersion(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw badRequest(`resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: invalid syntax`);
  return Number(text);
}

const listOptionsFault = (field: string, message: string): ApiError =>
  invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [{ reason: 'FieldValueForbidden', field, message }]);

/** 422: the WatchList feature is off, as clients must expect it to be. */
export const sendInitialEventsForbidden = (): ApiError =>
  listOptionsFault(
    'sendInitialEvents',
    'Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
  );

/** 504 with its cause: the version asked for is newer than anything there is. */
const tooLarge = (asked: number, current: number): ApiError =>
  new ApiError(504, 'Timeout', `Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });

const encodeToken = (rv: number, after: string): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start: `${after}\0` })).toString('base64url');

function decodeToken(token: string): { rv: number; after: string } {
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    throw badRequest('continue key is not valid: encoding');
  }
  const rv = at(read, 'rv');
  const start = at(read, 'start');
  if (at(read, 'v') !== 'meta.k8s.io/v1' || typeof rv !== 'number' || typeof start !== 'string')
    throw badRequest('continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  return { rv, after: start.replace(/\0$/, '') };
}

function readLimit(text: string | null): number {
  if (text === null || text === '') return 0;
  if (!/^\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** Throws 400, 422 on contradictory parameters, 504 on a version of the future. */
function readPage(query: URLSearchParams, current: number): Page {
  const limit = readLimit(query.get('limit'));
  const match = query.get('resourceVersionMatch');
  const asked = readResourceVersion(query.get('resourceVersion'));
  const token = query.get('continue');
  if (query.has('sendInitialEvents'))
    throw listOptionsFault('sendInitialEvents', 'Forbidden: sendInitialEvents is forbidden for list');
  if (match !== null && match !== '' && asked === undefined)
    throw listOptionsFault(
      'resourceVersionMatch',
      'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    );
  if (token !== null && token !== '') {
    if (asked !== undefined && asked !== 0)
      throw badRequest('specifying resource version is not allowed when using continue');
    const { rv, after } = decodeToken(token);
    return { resourceVersion: rv, after, limit, continued: true };
  }
  if (asked !== undefined && asked > current) throw tooLarge(asked, current);
  const exact = match === 'Exact' || (asked !== undefined && asked !== 0 && limit > 0 && match === null);
  return {
    resourceVersion: exact ? asked : undefined,
    after: undefined,
    limit: asked === 0 ? 0 : limit,
    continued: false,
  };
}

/** All objects of a resource as they were at a resourceVersion: later events undone. Throws 410. */
function objectsAt(store: ObjectStore, resource: string, resourceVersion: number): readonly KubeObject[] {
  const events = store.since(resourceVersion);
  if (events === 'expired')
    throw gone(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    );
  const later = events.filter(event => event.resource === resource);
  if (later.length === 0) return store.list(resource);
  const objects = new Map(store.list(resource).map(object => [keyOf(object), object]));
  for (const event of later.toReversed()) {
    if (event.previous === undefined) objects.delete(keyOf(event.object));
    else objects.set(keyOf(event.previous), event.previous);
  }
  return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}

/** One page of a list, consistent over all its pages. Throws ApiError 400, 410, 422, 504. */
export function listPage(cluster: ApiCluster, target: Target, query: URLSearchParams): ListPage {
  const { store } = cluster;
  const matches = selectionOf(target, query);
  const page = readPage(query, store.resourceVersion);
  const { namespace, info } = target;
  const all =
    page.resourceVersion === undefined
      ? store.list(info.key, namespace)
      : objectsAt(store, info.key, page.resourceVersion);
  const resourceVersion = page.resourceVersion ?? store.resourceVersion;
  const after = page.after;
  const found = all.filter(object => (after === undefined || keyOf(object) > after) && matches(object));
  const meta: ListMeta = { resourceVersion: String(resourceVersion) };
  const last = page.limit > 0 && found.length > page.limit ? found[page.limit - 1] : undefined;
  if (last === undefined) return { meta, items: found };
  meta.continue = encodeToken(resourceVersion, keyOf(last));
  if (!hasSelectors(query)) meta.remainingItemCount = found.length - page.limit;
  return { meta, items: found.slice(0, page.limit) };
}
