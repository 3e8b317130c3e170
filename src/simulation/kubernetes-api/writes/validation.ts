import { deepEqual } from '../../world/deep.ts';
import type { KubeObject } from '../../world/store.ts';
import { asObject, asObjects, asText, at, isObject, type JsonObject } from '../json.ts';
import { readLabelSelector } from '../label-selectors.ts';
import type { ResourceInfo } from '../resource.ts';
import { type FieldFault, invalid } from '../status.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const POD_UPDATE_RULE =
  'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
const SELECTED = new Set(['deployments.apps', 'replicasets.apps', 'statefulsets.apps', 'daemonsets.apps']);
/** Names of these may hold any character but / and %. */
const FREE_NAMES = new Set(['clusterroles.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io']);

const required = (field: string, message = 'Required value'): FieldFault => ({
  reason: 'FieldValueRequired',
  field,
  message,
});

const wrong = (field: string, value: unknown, message: string): FieldFault => ({
  reason: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${JSON.stringify(value)}: ${message}`,
});

function nameFaults(info: ResourceInfo, name: string): FieldFault[] {
  if (name === '') return [required('metadata.name', 'Required value: name or generateName is required')];
  if (FREE_NAMES.has(info.key) || (name.length <= 253 && SUBDOMAIN.test(name))) return [];
  return [wrong('metadata.name', name, SUBDOMAIN_RULE)];
}

function countFaults(object: JsonObject, field: 'replicas'): FieldFault[] {
  const value = at(object, 'spec', field);
  const isCount = value === undefined || (typeof value === 'number' && Number.isInteger(value) && value >= 0);
  return isCount ? [] : [wrong(`spec.${field}`, value, 'must be greater than or equal to 0')];
}

function selectorFaults(object: JsonObject): FieldFault[] {
  const selector = at(object, 'spec', 'selector');
  if (!isObject(selector)) return [required('spec.selector')];
  const labels = asObject(at(object, 'spec', 'template', 'metadata', 'labels')) as Record<string, string>;
  if (readLabelSelector(selector)?.(labels) === true) return [];
  return [wrong('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')];
}

function containerFaults(spec: unknown, path: string): FieldFault[] {
  const containers = asObjects(at(spec, 'containers'));
  if (containers.length === 0) return [required(`${path}.containers`)];
  return containers.flatMap((container, index) => [
    ...(asText(container.name) === '' ? [required(`${path}.containers[${index}].name`)] : []),
    ...(asText(container.image) === '' ? [required(`${path}.containers[${index}].image`)] : []),
  ]);
}

function budgetFaults(object: JsonObject): FieldFault[] {
  const both = at(object, 'spec', 'minAvailable') !== undefined && at(object, 'spec', 'maxUnavailable') !== undefined;
  return both ? [wrong('spec', object.spec, 'minAvailable and maxUnavailable cannot be both set')] : [];
}

function specFaults(info: ResourceInfo, object: JsonObject): FieldFault[] {
  if (info.key === 'pods') return containerFaults(object.spec, 'spec');
  if (info.key === 'poddisruptionbudgets.policy') return budgetFaults(object);
  if (!SELECTED.has(info.key)) return [];
  const template = at(object, 'spec', 'template', 'spec');
  return [
    ...countFaults(object, 'replicas'),
    ...selectorFaults(object),
    ...containerFaults(template, 'spec.template.spec'),
  ];
}

/** Throws 422 with every fault of a new object. */
export function requireValid(info: ResourceInfo, name: string, object: JsonObject): void {
  const faults = [...nameFaults(info, name), ...specFaults(info, object)];
  if (faults.length > 0) throw invalid(info, name, faults);
}

/** A pod spec without what may change while the pod lives. */
function fixedPartOf(pod: JsonObject): JsonObject {
  const { containers, initContainers, tolerations: _t, activeDeadlineSeconds: _a, ...rest } = asObject(pod.spec);
  const withoutImages = (list: unknown) => asObjects(list).map(({ image: _image, ...container }) => container);
  return {
    ...rest,
    containers: withoutImages(containers),
    initContainers: withoutImages(initContainers),
    terminationGracePeriodSeconds: undefined,
    schedulingGates: undefined,
  };
}

function immutableFaults(info: ResourceInfo, before: KubeObject, after: JsonObject): FieldFault[] {
  if (info.key === 'pods') {
    if (deepEqual(fixedPartOf(before), fixedPartOf(after))) return [];
    return [{ reason: 'FieldValueForbidden', field: 'spec', message: POD_UPDATE_RULE }];
  }
  if (!SELECTED.has(info.key)) return [];
  const [old, next] = [at(before, 'spec', 'selector'), at(after, 'spec', 'selector')];
  return deepEqual(old, next) ? [] : [wrong('spec.selector', next, 'field is immutable')];
}

/** Throws 422 with every fault of a changed object, changes of what may not change included. */
export function requireValidChange(info: ResourceInfo, before: KubeObject, after: JsonObject): void {
  const faults = [...specFaults(info, after), ...immutableFaults(info, before, after)];
  if (faults.length > 0) throw invalid(info, before.metadata.name, faults);
}
