import { at, objectAt, textAt } from '../../decisions/manifest/json.ts';
import type { ObjectRef } from '../../model/workload-facts.ts';
import type { ApplyOutcome, ObjectBody } from '../../ports/workloads.ts';
import type { KubernetesApi } from '../api-call.ts';
import type { ApiStatus } from '../api-status.ts';
import { READ, WRITE } from '../call-policy.ts';
import { refused } from '../failures.ts';
import { FIELD_MANAGER } from './managed-fields.ts';
import { objectPath } from './object-path.ts';
import { callRaw, type JsonObject, type RawResult } from './raw-api.ts';
import { isAboutRequest, refusalOf } from './refusal-text.ts';
import type { Resource } from './resource-map.ts';
import { isSame } from './same.ts';

const APPLY_TYPE = 'application/apply-patch+yaml';
const CONFLICT_WITH = /^conflict with "((?:[^"\\]|\\.){1,128})"/;

/** Times an apply looks again when somebody writes the object in between. */
const MOST_LOOKS = 3;

interface Apply {
  resource: Resource;
  object: ObjectBody;
  /** Where it goes; undefined for what is in no namespace. */
  namespace: string | undefined;
  isDryRun: boolean;
  beforeSent?: (() => Promise<void>) | undefined;
}

/** An object's place: in a namespace its own, else the one asked for. */
export const placed = (ref: ObjectRef, resource: Resource, namespace: string): ObjectRef => ({
  ...ref,
  namespace: resource.namespaced ? (ref.namespace ?? namespace) : undefined,
});

async function send(
  api: KubernetesApi,
  { resource, object, namespace, isDryRun, beforeSent }: Apply,
  force: { resourceVersion: string } | undefined,
  signal: AbortSignal,
): Promise<RawResult> {
  const what = `patch ${resource.plural}`;
  const metadata = {
    ...objectAt(object.body, 'metadata'),
    ...(namespace !== undefined && { namespace }),
    ...(force && { resourceVersion: force.resourceVersion }),
  };
  await beforeSent?.();
  return callRaw(
    api,
    { what, policy: isDryRun ? READ : WRITE, signal },
    {
      method: 'PATCH',
      path: objectPath(resource, { namespace, name: object.ref.name }),
      query: {
        fieldManager: FIELD_MANAGER,
        fieldValidation: 'Strict',
        force: String(force !== undefined),
        ...(isDryRun && { dryRun: 'All' }),
      },
      body: { ...object.body, metadata },
      contentType: APPLY_TYPE,
    },
  );
}

/** Managers and fields of an apply conflict; undefined for any other 409. */
function conflictsOf(status: ApiStatus): { managers: string[]; fields: string[] } | undefined {
  const causes = status.causes.filter(({ reason }) => reason === 'FieldManagerConflict');
  if (status.code !== 409 || causes.length === 0) return undefined;
  const managers = causes.map(({ message }) => CONFLICT_WITH.exec(message)?.[1] ?? 'unknown');
  return { managers: [...new Set(managers)], fields: [...new Set(causes.map(({ field }) => field))] };
}

const NO_RIGHT = /\bcannot (?:patch|create|update) resource\b/;

/** Refusals that are about the object, admission's among them; any other says something about the server or our rights. */
const isAboutObject = (status: ApiStatus): boolean =>
  isAboutRequest(status) || status.code === 409 || (status.code === 403 && !NO_RIGHT.test(status.message));

/** An object without what changes by itself. */
function lasting(live: JsonObject): JsonObject {
  const { managedFields: _m, resourceVersion: _r, generation: _g, ...metadata } = objectAt(live, 'metadata');
  return { ...live, metadata };
}

function applied(
  apply: Apply,
  ref: ObjectRef,
  before: JsonObject | undefined,
  { value, code, warnings }: Extract<RawResult, { value: unknown }>,
): ApplyOutcome {
  const isKept = (): boolean =>
    apply.isDryRun
      ? isSame(lasting(value), lasting(before ?? {}))
      : at(before, 'metadata', 'resourceVersion') === at(value, 'metadata', 'resourceVersion');
  const change = before === undefined || code === 201 ? 'created' : isKept() ? 'unchanged' : 'changed';
  return { kind: 'applied', ref, uid: textAt(value, 'metadata', 'uid') ?? '', change, warnings };
}

/**
 * Server-side apply of one object as `containers-gm`. A field that somebody else set to another value is theirs: `conflict`, never
 * taken. One that we set ourselves by another call (scale, rollback) is ours: then, and only on the object as `look` shows it, force
 * is used; whoever writes in between makes it look again.
 */
export async function applyObject(
  api: KubernetesApi,
  apply: Apply,
  look: () => Promise<JsonObject | undefined>,
  signal: AbortSignal,
): Promise<ApplyOutcome> {
  const ref: ObjectRef = { ...apply.object.ref, namespace: apply.namespace };
  let managers: readonly string[] = [];
  let fields: readonly string[] = [];
  for (let tried = 0; tried < MOST_LOOKS; tried += 1) {
    const before = await look();
    const result = await send(api, apply, undefined, signal);
    if ('value' in result) return applied(apply, ref, before, result);
    const conflict = conflictsOf(result.status);
    if (conflict === undefined) return judged(api, apply.resource, ref, result.status);
    ({ managers, fields } = conflict);
    const resourceVersion = textAt(before, 'metadata', 'resourceVersion');
    if (managers.some(manager => manager !== FIELD_MANAGER) || resourceVersion === undefined) break;
    const forced = await send(api, apply, { resourceVersion }, signal);
    if ('value' in forced) return applied(apply, ref, before, forced);
    if (forced.status.code !== 409) return judged(api, apply.resource, ref, forced.status);
  }
  return { kind: 'conflict', ref, managers, fields };
}

function judged(api: KubernetesApi, resource: Resource, ref: ObjectRef, status: ApiStatus): ApplyOutcome {
  if (isAboutObject(status)) return refusalOf(ref, status);
  throw refused(api.cluster, `patch ${resource.plural}`, status);
}
