import { at, objectAt, objectsAt, textAt } from '../../decisions/manifest/json.ts';
import type { ObjectRef, RevisionFacts } from '../../model/workload-facts.ts';
import type { KubernetesApi } from '../api-call.ts';
import { required } from '../wire.ts';
import { findLive, listLive } from './live-objects.ts';
import type { JsonObject } from './raw-api.ts';
import type { ResourceMap } from './resource-map.ts';
import { isSame } from './same.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const HASH = 'pod-template-hash';

/** A revision with the template it would bring back. */
export interface Revision extends RevisionFacts {
  template: JsonObject;
}

export interface Revisions {
  live: JsonObject;
  path: string;
  revisions: readonly Revision[];
}

const isOwnedBy = (live: JsonObject, uid: string): boolean =>
  objectsAt(live, 'metadata', 'ownerReferences').some(owner => owner.controller === true && owner.uid === uid);

const imagesOf = (template: JsonObject): string[] =>
  objectsAt(template, 'spec', 'containers').flatMap(container => textAt(container, 'image') ?? []);

function withoutHash(template: JsonObject): JsonObject {
  const { [HASH]: _hash, ...labels } = objectAt(template, 'metadata', 'labels');
  return { ...template, metadata: { ...objectAt(template, 'metadata'), labels } };
}

function ofReplicaSet(set: JsonObject, current: unknown): Revision {
  const template = withoutHash(objectAt(set, 'spec', 'template'));
  return {
    name: required(textAt(set, 'metadata', 'name'), 'metadata.name'),
    revision: Number(at(set, 'metadata', 'annotations', REVISION) ?? 0),
    images: imagesOf(template),
    isCurrent: isSame(template, current),
    template,
  };
}

/** A ControllerRevision's data is a strategic merge patch that replaces the template; `$patch` says so and is no part of it. */
function ofControllerRevision(kept: JsonObject, current: unknown): Revision {
  const { $patch: _replace, ...template } = objectAt(kept, 'data', 'spec', 'template');
  const revision = at(kept, 'revision');
  return {
    name: required(textAt(kept, 'metadata', 'name'), 'metadata.name'),
    revision: typeof revision === 'number' ? revision : 0,
    images: imagesOf(template),
    isCurrent: isSame(template, current),
    template,
  };
}

/** The workload and the templates it can go back to, newest first; undefined when it is not there. */
export async function readRevisions(
  api: KubernetesApi,
  resources: ResourceMap,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<Revisions | undefined> {
  const found = await findLive(api, resources, ref, signal);
  if (found === undefined) return undefined;
  const { live, path } = found;
  const uid = required(textAt(live, 'metadata', 'uid'), 'metadata.uid');
  const kind = ref.kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision';
  const resource = await resources.find('apps/v1', kind, signal);
  if (resource === undefined) return { live, path, revisions: [] };
  const current = at(live, 'spec', 'template');
  const read = (kept: JsonObject): Revision[] => {
    if (!isOwnedBy(kept, uid)) return [];
    return [kind === 'ReplicaSet' ? ofReplicaSet(kept, current) : ofControllerRevision(kept, current)];
  };
  const all = await listLive(api, resource, { namespace: ref.namespace }, read, signal);
  return { live, path, revisions: all.flat().sort((a, b) => b.revision - a.revision) };
}
