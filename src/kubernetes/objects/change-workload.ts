import { at, textAt } from '../../decisions/manifest/json.ts';
import type { ObjectRef } from '../../model/workload-facts.ts';
import type { ChangeOutcome } from '../../ports/workloads.ts';
import type { KubernetesApi } from '../api-call.ts';
import { WRITE } from '../call-policy.ts';
import { notFound, refused } from '../failures.ts';
import { handedBack } from './hand-back.ts';
import { findLive, objectFacts, project } from './live-objects.ts';
import { FIELD_MANAGER } from './managed-fields.ts';
import { callRaw, type JsonObject } from './raw-api.ts';
import { isAboutRequest, refusalOf } from './refusal-text.ts';
import type { ResourceMap } from './resource-map.ts';
import { readRevisions } from './revisions.ts';

const MERGE_TYPE = 'application/merge-patch+json';
const JSON_PATCH_TYPE = 'application/json-patch+json';
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
const MOST_LOOKS = 3;

/** What to send for the live object, or why nothing is. */
type Decision = ChangeOutcome | { patch: unknown; type: string; subresource?: 'scale'; wanted: JsonObject };

interface Changing {
  api: KubernetesApi;
  resources: ResourceMap;
  ref: ObjectRef;
  signal: AbortSignal;
}

/** Looks, decides and patches what was looked at; whoever writes in between makes it look again. [NOT_FOUND, KUBERNETES_*] */
async function change(
  { api, resources, ref, signal }: Changing,
  decide: (live: JsonObject) => Decision | Promise<Decision>,
): Promise<ChangeOutcome> {
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const found = await findLive(api, resources, ref, signal);
    if (found === undefined) throw notFound(api.cluster, `get ${ref.kind}`, `${ref.kind} ${ref.name}`);
    const { live, path, resource } = found;
    const decided = await decide(live);
    if ('kind' in decided) return decided;
    const { gitops } = project(api, `get ${resource.plural}`, () => objectFacts(live, resource));
    if (gitops !== undefined) return { kind: 'gitops', owner: gitops, patch: handedBack(ref, live, decided.wanted) };
    const subresource = decided.subresource === undefined ? '' : `/${decided.subresource}`;
    const what = `patch ${resource.plural}${subresource}`;
    const result = await callRaw(api, api.write(what, WRITE, signal), {
      method: 'PATCH',
      path: `${path}${subresource}`,
      query: { fieldManager: FIELD_MANAGER },
      body: decided.patch,
      contentType: decided.type,
    });
    if ('value' in result) return { kind: 'changed' };
    if (isAboutRequest(result.status)) return { kind: 'refused', why: refusalOf(ref, result.status).message };
    if (result.status.code !== 409) throw refused(api.cluster, what, result.status);
  }
  return { kind: 'conflict' };
}

const versionOf = (live: JsonObject): string | undefined => textAt(live, 'metadata', 'resourceVersion');

/** Sets the replicas of a workload. */
export const scaleWorkload = (changing: Changing, replicas: number): Promise<ChangeOutcome> =>
  change(changing, live => {
    if (at(live, 'spec', 'replicas') === replicas) return { kind: 'unchanged' };
    const wanted = { spec: { replicas } };
    const patch = { metadata: { resourceVersion: versionOf(live) }, ...wanted };
    return { patch, type: MERGE_TYPE, subresource: 'scale', wanted };
  });

/** As `kubectl rollout restart`: a time on the pods' template makes new pods. The same time twice is one restart. */
export const restartWorkload = (changing: Changing, restartedAt: string): Promise<ChangeOutcome> =>
  change(changing, live => {
    if (textAt(live, 'spec', 'template', 'metadata', 'annotations', RESTARTED_AT) === restartedAt)
      return { kind: 'unchanged' };
    if (at(live, 'spec', 'paused') === true) return { kind: 'refused', why: 'its rollout is paused: resume it first' };
    const wanted = { spec: { template: { metadata: { annotations: { [RESTARTED_AT]: restartedAt } } } } };
    const patch = { metadata: { resourceVersion: versionOf(live) }, ...wanted };
    return { patch, type: MERGE_TYPE, wanted };
  });

/**
 * As `kubectl rollout undo`: the template of a former ReplicaSet or ControllerRevision takes the place of the present one. Named by
 * its object, not its number: gone back to, a revision gets a new number, and asking twice changes nothing.
 */
export const rollBackWorkload = (changing: Changing, revision: string): Promise<ChangeOutcome> =>
  change(changing, async live => {
    const { api, resources, ref, signal } = changing;
    const read = await readRevisions(api, resources, ref, signal);
    const found = read?.revisions.find(({ name }) => name === revision);
    if (found === undefined) return { kind: 'refused', why: 'there is no such revision of it any more' };
    if (found.isCurrent) return { kind: 'unchanged' };
    if (at(live, 'spec', 'paused') === true) return { kind: 'refused', why: 'its rollout is paused: resume it first' };
    const patch = [
      { op: 'test', path: '/metadata/resourceVersion', value: versionOf(live) },
      { op: 'replace', path: '/metadata/resourceVersion', value: versionOf(live) },
      { op: 'replace', path: '/spec/template', value: found.template },
    ];
    return { patch, type: JSON_PATCH_TYPE, wanted: { spec: { template: found.template } } };
  });
