import { textAt } from '../../decisions/manifest/json.ts';
import { objectText } from '../../model/workload-facts.ts';
import type { ApplyOutcome, ObjectBody } from '../../ports/workloads.ts';
import type { KubernetesApi } from '../api-call.ts';
import { applyObject, placed } from './apply-object.ts';
import { handedBack } from './hand-back.ts';
import { findLive, objectFacts, project } from './live-objects.ts';
import type { ResourceMap } from './resource-map.ts';

const NO_KIND = 'the API server does not serve this kind in this version';

/** Kinds that CustomResourceDefinitions of the same manifest bring. */
const definedKinds = (objects: readonly ObjectBody[]): (string | undefined)[] =>
  objects
    .filter(({ ref }) => ref.kind === 'CustomResourceDefinition')
    .map(({ body }) => textAt(body, 'spec', 'names', 'kind'));

const namespacesOf = (objects: readonly ObjectBody[]): string[] =>
  objects.filter(({ ref }) => ref.kind === 'Namespace').map(({ ref }) => ref.name);

/**
 * What would become of each object, every finding at once (R172). An object whose namespace or kind is made by the same manifest
 * can't be tried before that is there: `not_tried`, and said.
 */
export async function dryRunObjects(
  api: KubernetesApi,
  resources: ResourceMap,
  { namespace, objects }: { namespace: string; objects: readonly ObjectBody[] },
  signal: AbortSignal,
): Promise<ApplyOutcome[]> {
  const [kinds, made] = [definedKinds(objects), namespacesOf(objects)];
  const outcomes: ApplyOutcome[] = [];
  for (const object of objects) {
    const resource = await resources.find(object.ref.apiVersion, object.ref.kind, signal);
    if (resource === undefined) {
      const { ref } = object;
      outcomes.push(
        kinds.includes(ref.kind)
          ? { kind: 'not_tried', ref, why: 'its kind is defined by the same manifest' }
          : { kind: 'refused', ref, code: 404, reason: 'NotFound', message: NO_KIND, fields: ['kind'] },
      );
      continue;
    }
    const ref = placed(object.ref, resource, namespace);
    const found = await findLive(api, resources, ref, signal);
    const owner = found && project(api, `get ${resource.plural}`, () => objectFacts(found.live, resource)).gitops;
    if (owner !== undefined) {
      outcomes.push({ kind: 'gitops', ref, owner, patch: handedBack(ref, found?.live, object.body) });
      continue;
    }
    const apply = { resource, object, namespace: ref.namespace, isDryRun: true };
    const outcome = await applyObject(api, apply, () => Promise.resolve(found?.live), signal);
    const isOfNamespace = outcome.kind === 'refused' && outcome.code === 404 && made.includes(ref.namespace ?? '');
    outcomes.push(
      isOfNamespace
        ? { kind: 'not_tried', ref, why: `${objectText(ref)}: its namespace is made by the same manifest` }
        : outcome,
    );
  }
  return outcomes;
}
