import { deepEqual } from '../../world/deep.ts';
import type { KubeObject, ObjectMetadata } from '../../world/store.ts';
import type { ApiCluster } from '../api-cluster.ts';
import { recordUpdate } from '../apply/managed-fields.ts';
import { mayGo } from '../deletion.ts';
import { asList, asObject, asText, at, type JsonObject } from '../json.ts';
import { apiVersionOf, type ResourceInfo } from '../resource.ts';
import { badRequest, conflict, type FieldFault, invalid, modifiedMeanwhile } from '../status.ts';
import type { Writer } from './create.ts';
import { withDefaults } from './defaults.ts';
import { namespaceFor, requireKind } from './namespace-rules.ts';
import { requireValidChange } from './validation.ts';

export interface UpdateOptions {
  writer: Writer;
  /** `status` writes only the status; without it the status stays as it is. */
  subresource?: 'status' | undefined;
  /** A patch to another UID is a change of what is immutable (422), a PUT of one fails its precondition (409). */
  isPatch?: boolean;
  /** Given by server-side apply; else recorded for the writer. */
  managedFields?: readonly unknown[];
}

const unchangeable = (field: string, value: string): FieldFault => ({
  reason: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${JSON.stringify(value)}: field is immutable`,
});

/** Throws 400, 409 and 422 when the body is not about the stored object. */
function requireSame(info: ResourceInfo, current: KubeObject, next: JsonObject, isPatch: boolean): void {
  const { name, uid, resourceVersion } = current.metadata;
  const asked = asObject(next.metadata);
  requireKind(apiVersionOf(info), info.kind, next);
  namespaceFor(info, current.metadata.namespace, next);
  if (asText(asked.name, name) !== name)
    throw badRequest(`the name of the object (${asText(asked.name)}) does not match the name on the URL (${name})`);
  const version = asText(asked.resourceVersion);
  const askedUid = asText(asked.uid);
  const isOther = askedUid !== '' && askedUid !== uid;
  if (isOther && !isPatch)
    throw conflict(info, name, `Precondition failed: UID in precondition: ${askedUid}, UID in object meta: ${uid}`);
  if (version !== '' && version !== resourceVersion) throw modifiedMeanwhile(info, name);
  if (isOther) throw invalid(info, name, [unchangeable('metadata.uid', askedUid)]);
}

/** The stored metadata with what a client may change of it. */
function nextMetadata(current: KubeObject, next: JsonObject): ObjectMetadata {
  const {
    labels: _l,
    annotations: _a,
    finalizers: _f,
    ownerReferences: _o,
    managedFields: _m,
    ...kept
  } = current.metadata;
  const asked = asObject(next.metadata);
  const own: Partial<ObjectMetadata> = {};
  for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const) {
    if (asked[field] !== undefined && asked[field] !== null) Object.assign(own, { [field]: asked[field] });
  }
  return { ...kept, ...own };
}

/** The object as it would be stored: server fields, the other subresource's part and unchanged parts as they were. */
function prepare(info: ResourceInfo, current: KubeObject, next: JsonObject, isStatus: boolean): KubeObject {
  if (isStatus) return { ...current, status: next.status };
  const hasStatus = info.subresources.some(({ name }) => name === 'status');
  const filled = deepEqual(current.spec, next.spec) ? next : withDefaults(info.key, next);
  const template = at(current, 'spec', 'template');
  const spec =
    template !== undefined && deepEqual(template, at(next, 'spec', 'template'))
      ? { ...asObject(filled.spec), template }
      : filled.spec;
  const { status, ...rest } = filled;
  const kept = hasStatus ? current.status : status;
  return {
    ...rest,
    ...(spec === undefined ? {} : { spec }),
    ...(kept === undefined ? {} : { status: kept }),
    apiVersion: current.apiVersion,
    kind: current.kind,
    metadata: nextMetadata(current, next),
  };
}

/** The managers before this write: as the client set them, where it changed the list itself. */
function managersBefore(current: KubeObject, next: JsonObject): readonly unknown[] {
  const stored = current.metadata.managedFields ?? [];
  const asked = asObject(next.metadata).managedFields;
  if (!Array.isArray(asked) || deepEqual(asked, stored)) return stored;
  return asList(asked).filter(entry => Object.keys(asObject(entry)).length > 0);
}

/**
 * Replaces an object by its next state (PUT, or a PATCH already worked out). A write that changes nothing keeps the
 * resourceVersion; the last finalizer taken from a terminating object removes it. Throws ApiError 400, 409, 422.
 */
export function updateObject(
  cluster: ApiCluster,
  info: ResourceInfo,
  current: KubeObject,
  next: JsonObject,
  { writer, subresource, isPatch = false, managedFields }: UpdateOptions,
): KubeObject {
  requireSame(info, current, next, isPatch);
  const prepared = prepare(info, current, next, subresource === 'status');
  if (subresource === undefined) requireValidChange(info, current, prepared);
  const before = managersBefore(current, next);
  const fields =
    managedFields ??
    recordUpdate(before, {
      info,
      before: current,
      after: prepared,
      manager: writer.manager,
      subresource,
      nowMs: cluster.now(),
    });
  const { managedFields: _previous, ...metadata } = prepared.metadata;
  const object: KubeObject = {
    ...prepared,
    metadata: { ...metadata, ...(fields.length === 0 ? {} : { managedFields: [...fields] }) },
  };
  if (writer.dryRun) return object;
  const kept = cluster.store.replace(info.key, object);
  if (mayGo(kept)) cluster.store.remove(info.key, kept.metadata.namespace, kept.metadata.name);
  return kept;
}
