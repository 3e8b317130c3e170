import { at, type JsonObject, objectsAt, textAt } from '../../decisions/manifest/json.ts';
import type { Condition, ContainerSymptoms, EndedRun, PodSymptoms } from '../../model/symptoms.ts';
import { required, timeOf } from '../wire.ts';

const numberAt = (value: unknown, ...path: string[]): number => {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : 0;
};

/** Conditions of any object that has them; a status that is none of the three is unknown. */
export function conditionsOf(object: JsonObject): Condition[] {
  return objectsAt(object, 'status', 'conditions').map(condition => {
    const status = textAt(condition, 'status');
    return {
      type: textAt(condition, 'type') ?? '',
      status: status === 'True' || status === 'False' ? status : 'Unknown',
      reason: textAt(condition, 'reason') ?? '',
      message: textAt(condition, 'message') ?? '',
      since: timeOf(at(condition, 'lastTransitionTime')),
    };
  });
}

function endOf(terminated: unknown): EndedRun | undefined {
  if (typeof terminated !== 'object' || terminated === null) return undefined;
  return {
    exitCode: numberAt(terminated, 'exitCode'),
    reason: textAt(terminated, 'reason') ?? '',
    message: textAt(terminated, 'message') ?? '',
    finishedAt: timeOf(at(terminated, 'finishedAt')),
  };
}

function containersOf(pod: JsonObject, list: string, statuses: string, isInit: boolean): ContainerSymptoms[] {
  const told = objectsAt(pod, 'status', statuses);
  return objectsAt(pod, 'spec', list).map(container => {
    const name = textAt(container, 'name') ?? '';
    const status = told.find(each => textAt(each, 'name') === name);
    const waiting = at(status, 'state', 'waiting');
    return {
      name,
      isInit,
      image: textAt(container, 'image') ?? '',
      isReady: at(status, 'ready') === true,
      restarts: numberAt(status, 'restartCount'),
      isRunning: at(status, 'state', 'running') !== undefined,
      waiting:
        waiting === undefined
          ? undefined
          : { reason: textAt(waiting, 'reason') ?? '', message: textAt(waiting, 'message') ?? '' },
      ended: endOf(at(status, 'state', 'terminated')) ?? endOf(at(status, 'lastState', 'terminated')),
      memoryLimit: textAt(container, 'resources', 'limits', 'memory'),
    };
  });
}

export function podSymptoms(pod: JsonObject): PodSymptoms {
  return {
    namespace: required(textAt(pod, 'metadata', 'namespace'), 'metadata.namespace'),
    name: required(textAt(pod, 'metadata', 'name'), 'metadata.name'),
    nodeName: textAt(pod, 'spec', 'nodeName') || undefined,
    phase: textAt(pod, 'status', 'phase') ?? 'Unknown',
    reason: textAt(pod, 'status', 'reason') ?? '',
    message: textAt(pod, 'status', 'message') ?? '',
    conditions: conditionsOf(pod),
    containers: [
      ...containersOf(pod, 'initContainers', 'initContainerStatuses', true),
      ...containersOf(pod, 'containers', 'containerStatuses', false),
    ],
    terminatingSince: timeOf(at(pod, 'metadata', 'deletionTimestamp')),
  };
}
