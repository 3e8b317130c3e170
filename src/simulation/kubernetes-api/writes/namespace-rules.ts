import type { ObjectStore } from '../../world/store.ts';
import { asText, at, type JsonObject } from '../json.ts';
import type { ResourceInfo } from '../resource.ts';
import { badRequest, forbidden, notFound } from '../status.ts';

/** The namespace an object is written to: the URL's, which the body may repeat but not contradict. Throws 400. */
export function namespaceFor(
  info: ResourceInfo,
  urlNamespace: string | undefined,
  body: JsonObject,
): string | undefined {
  if (!info.namespaced) return undefined;
  const own = asText(at(body, 'metadata', 'namespace'));
  if (own !== '' && own !== urlNamespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  return urlNamespace;
}

/** Throws 404 when the namespace is not there, 403 (cause NamespaceTerminating) when it is going. */
export function requireLivingNamespace(
  store: ObjectStore,
  info: ResourceInfo,
  namespace: string | undefined,
  name: string,
): void {
  if (namespace === undefined) return;
  const found = store.get('namespaces', undefined, namespace);
  if (found === undefined) throw notFound({ group: '', plural: 'namespaces' }, namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  throw forbidden(info, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    },
  ]);
}

/** Throws 400 when a body names another group, version or kind than its URL. */
export function requireKind(expectedVersion: string, expectedKind: string, body: JsonObject): void {
  const { apiVersion, kind } = body;
  if (typeof apiVersion === 'string' && apiVersion !== '' && apiVersion !== expectedVersion)
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expectedVersion})`,
    );
  if (typeof kind === 'string' && kind !== '' && kind !== expectedKind)
    throw badRequest(`${kind} in version ${JSON.stringify(expectedVersion)} cannot be handled as a ${expectedKind}`);
}
