import type { KubeObject } from '../../world/store.ts';
import type { ApiCluster } from '../api-cluster.ts';
import { asNumber, asObject, asText, at, type JsonObject } from '../json.ts';
import { selectorText } from '../label-selectors.ts';
import type { ResourceInfo } from '../resource.ts';
import { invalid } from '../status.ts';
import type { Writer } from '../writes/create.ts';
import { updateObject } from '../writes/update.ts';

/** The `autoscaling/v1` Scale of a workload. */
export function scaleOf(object: KubeObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: asNumber(at(object, 'spec', 'replicas'), 1) },
    status: {
      replicas: asNumber(at(object, 'status', 'replicas')),
      selector: selectorText(at(object, 'spec', 'selector')),
    },
  };
}

/** Writes a Scale: only the replica count, under the preconditions of its metadata. Throws 409, 422. */
export function writeScale(
  cluster: ApiCluster,
  info: ResourceInfo,
  current: KubeObject,
  scale: JsonObject,
  writer: Writer,
): KubeObject {
  const replicas = at(scale, 'spec', 'replicas') ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0)
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, current.metadata.name, [
      {
        reason: 'FieldValueInvalid',
        field: 'spec.replicas',
        message: `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`,
      },
    ]);
  const { uid, resourceVersion } = current.metadata;
  const next: JsonObject = {
    ...current,
    metadata: {
      ...current.metadata,
      uid: asText(at(scale, 'metadata', 'uid'), uid),
      resourceVersion: asText(at(scale, 'metadata', 'resourceVersion'), resourceVersion),
    },
    spec: { ...asObject(current.spec), replicas },
  };
  return updateObject(cluster, info, current, next, { writer });
}
