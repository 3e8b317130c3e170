import { at, labelsAt, objectAt, objectsAt, textAt } from '../../decisions/manifest/json.ts';
import type { ObjectFacts, ObjectRef } from '../../model/workload-facts.ts';
import type { KubernetesApi } from '../api-call.ts';
import { refused, unintelligible } from '../failures.ts';
import { required, timeOf } from '../wire.ts';
import { gitopsOwner } from './gitops-owner.ts';
import { managersOf } from './managed-fields.ts';
import { objectPath } from './object-path.ts';
import { callRaw, findRaw, type JsonObject } from './raw-api.ts';
import type { Resource, ResourceMap } from './resource-map.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const PAGE_SIZE = '250';
const MOST_RESTARTS = 3;
const SECRET_FIELDS = ['data', 'stringData'];

/** What may be shown of an object: no values of a Secret, no second copy of it in an annotation, no bookkeeping. */
function shownBody(live: JsonObject, ref: ObjectRef): JsonObject {
  const { managedFields: _managed, ...metadata } = objectAt(live, 'metadata');
  const annotations = Object.entries(objectAt(metadata, 'annotations')).filter(([key]) => key !== LAST_APPLIED);
  const body = Object.entries(live).filter(([field]) => ref.kind !== 'Secret' || !SECRET_FIELDS.includes(field));
  return {
    ...Object.fromEntries(body),
    metadata: { ...metadata, ...(annotations.length > 0 && { annotations: Object.fromEntries(annotations) }) },
  };
}

/** The facts of a live object. @throws TypeError when it is no object of Kubernetes */
export function objectFacts(
  live: JsonObject,
  { apiVersion, kind }: Pick<Resource, 'apiVersion' | 'kind'>,
): ObjectFacts {
  const ref: ObjectRef = {
    apiVersion,
    kind,
    namespace: textAt(live, 'metadata', 'namespace'),
    name: required(textAt(live, 'metadata', 'name'), 'metadata.name'),
  };
  const body = shownBody(live, ref);
  const labels = labelsAt(live, 'metadata', 'labels');
  const annotations = labelsAt(body, 'metadata', 'annotations');
  const managers = managersOf(live);
  return {
    ref,
    uid: required(textAt(live, 'metadata', 'uid'), 'metadata.uid'),
    resourceVersion: required(textAt(live, 'metadata', 'resourceVersion'), 'metadata.resourceVersion'),
    labels,
    annotations,
    managers,
    gitops: gitopsOwner({ labels, annotations, managers }),
    terminatingSince: timeOf(at(live, 'metadata', 'deletionTimestamp')),
    body,
  };
}

/** A projection that fails means that the answer was no such object. */
export function project<Fact>(api: KubernetesApi, what: string, read: () => Fact): Fact {
  try {
    return read();
  } catch (error) {
    throw unintelligible(api.cluster, what, error);
  }
}

/** One live object as the server has it, and how it is served; undefined when it, or its kind, is not there. */
export async function findLive(
  api: KubernetesApi,
  resources: ResourceMap,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<{ resource: Resource; path: string; live: JsonObject } | undefined> {
  const resource = await resources.find(ref.apiVersion, ref.kind, signal);
  if (resource === undefined) return undefined;
  const path = objectPath(resource, { namespace: ref.namespace, name: ref.name });
  const live = await findRaw(api, api.read(`get ${resource.plural}`, signal), path);
  return live === undefined ? undefined : { resource, path, live };
}

/**
 * All objects of a resource, in pages, each projected at once; an expired list is begun again, three times at most.
 * [KUBERNETES_*, TIMEOUT, CANCELLED]
 */
export async function listLive<Fact>(
  api: KubernetesApi,
  resource: Resource,
  options: { namespace?: string | undefined; labels?: Readonly<Record<string, string>> | undefined },
  read: (live: JsonObject) => Fact,
  signal: AbortSignal,
): Promise<Fact[]> {
  const what = `list ${resource.plural}`;
  const labels = Object.entries(options.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const selector = labels.length === 0 ? {} : { labelSelector: labels.join(',') };
  let facts: Fact[] = [];
  let next = '';
  for (let restarts = 0; ; ) {
    const result = await callRaw(api, api.read(what, signal), {
      method: 'GET',
      path: objectPath(resource, { namespace: options.namespace }),
      query: { limit: PAGE_SIZE, ...selector, ...(next !== '' && { continue: next }) },
    });
    if ('status' in result) {
      if (result.status.code !== 410 || next === '' || restarts >= MOST_RESTARTS)
        throw refused(api.cluster, what, result.status);
      restarts += 1;
      [facts, next] = [[], ''];
      continue;
    }
    if (!('items' in result.value)) throw unintelligible(api.cluster, what);
    facts.push(...project(api, what, () => objectsAt(result.value, 'items').map(read)));
    const following = textAt(result.value, 'metadata', 'continue') ?? '';
    if (following === '') return facts;
    if (following === next) throw unintelligible(api.cluster, what);
    next = following;
  }
}
