import { type KubeObject, kubeTime, type NewKubeObject, StoreConflict } from '../../world/store.ts';
import type { ApiCluster } from '../api-cluster.ts';
import { recordUpdate } from '../apply/managed-fields.ts';
import { asObject, asText, copy, type JsonObject } from '../json.ts';
import { apiVersionOf, type ResourceInfo } from '../resource.ts';
import { alreadyExists } from '../status.ts';
import { asCreated } from './defaults.ts';
import { namespaceFor, requireKind, requireLivingNamespace } from './namespace-rules.ts';
import { withServiceAddress } from './service-address.ts';
import { requireValid } from './validation.ts';

export interface Writer {
  /** Field manager recorded for what this write sets. */
  manager: string;
  /** Works the write out and keeps nothing. */
  dryRun: boolean;
}

/** Letters of generated names, as Kubernetes draws them: no vowels, nothing to mistake. */
const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Draws before the name is given up as taken, as the API server since 1.32. */
const NAME_DRAWS = 8;

function drawnName(cluster: ApiCluster, prefix: string): string {
  const letters = Array.from(
    { length: 5 },
    () => SUFFIX_LETTERS[Math.floor(cluster.random() * SUFFIX_LETTERS.length)] ?? 'x',
  );
  return `${prefix.slice(0, 58)}${letters.join('')}`;
}

/** A name of the prefix that is free, where a few draws find one. */
function generatedName(cluster: ApiCluster, info: ResourceInfo, namespace: string | undefined, prefix: string): string {
  let name = drawnName(cluster, prefix);
  for (let draw = 1; draw < NAME_DRAWS && cluster.store.get(info.key, namespace, name) !== undefined; draw += 1)
    name = drawnName(cluster, prefix);
  return name;
}

/** Metadata a creator may set; the rest is the server's. */
function ownMetadata(metadata: JsonObject): JsonObject {
  const {
    uid: _uid,
    resourceVersion: _version,
    creationTimestamp: _created,
    generation: _generation,
    deletionTimestamp: _deleted,
    deletionGracePeriodSeconds: _grace,
    selfLink: _link,
    namespace: _urlHasIt,
    managedFields: _managed,
    ...own
  } = metadata;
  return own;
}

/** The object as it would be stored, and its place. */
function prepare(
  cluster: ApiCluster,
  info: ResourceInfo,
  urlNamespace: string | undefined,
  body: JsonObject,
  managedFields: readonly unknown[] | undefined,
  writer: Writer,
): NewKubeObject {
  const apiVersion = apiVersionOf(info);
  requireKind(apiVersion, info.kind, body);
  const namespace = namespaceFor(info, urlNamespace, body);
  const metadata = ownMetadata(asObject(body.metadata));
  const prefix = asText(metadata.generateName);
  const name = asText(metadata.name) || (prefix === '' ? '' : generatedName(cluster, info, namespace, prefix));
  const created = asCreated(cluster.store, info.key, { ...copy(body), apiVersion, kind: info.kind });
  const filled = info.key === 'services' ? withServiceAddress(cluster, created) : created;
  requireValid(info, name, filled);
  requireLivingNamespace(cluster.store, info, namespace, name);
  const fields =
    managedFields ??
    recordUpdate([], { info, before: undefined, after: filled, manager: writer.manager, nowMs: cluster.now() });
  return {
    ...filled,
    apiVersion,
    kind: info.kind,
    metadata: {
      ...metadata,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(info.key === 'namespaces' ? { labels: { ...labelsOf(metadata), 'kubernetes.io/metadata.name': name } } : {}),
      ...(fields.length === 0 ? {} : { managedFields: [...fields] }),
    },
  };
}

const labelsOf = (metadata: JsonObject): Record<string, string> => asObject(metadata.labels) as Record<string, string>;

/**
 * Creates an object. `managedFields`: given by server-side apply, else recorded for the writer.
 * Throws ApiError 400, 403, 404 (namespace), 409 AlreadyExists, 422.
 */
export function createObject(
  cluster: ApiCluster,
  info: ResourceInfo,
  urlNamespace: string | undefined,
  body: JsonObject,
  writer: Writer,
  managedFields?: readonly unknown[],
): KubeObject {
  const object = prepare(cluster, info, urlNamespace, body, managedFields, writer);
  const { name, namespace } = object.metadata;
  if (cluster.store.get(info.key, namespace, name) !== undefined) throw alreadyExists(info, name);
  if (writer.dryRun) return unkept(cluster, object);
  try {
    return cluster.store.create(info.key, object);
  } catch (error) {
    if (error instanceof StoreConflict) throw alreadyExists(info, name);
    throw error;
  }
}

/** What a dry run answers: server fields filled in, no resourceVersion, nothing stored. */
function unkept(cluster: ApiCluster, object: NewKubeObject): KubeObject {
  const { metadata } = object;
  return {
    ...object,
    metadata: {
      ...metadata,
      uid: '00000000-0000-4000-8000-000000000000',
      resourceVersion: '',
      creationTimestamp: kubeTime(cluster.now()),
      ...(object.spec === undefined ? {} : { generation: 1 }),
    },
  };
}
