import type { LabelSelector } from '../../model/facts.ts';
import { at, isObject, type JsonObject, labelsAt, objectAt, objectsAt, textAt, textsAt } from './json.ts';
import type { ManifestObject } from './read-manifest.ts';

/** What an object makes pods of. */
export interface PodTemplate {
  object: ManifestObject;
  /** Where the pod's own fields are in the object: '' for a Pod. */
  path: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  spec: JsonObject;
  /** Pods that run at a time; undefined where the number of nodes decides. */
  replicas: number | undefined;
  /** Runs on and on, so it has to be probed, protected and spread. */
  isService: boolean;
  selector: LabelSelector | undefined;
}

const PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Deployment: ['spec', 'template'],
  Job: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
};

const SERVICES = ['DaemonSet', 'Deployment', 'Pod', 'ReplicaSet', 'ReplicationController', 'StatefulSet'];

/** A label selector as it stands in an object; undefined when there is none. */
export function selectorAt(value: unknown, ...path: readonly string[]): LabelSelector | undefined {
  const given = at(value, ...path);
  if (!isObject(given)) return undefined;
  const expressions = objectsAt(given, 'matchExpressions').map(expression => ({
    key: textAt(expression, 'key') ?? '',
    operator: textAt(expression, 'operator') ?? '',
    values: textsAt(expression, 'values'),
  }));
  return { matchLabels: labelsAt(given, 'matchLabels'), matchExpressions: expressions };
}

function replicasOf(kind: string, body: JsonObject): number | undefined {
  if (kind === 'DaemonSet') return undefined;
  const count = kind === 'Job' ? at(body, 'spec', 'parallelism') : at(body, 'spec', 'replicas');
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 ? count : 1;
}

/** A pod may say that it ends: it is no service then. */
const endsByItself = (spec: JsonObject): boolean =>
  ['Never', 'OnFailure'].includes(textAt(spec, 'restartPolicy') ?? '');

/** What an object makes pods of; undefined when it makes none. */
export function podTemplateOf(object: ManifestObject): PodTemplate | undefined {
  const { kind, apiVersion } = object.ref;
  const path = PATHS[kind];
  if (path === undefined || !/^(v1|apps\/.*|batch\/.*)$/.test(apiVersion)) return undefined;
  const pod = objectAt(object.body, ...path);
  const spec = objectAt(pod, 'spec');
  return {
    object,
    path: path.join('.'),
    labels: labelsAt(pod, 'metadata', 'labels'),
    annotations: labelsAt(pod, 'metadata', 'annotations'),
    spec,
    replicas: replicasOf(kind, object.body),
    isService: SERVICES.includes(kind) && !endsByItself(spec),
    selector: selectorAt(object.body, 'spec', 'selector'),
  };
}

/** All that make pods, in their order. */
export const podTemplates = (objects: readonly ManifestObject[]): PodTemplate[] =>
  objects.flatMap(object => podTemplateOf(object) ?? []);

export interface Container {
  /** Its path in the object: `spec.template.spec.containers[0]`. */
  path: string;
  name: string;
  spec: JsonObject;
  /** Runs beside the others until the pod ends: a container, or an init container that restarts (KEP-753). */
  runsOn: boolean;
}

/** A path of a template's pod spec, within the whole object. */
export const specPath = ({ path }: PodTemplate, field: string): string =>
  [path, 'spec', field].filter(part => part !== '').join('.');

/** Every container of a template, init containers and ephemeral ones too. */
export const containersOf = (template: PodTemplate): Container[] =>
  ['containers', 'initContainers', 'ephemeralContainers'].flatMap(list =>
    objectsAt(template.spec, list).map((spec, index) => ({
      path: specPath(template, `${list}[${index}]`),
      name: textAt(spec, 'name') ?? `${list}[${index}]`,
      spec,
      runsOn: list === 'containers' || (list === 'initContainers' && textAt(spec, 'restartPolicy') === 'Always'),
    })),
  );
