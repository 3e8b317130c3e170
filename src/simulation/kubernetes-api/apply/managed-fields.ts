import { kubeTime } from '../../world/store.ts';
import { asObject, asText, type JsonObject } from '../json.ts';
import { apiVersionOf, type ResourceInfo } from '../resource.ts';
import { type FieldPath, fieldsOf, fromFieldsV1, toFieldsV1 } from './field-set.ts';

/** One entry of metadata.managedFields, its fields as paths. */
export interface ManagerEntry {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time: string;
  subresource: string;
  fields: ReadonlySet<FieldPath>;
}

export function readEntry(entry: unknown): ManagerEntry {
  const { manager, operation, apiVersion, time, subresource, fieldsV1 } = asObject(entry);
  return {
    manager: asText(manager),
    operation: operation === 'Apply' ? 'Apply' : 'Update',
    apiVersion: asText(apiVersion),
    time: asText(time),
    subresource: asText(subresource),
    fields: fromFieldsV1(fieldsV1),
  };
}

export const writeEntry = (entry: ManagerEntry): JsonObject => ({
  manager: entry.manager,
  operation: entry.operation,
  apiVersion: entry.apiVersion,
  time: entry.time,
  fieldsType: 'FieldsV1',
  fieldsV1: toFieldsV1(entry.fields),
  ...(entry.subresource === '' ? {} : { subresource: entry.subresource }),
});

export const minus = (fields: ReadonlySet<FieldPath>, gone: ReadonlySet<FieldPath>): Set<FieldPath> =>
  new Set([...fields].filter(path => !gone.has(path)));

export interface Update {
  info: ResourceInfo;
  before: JsonObject | undefined;
  after: JsonObject;
  manager: string;
  subresource?: string | undefined;
  nowMs: number;
}

/**
 * managedFields after an ordinary write: what it set belongs to its manager, what it changed or removed belongs to
 * nobody else any more. A write that changes no field leaves the list as it is.
 */
export function recordUpdate(entries: readonly unknown[], update: Update): readonly unknown[] {
  const { info, before, after, manager, nowMs } = update;
  const subresource = update.subresource ?? '';
  const part = subresource === 'status' ? 'status' : 'rest';
  const old = before === undefined ? new Map<FieldPath, string>() : fieldsOf(info.kind, before, part);
  const next = fieldsOf(info.kind, after, part);
  const changed = new Set([...next].filter(([path, value]) => old.get(path) !== value).map(([path]) => path));
  const removed = new Set([...old.keys()].filter(path => !next.has(path)));
  if (changed.size === 0 && removed.size === 0) return entries;
  const touched = new Set([...changed, ...removed]);
  const read = entries.map(readEntry);
  const isOwn = (entry: ManagerEntry): boolean =>
    entry.manager === manager && entry.operation === 'Update' && entry.subresource === subresource;
  const own = read.find(isOwn);
  const kept = read.filter(entry => !isOwn(entry)).map(entry => ({ ...entry, fields: minus(entry.fields, touched) }));
  const fields = new Set([...minus(own?.fields ?? new Set(), removed), ...changed]);
  const apiVersion = apiVersionOf(info);
  const mine: ManagerEntry = { manager, operation: 'Update', apiVersion, time: kubeTime(nowMs), subresource, fields };
  return [...kept, mine].filter(entry => entry.fields.size > 0).map(writeEntry);
}
