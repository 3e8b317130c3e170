import type { ObjectRef } from '../../model/workload-facts.ts';
import { isObject, type JsonObject, labelsAt, objectAt, textAt } from './json.ts';
import { groupOf, placeOf } from './kinds.ts';
import { type ManifestProblem, manifestLimits, readYaml, type YamlDocument } from './read-yaml.ts';

export type { ManifestProblem } from './read-yaml.ts';

/** One object of a manifest, as it is to be applied. */
export interface ManifestObject {
  ref: ObjectRef;
  /** Of its document, from 1. */
  line: number;
  /** Without what only a server writes. */
  body: JsonObject;
  labels: Readonly<Record<string, string>>;
  /** Fields that were left out because only a server writes them. */
  dropped: readonly string[];
}

export type ReadManifest =
  | { ok: true; objects: readonly ManifestObject[]; unknown: readonly ObjectRef[] }
  | { ok: false; problems: readonly ManifestProblem[] };

const API_VERSION = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?v[0-9][a-z0-9]*$/;
const KIND = /^[A-Z][A-Za-z0-9]{0,62}$/;
const SUBDOMAIN = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** RBAC takes any name that is one segment of a path. */
const SEGMENT = /^(?!\.{1,2}$)[^/%\s]{1,253}$/;

const SERVER_FIELDS = [
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
];

/** A list within a list within a list …: kubectl makes none, and each is gone through. */
const MOST_LISTS_DEEP = 3;

const isList = (value: JsonObject): boolean =>
  (textAt(value, 'kind') ?? '').endsWith('List') && Array.isArray(value.items);

function flattened({ line, value }: YamlDocument, depth = 0): YamlDocument[] {
  if (!isObject(value) || !isList(value) || depth >= MOST_LISTS_DEEP) return [{ line, value }];
  const items: readonly unknown[] = Array.isArray(value.items) ? value.items : [];
  return items.flatMap(item => flattened({ line, value: item }, depth + 1));
}

/** What keeps a document from being an object that can be applied. Kinds and names are quoted only when they are well formed. */
function faultsOf(value: unknown): string[] {
  if (!isObject(value)) return ['is no object'];
  if (!API_VERSION.test(textAt(value, 'apiVersion') ?? '')) return ['has no valid apiVersion'];
  if (!KIND.test(textAt(value, 'kind') ?? '')) return ['has no valid kind'];
  const what = textAt(value, 'kind') ?? '';
  const metadata = objectAt(value, 'metadata');
  const name = metadata.name;
  if (metadata.generateName !== undefined && name === undefined)
    return [`(${what}) has a generateName: what is applied twice needs a name of its own`];
  const isRbac = groupOf(textAt(value, 'apiVersion') ?? '') === 'rbac.authorization.k8s.io';
  const faults: string[] = [];
  if (typeof name !== 'string' || !(isRbac ? SEGMENT : SUBDOMAIN).test(name))
    faults.push(`(${what}) has no valid metadata.name`);
  const { namespace } = metadata;
  if (namespace !== undefined && (typeof namespace !== 'string' || !LABEL.test(namespace)))
    faults.push(`(${what}) has no valid metadata.namespace`);
  for (const field of ['labels', 'annotations']) {
    const count = Object.keys(objectAt(metadata, field)).length;
    const isTexts = metadata[field] === undefined || metadata[field] === null || isObject(metadata[field]);
    if (!isTexts || Object.keys(labelsAt(metadata, field)).length < count)
      faults.push(`(${what}) has ${field} that are no texts: quote numbers, yes, no, on and off`);
  }
  return faults;
}

function objectOf({ line, value }: YamlDocument): ManifestObject {
  const given = isObject(value) ? value : {};
  const metadata = objectAt(given, 'metadata');
  const { status, ...rest } = given;
  const own = Object.entries(metadata).filter(([field]) => !SERVER_FIELDS.includes(field));
  const dropped = Object.keys(metadata).filter(field => SERVER_FIELDS.includes(field));
  return {
    ref: {
      apiVersion: textAt(given, 'apiVersion') ?? '',
      kind: textAt(given, 'kind') ?? '',
      namespace: textAt(metadata, 'namespace'),
      name: textAt(metadata, 'name') ?? '',
    },
    line,
    body: { ...rest, metadata: Object.fromEntries(own) },
    labels: labelsAt(metadata, 'labels'),
    dropped: [...dropped.map(field => `metadata.${field}`), ...(status === undefined ? [] : ['status'])],
  };
}

/** Two versions of one kind name one object. */
const identityOf = ({ apiVersion, kind, namespace, name }: ObjectRef, inNamespace: string | undefined): string => {
  const place = placeOf(apiVersion, kind) === 'cluster' ? '' : (namespace ?? inNamespace ?? '');
  return [groupOf(apiVersion), kind, place, name].join('/');
};

function duplicates(objects: readonly ManifestObject[], namespace: string | undefined): ManifestProblem[] {
  const first = new Map<string, ManifestObject>();
  return objects.flatMap(object => {
    const identity = identityOf(object.ref, namespace);
    const known = first.get(identity);
    if (known === undefined) {
      first.set(identity, object);
      return [];
    }
    const message = `${object.ref.kind} ${object.ref.name} stands in the manifest twice, first at line ${known.line}`;
    return [{ line: object.line, message, remedy: 'leave one of them out' }];
  });
}

/**
 * The objects of a manifest (YAML or JSON, several documents, Lists flattened) in their order. `namespace` is where objects go that
 * name none. `unknown` are the objects of kinds that no rule here knows: they are applied unread. All problems at once, with
 * lines; none quotes a value.
 */
export function readManifest(text: string, namespace?: string): ReadManifest {
  const read = readYaml(text);
  if ('problems' in read) return { ok: false, problems: read.problems };
  const documents = read.documents.flatMap(document => flattened(document));
  if (documents.length === 0)
    return { ok: false, problems: [{ line: undefined, message: 'the manifest holds no object', remedy: 'give one' }] };
  if (documents.length > manifestLimits.objects) {
    const message = `${documents.length} objects are more than ${manifestLimits.objects}`;
    return { ok: false, problems: [{ line: undefined, message, remedy: 'deploy them in parts' }] };
  }
  const remedy = 'an object needs apiVersion, kind and metadata.name, as `kubectl explain KIND` says';
  const faults = documents.flatMap(document =>
    faultsOf(document.value).map(fault => ({ line: document.line, message: `the object ${fault}`, remedy })),
  );
  if (faults.length > 0) return { ok: false, problems: faults };
  const objects = documents.map(objectOf);
  const twice = duplicates(objects, namespace);
  if (twice.length > 0) return { ok: false, problems: twice };
  const unknown = objects.map(({ ref }) => ref).filter(ref => placeOf(ref.apiVersion, ref.kind) === 'unknown');
  return { ok: true, objects, unknown };
}

/** The objects of a kind, of any version of its group. */
export const ofKind = (objects: readonly ManifestObject[], group: string, kind: string): ManifestObject[] =>
  objects.filter(({ ref }) => ref.kind === kind && groupOf(ref.apiVersion) === group);
