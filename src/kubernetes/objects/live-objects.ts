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
 * Shows every object of a resource, page by page, to what `begin` gives; an expired list is begun again, three times at most, and then
 * `begin` is called again: what it gave before counts no more. [KUBERNETES_*, TIMEOUT, CANCELLED]
 */
export async function visitLive(
  api: KubernetesApi,
  resource: Resource,
  options: { namespace?: string | undefined; labels?: Readonly<Record<string, string>> | undefined },
  begin: () => (live: JsonObject) => void,
  signal: AbortSignal,
): Promise<void> {
  const what = `list ${resource.plural}`;
  const labels = Object.entries(options.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const selector = labels.length === 0 ? {} : { labelSelector: labels.join(',') };
  let visit = begin();
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
      [visit, next] = [begin(), ''];
      continue;
    }
    if (!('items' in result.value)) throw unintelligible(api.cluster, what);
    project(api, what, () => {
      for (const live of objectsAt(result.value, 'items')) visit(live);
    });
    const following = textAt(result.value, 'metadata', 'continue') ?? '';
    if (following === '') return;
    if (following === next) throw unintelligible(api.cluster, what);
    next = following;
  }
}

/** All objects of a resource, each projected at once, as `visitLive` shows them. [KUBERNETES_*, TIMEOUT, CANCELLED] */
export async function listLive<Fact>(
  api: KubernetesApi,
  resource: Resource,
  options: { namespace?: string | undefined; labels?: Readonly<Record<string, string>> | undefined },
  read: (live: JsonObject) => Fact,
  signal: AbortSignal,
): Promise<Fact[]> {
  let facts: Fact[] = [];
  const begin = () => {
    facts = [];
    return (live: JsonObject): void => {
      facts.push(read(live));
    };
  };
  await visitLive(api, resource, options, begin, signal);
  return facts;
}
