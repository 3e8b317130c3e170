import { textAt } from '../../decisions/manifest/json.ts';
import type { ObjectRef } from '../../model/workload-facts.ts';
import { objectText } from '../../model/workload-facts.ts';
import type { ApplyOutcome, ObjectBody, PriorObject, WorkloadWriter } from '../../ports/workloads.ts';
import type { KubernetesApi } from '../api-call.ts';
import { applyObject, placed } from './apply-object.ts';
import { handedBack } from './hand-back.ts';
import { findLive, objectFacts, project } from './live-objects.ts';
import { appliedPart, appliedVersion } from './managed-fields.ts';
import type { JsonObject } from './raw-api.ts';
import type { Resource, ResourceMap } from './resource-map.ts';

type Wanted = Parameters<WorkloadWriter['apply']>[1];

/** An object as it is before anything is sent. */
interface Standing {
  object: ObjectBody;
  ref: ObjectRef;
  /** Undefined: the server does not serve its kind, yet. */
  resource: Resource | undefined;
  live: JsonObject | undefined;
}

async function lookAt(
  api: KubernetesApi,
  resources: ResourceMap,
  object: ObjectBody,
  namespace: string,
  signal: AbortSignal,
): Promise<Standing> {
  const resource = await resources.find(object.ref.apiVersion, object.ref.kind, signal);
  if (resource === undefined) return { object, ref: object.ref, resource, live: undefined };
  const ref = placed(object.ref, resource, namespace);
  return { object, ref, resource, live: (await findLive(api, resources, ref, signal))?.live };
}

/** What we had applied is written down in the version it was applied in: the object is read in that one. */
async function priorOf(
  api: KubernetesApi,
  resources: ResourceMap,
  { ref, live }: Standing,
  signal: AbortSignal,
): Promise<PriorObject> {
  if (live === undefined) return { ref, uid: undefined, applied: undefined };
  const version = appliedVersion(live);
  const isOther = version !== undefined && version !== ref.apiVersion;
  const read = isOther ? (await findLive(api, resources, { ...ref, apiVersion: version }, signal))?.live : live;
  const uid = textAt(live, 'metadata', 'uid') ?? '';
  return { ref, uid, applied: read && appliedPart(read) };
}

const keptByGitOps = (api: KubernetesApi, { object, ref, resource, live }: Standing): ApplyOutcome | undefined => {
  if (resource === undefined || live === undefined) return undefined;
  const { gitops } = project(api, `get ${resource.plural}`, () => objectFacts(live, resource));
  return gitops && { kind: 'gitops', ref, owner: gitops, patch: handedBack(ref, live, object.body) };
};

const notTried = (ref: ObjectRef, why: string): ApplyOutcome => ({ kind: 'not_tried', ref, why });

/** See WorkloadWriter.apply. A repeat finds what is applied already and goes on after it. */
export async function applyObjects(
  api: KubernetesApi,
  resources: ResourceMap,
  { namespace, objects, keepPrior }: Wanted,
  signal: AbortSignal,
  beforeSent?: () => Promise<void>,
): Promise<ApplyOutcome[]> {
  const standing: Standing[] = [];
  for (const object of objects) standing.push(await lookAt(api, resources, object, namespace, signal));
  const kept = standing.map(one => keptByGitOps(api, one));
  if (kept.some(outcome => outcome !== undefined)) {
    return standing.map(({ ref }, index) => kept[index] ?? notTried(ref, 'another object of it is kept by GitOps'));
  }
  const prior: PriorObject[] = [];
  for (const one of standing) prior.push(await priorOf(api, resources, one, signal));
  await keepPrior(prior);
  const outcomes: ApplyOutcome[] = [];
  for (const { object, ref: found } of standing) {
    const before = outcomes.find(outcome => outcome.kind !== 'applied');
    if (before !== undefined) {
      outcomes.push(notTried(found, `${objectText(before.ref)} before it was not applied`));
      continue;
    }
    // Asked again: a CustomResourceDefinition or a Namespace of this manifest may have come meanwhile.
    const resource = await resources.find(object.ref.apiVersion, object.ref.kind, signal);
    if (resource === undefined) {
      outcomes.push(notTried(found, 'the API server does not serve its kind'));
      continue;
    }
    const ref = placed(object.ref, resource, namespace);
    const look = async () => (await findLive(api, resources, ref, signal))?.live;
    const apply = { resource, object, namespace: ref.namespace, isDryRun: false, beforeSent };
    outcomes.push(await applyObject(api, apply, look, signal));
  }
  return outcomes;
}
