import { textAt } from '../../decisions/manifest/json.ts';
import type { ObjectRef } from '../../model/workload-facts.ts';
import type { DeleteOutcome, PriorObject, RestoreOutcome } from '../../ports/workloads.ts';
import type { KubernetesApi } from '../api-call.ts';
import { WRITE } from '../call-policy.ts';
import { refused } from '../failures.ts';
import { applyObject } from './apply-object.ts';
import { findLive, objectFacts, project } from './live-objects.ts';
import { appliedVersion, isOnlyOurs } from './managed-fields.ts';
import { callRaw } from './raw-api.ts';
import type { ResourceMap } from './resource-map.ts';

/** Data, or everything of a kind or a namespace, would go with them. */
const NEVER_DELETED = ['Namespace', 'PersistentVolume', 'PersistentVolumeClaim', 'CustomResourceDefinition'];

const WHAT_IS_IN_IT = 'what is in it would go with it';

interface Deleting {
  api: KubernetesApi;
  resources: ResourceMap;
  signal: AbortSignal;
  beforeSent?: (() => Promise<void>) | undefined;
}

/** Deletes exactly the object with this uid (any, when undefined: the one that is there), if we applied it and nobody else has part in it. */
async function deleteObject(
  { api, resources, signal, beforeSent }: Deleting,
  ref: ObjectRef,
  uid?: string,
): Promise<DeleteOutcome> {
  const kept = (why: string): DeleteOutcome => ({ kind: 'kept', ref, why });
  if (NEVER_DELETED.includes(ref.kind)) return kept(WHAT_IS_IN_IT);
  const found = await findLive(api, resources, ref, signal);
  if (found === undefined) return { kind: 'gone', ref };
  const { live, path, resource } = found;
  const liveUid = textAt(live, 'metadata', 'uid') ?? '';
  if (uid !== undefined && uid !== liveUid) return { kind: 'gone', ref };
  const { gitops } = project(api, `get ${resource.plural}`, () => objectFacts(live, resource));
  if (gitops !== undefined) return kept(`${gitops.by} ${gitops.name} keeps it`);
  if (!isOnlyOurs(live)) return kept('we did not apply it, or somebody else has set something of it');
  const what = `delete ${resource.plural}`;
  await beforeSent?.();
  const result = await callRaw(api, api.write(what, WRITE, signal), {
    method: 'DELETE',
    path,
    body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: liveUid }, propagationPolicy: 'Background' },
  });
  if ('value' in result) return { kind: 'deleted', ref };
  if (result.status.code === 404) return { kind: 'gone', ref };
  if (result.status.code === 409) return kept('it was replaced meanwhile');
  throw refused(api.cluster, what, result.status);
}

/** See WorkloadWriter.deleteObjects. */
export async function deleteObjects(
  deleting: Deleting,
  objects: readonly { ref: ObjectRef; uid: string }[],
): Promise<DeleteOutcome[]> {
  const outcomes: DeleteOutcome[] = [];
  for (const { ref, uid } of objects) outcomes.push(await deleteObject(deleting, ref, uid));
  return outcomes;
}

/**
 * Takes back what was applied to an object that was there: applies again what we had applied, so that every field that we set since
 * is given up (server-side apply), and nobody else's is touched.
 */
async function restoreObject(
  { api, resources, signal, beforeSent }: Deleting,
  prior: PriorObject,
): Promise<RestoreOutcome> {
  const { ref } = prior;
  const found = await findLive(api, resources, ref, signal);
  if (found === undefined || textAt(found.live, 'metadata', 'uid') !== prior.uid) return { kind: 'gone', ref };
  // Nothing of it is ours, now or before: it was not reached.
  if (prior.applied === undefined && appliedVersion(found.live) === undefined) return { kind: 'restored', ref };
  const bare = { apiVersion: ref.apiVersion, kind: ref.kind, metadata: { name: ref.name } };
  const body = prior.applied ?? bare;
  const version = textAt(body, 'apiVersion') ?? ref.apiVersion;
  const resource = await resources.find(version, ref.kind, signal);
  if (resource === undefined) return { kind: 'kept', ref, why: `the API server does not serve ${version} any more` };
  const look = async () => (await findLive(api, resources, ref, signal))?.live;
  const object = { ref: { ...ref, apiVersion: version }, body };
  const outcome = await applyObject(
    api,
    { resource, object, namespace: ref.namespace, isDryRun: false, beforeSent },
    look,
    signal,
  );
  if (outcome.kind === 'applied') return { kind: 'restored', ref };
  if (outcome.kind === 'conflict') return { kind: 'kept', ref, why: `${outcome.managers.join(', ')} set it meanwhile` };
  return { kind: 'kept', ref, why: outcome.kind === 'refused' ? `refused: ${outcome.message}` : 'not applied' };
}

/** See WorkloadWriter.restore. */
export async function restoreObjects(deleting: Deleting, prior: readonly PriorObject[]): Promise<RestoreOutcome[]> {
  const outcomes: RestoreOutcome[] = [];
  for (const one of [...prior].reverse()) {
    if (one.uid !== undefined) outcomes.push(await restoreObject(deleting, one));
    else if (NEVER_DELETED.includes(one.ref.kind)) outcomes.push({ kind: 'left', ref: one.ref, why: WHAT_IS_IN_IT });
    else outcomes.push(await deleteObject(deleting, one.ref));
  }
  return outcomes;
}
