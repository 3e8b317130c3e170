import { type KubeObject, kubeTime } from '../../world/store.ts';
import type { ApiCluster } from '../api-cluster.ts';
import { asObject, asText, at, isObject, type JsonObject } from '../json.ts';
import { apiVersionOf, type ResourceInfo } from '../resource.ts';
import { ApiError, badRequest, invalid } from '../status.ts';
import { createObject } from '../writes/create.ts';
import { updateObject } from '../writes/update.ts';
import { type FieldPath, fieldsOf, readablePath } from './field-set.ts';
import { type ManagerEntry, minus, readEntry, writeEntry } from './managed-fields.ts';
import { mergeApplied, withoutFields } from './merge-applied.ts';

export interface ApplyRequest {
  info: ResourceInfo;
  namespace: string | undefined;
  name: string;
  configuration: JsonObject;
  manager: string;
  force: boolean;
  dryRun: boolean;
  subresource?: 'status' | undefined;
}

interface Conflict {
  entry: ManagerEntry;
  path: FieldPath;
}

/** How a conflict names a manager: an updater with version and time, an applier by name alone. */
function managerText({ manager, operation, subresource, apiVersion, time }: ManagerEntry): string {
  const named = `${JSON.stringify(manager)}${subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`}`;
  return operation === 'Apply' ? named : `${named} using ${apiVersion}${time === '' ? '' : ` at ${time}`}`;
}

function conflictError(conflicts: readonly Conflict[]): ApiError {
  const byManager = new Map<string, string[]>();
  for (const { entry, path } of conflicts) {
    const text = `conflict with ${managerText(entry)}`;
    byManager.set(text, [...(byManager.get(text) ?? []), readablePath(path)]);
  }
  const parts = [...byManager].map(([text, paths]) =>
    paths.length === 1 ? `${text}: ${paths[0]}` : `${text}:\n${paths.map(path => `- ${path}`).join('\n')}`,
  );
  const count = conflicts.length === 1 ? '1 conflict' : `${conflicts.length} conflicts`;
  const shown = parts.length === 1 ? ` ${parts[0]}` : `\n${parts.join('\n')}`;
  return new ApiError(409, 'Conflict', `Apply failed with ${count}:${shown}`, {
    causes: conflicts.map(({ entry, path }) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${managerText(entry)}`,
      field: readablePath(path),
    })),
  });
}

function requireApplicable({ configuration, manager, name }: ApplyRequest): void {
  if (manager === '')
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
      { reason: 'FieldValueRequired', field: 'fieldManager', message: 'Required value: is required for apply patch' },
    ]);
  if (at(configuration, 'metadata', 'managedFields') !== undefined)
    throw badRequest('metadata.managedFields must be nil');
  const named = asText(at(configuration, 'metadata', 'name'), name);
  if (named !== name)
    throw badRequest(`the name of the object (${named}) does not match the name on the URL (${name})`);
}

const entryOf = (request: ApplyRequest, fields: ReadonlySet<FieldPath>, time: string): ManagerEntry => ({
  manager: request.manager,
  operation: 'Apply',
  apiVersion: apiVersionOf(request.info),
  time,
  subresource: request.subresource ?? '',
  fields,
});

/** Managers of the live object; one that nobody manages belongs to `before-first-apply` whole. */
function managersOf(live: KubeObject, info: ResourceInfo): ManagerEntry[] {
  const entries = (live.metadata.managedFields ?? []).map(readEntry);
  if (entries.length > 0) return entries;
  const fields = new Set(fieldsOf(info.kind, live, 'rest').keys());
  const time = live.metadata.creationTimestamp;
  const manager = 'before-first-apply';
  return [{ manager, operation: 'Update', apiVersion: apiVersionOf(info), time, subresource: '', fields }];
}

/** Paths the applier owned, no longer applies, and nobody else owns, with elements only when nothing below is owned. */
function abandoned(
  previous: ReadonlySet<FieldPath>,
  applied: ReadonlySet<FieldPath>,
  others: readonly ManagerEntry[],
): FieldPath[] {
  const owned = new Set([...applied, ...others.flatMap(entry => [...entry.fields])]);
  const isHeldBelow = (path: FieldPath): boolean => [...owned].some(kept => kept.startsWith(`${path}\n`));
  return [...minus(previous, owned)].filter(path => !isHeldBelow(path));
}

const equalSets = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every(path => b.has(path));

/**
 * Server-side apply: the configuration's fields belong to its manager; fields of others with another value are a
 * conflict (409 with one cause a field) unless forced; fields it applied before and leaves out now go when nobody
 * else owns them. Creates what is not there. Returns the object and whether it is new.
 */
export function applyObject(cluster: ApiCluster, request: ApplyRequest): { object: KubeObject; created: boolean } {
  const { info, namespace, name, configuration, manager, dryRun } = request;
  requireApplicable(request);
  const writer = { manager, dryRun };
  const part = request.subresource === 'status' ? 'status' : 'rest';
  const appliedFields = fieldsOf(info.kind, configuration, part);
  const applied = new Set(appliedFields.keys());
  const now = kubeTime(cluster.now());
  const live = cluster.store.get(info.key, info.namespaced ? namespace : undefined, name);
  if (live === undefined) {
    const body = { ...configuration, metadata: { ...asObject(configuration.metadata), name } };
    const fields = [writeEntry(entryOf(request, applied, now))];
    return { object: createObject(cluster, info, namespace, body, writer, fields), created: true };
  }
  const entries = managersOf(live, info);
  const isOwn = (entry: ManagerEntry): boolean =>
    entry.manager === manager && entry.operation === 'Apply' && entry.subresource === (request.subresource ?? '');
  const own = entries.find(isOwn);
  const others = entries.filter(entry => !isOwn(entry));
  const liveFields = fieldsOf(info.kind, live, part);
  const conflicts = others.flatMap(entry =>
    [...entry.fields]
      .filter(path => applied.has(path) && liveFields.has(path) && liveFields.get(path) !== appliedFields.get(path))
      .map(path => ({ entry, path })),
  );
  if (conflicts.length > 0 && !request.force) throw conflictError(conflicts);
  const taken = new Set(conflicts.map(({ path }) => path));
  const kept = others
    .map(entry => ({ ...entry, fields: minus(entry.fields, taken) }))
    .filter(entry => entry.fields.size > 0);
  const merged = mergeApplied(info.kind, [], live, configuration);
  const gone = abandoned(own?.fields ?? new Set(), applied, kept);
  const next = withoutFields(info.kind, isObject(merged) ? merged : {}, gone);
  const isSame = own !== undefined && equalSets(own.fields, applied) && taken.size === 0;
  const time = isSame && [...appliedFields].every(([path, value]) => liveFields.get(path) === value) ? own.time : now;
  const managedFields = [...kept, entryOf(request, applied, time)].map(writeEntry);
  const { subresource } = request;
  return {
    object: updateObject(cluster, info, live, next, { writer, subresource, managedFields }),
    created: false,
  };
}
