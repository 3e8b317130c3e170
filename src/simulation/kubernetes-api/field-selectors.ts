import type { KubeObject } from '../world/store.ts';
import { asText, at } from './json.ts';
import type { ResourceInfo } from './resource.ts';
import { badRequest } from './status.ts';

export type FieldMatch = (object: KubeObject) => boolean;

const NAMED = ['metadata.name'];
const NAMESPACED = ['metadata.name', 'metadata.namespace'];
const INVOLVED = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
  field => `involvedObject.${field}`,
);

/** Field labels beyond name and namespace, by resource, as the API server's conversion functions admit them. */
const FIELDS: Record<string, readonly string[]> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  nodes: ['spec.unschedulable'],
  events: [...INVOLVED, 'reason', 'reportingComponent', 'source', 'type'],
  namespaces: ['status.phase'],
  secrets: ['type'],
  services: ['spec.clusterIP', 'spec.type'],
  'replicasets.apps': ['status.replicas'],
  'jobs.batch': ['status.successful'],
};

/** Resources whose own conversion function words the refusal; the others name the two labels they know. */
const OWN_WORDING = new Set(Object.keys(FIELDS));

const FALSE_WHEN_ABSENT = new Set(['spec.unschedulable', 'spec.hostNetwork']);

function fieldText(object: KubeObject, field: string): string {
  if (field === 'source') return asText(at(object, 'source', 'component')) || asText(object.reportingComponent);
  const value = at(object, ...field.split('.'));
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  return asText(value) || (FALSE_WHEN_ABSENT.has(field) ? 'false' : '');
}

function requireSupported(info: ResourceInfo, field: string): void {
  const known = info.namespaced ? NAMESPACED : NAMED;
  if (known.includes(field) || (FIELDS[info.key] ?? []).includes(field)) return;
  if (OWN_WORDING.has(info.key)) throw badRequest(`field label not supported: ${field}`);
  throw badRequest(
    `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}

/** Reads a `fieldSelector` parameter. Throws 400 on a label the resource does not support. */
export function parseFieldSelector(selector: string | null, info: ResourceInfo): FieldMatch {
  if (selector === null || selector.trim() === '') return () => true;
  const terms = selector.split(',').map(term => {
    const read = /^\s*([^!=\s]+)\s*(!=|==|=)(.*)$/.exec(term);
    if (read === null) throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`);
    const [, field = '', operator = '', value = ''] = read;
    requireSupported(info, field);
    return { field, differs: operator === '!=', value: value.trim() };
  });
  return object => terms.every(({ field, differs, value }) => (fieldText(object, field) === value) !== differs);
}
