import type { ResourceInfo } from './resource.ts';
import { CORE_LEFT_OUT, findResource, GROUPS_LEFT_OUT, SUBRESOURCES_LEFT_OUT } from './resources.ts';
import { methodNotAllowed, noSuchPath, notSimulated } from './status.ts';

type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** What arrived, before it is known what it asks for. */
export interface ApiRequest {
  /** Control plane node whose API server answers. */
  node: string;
  method: string;
  /** Path segments, decoded. */
  segments: readonly string[];
  query: URLSearchParams;
  accept: string;
  contentType: string;
  userAgent: string;
  body: Buffer;
}

/** What a request asks of a resource. */
export interface Target {
  info: ResourceInfo;
  verb: Verb;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
}

/** A request to one named object. */
export type NamedTarget = Target & { name: string };

const isTrue = (value: string | null): boolean => value === 'true' || value === '1' || value === '';

function verbOf(method: string, name: string | undefined, query: URLSearchParams): Verb {
  const watches = query.has('watch') && isTrue(query.get('watch'));
  if (method === 'GET' || method === 'HEAD') return name !== undefined ? 'get' : watches ? 'watch' : 'list';
  if (method === 'POST') return 'create';
  if (method === 'PUT') return 'update';
  if (method === 'PATCH') return 'patch';
  if (method === 'DELETE') return name === undefined ? 'deletecollection' : 'delete';
  throw methodNotAllowed();
}

/** Group, version and the rest of `/api/v1/…` or `/apis/G/V/…`; undefined for every other path. */
function splitPath(
  segments: readonly string[],
): { group: string; version: string; rest: readonly string[] } | undefined {
  const [root, first = '', second = ''] = segments;
  if (root === 'api' && segments.length > 2) return { group: '', version: first, rest: segments.slice(2) };
  if (root === 'apis' && segments.length > 3) return { group: first, version: second, rest: segments.slice(3) };
  return undefined;
}

/** Throws what a path to nothing answers: 501 where the real API server has something there, else 404. */
function refuseUnknown(group: string, plural: string): never {
  const leftOut = group === '' ? CORE_LEFT_OUT.has(plural) || plural === 'watch' : GROUPS_LEFT_OUT.has(group);
  if (leftOut) throw notSimulated(group === '' ? `/api/v1/${plural}` : `the API group ${group}`);
  throw noSuchPath();
}

/** Where a namespaced path goes: `namespaces/N/PLURAL/…`, or the namespace object itself. */
function splitNamespace(rest: readonly string[]): { namespace: string | undefined; rest: readonly string[] } {
  const [first, namespace, third] = rest;
  const isOwnSubresource = third === 'status' || third === 'finalize';
  if (first !== 'namespaces' || third === undefined || isOwnSubresource) return { namespace: undefined, rest };
  return { namespace, rest: rest.slice(2) };
}

/** The resource a request is about; undefined for discovery, health and the like. Throws ApiError 404, 405, 501. */
export function targetOf(request: ApiRequest): Target | undefined {
  const split = splitPath(request.segments);
  if (split === undefined) return undefined;
  const { namespace, rest } = splitNamespace(split.rest);
  const [plural = '', name, subresource] = rest;
  const info = findResource(split.group, split.version, plural);
  if (info === undefined) return refuseUnknown(split.group, plural);
  if (namespace !== undefined && !info.namespaced) throw noSuchPath();
  if (info.namespaced && namespace === undefined && name !== undefined) throw noSuchPath();
  const verb = verbOf(request.method, name, request.query);
  const target: Target = { info, verb, namespace, name, subresource };
  requireServed(target, rest.length);
  return target;
}

function requireServed({ info, verb, subresource, namespace, name }: Target, depth: number): void {
  if (subresource !== undefined) {
    const found = info.subresources.find(candidate => candidate.name === subresource);
    if (found === undefined || depth > 3) {
      if (SUBRESOURCES_LEFT_OUT.has(subresource)) throw notSimulated(`${info.plural}/${subresource}`);
      throw noSuchPath();
    }
    if (!found.verbs.includes(verb)) throw methodNotAllowed();
    return;
  }
  if (info.namespaced && namespace === undefined && verb === 'create' && info.served !== 'review')
    throw methodNotAllowed();
  if (verb === 'create' && name !== undefined) throw methodNotAllowed();
  if (name === undefined && (verb === 'update' || verb === 'patch')) throw methodNotAllowed();
  if (info.verbs.includes(verb)) return;
  if (info.served === 'stored') throw notSimulated(`writing ${info.key}: its controller is not part of it`);
  throw methodNotAllowed();
}

/** Resource as it stands in the ledger and in faults: `pods`, `deployments.apps/scale`; a path for the rest. */
export function resourceLabel(request: ApiRequest, target: Target | undefined): string {
  if (target === undefined) return `/${request.segments.slice(0, 3).join('/')}`;
  return target.subresource === undefined ? target.info.key : `${target.info.key}/${target.subresource}`;
}

/** True when the change shall only be worked out, not kept. */
export const isDryRun = (query: URLSearchParams): boolean => query.getAll('dryRun').includes('All');

/** Who writes, for managedFields: the parameter, else the program's name in the User-Agent. */
export const managerOf = (request: ApiRequest): string =>
  request.query.get('fieldManager') ?? (request.userAgent.split('/')[0] || 'unknown');
