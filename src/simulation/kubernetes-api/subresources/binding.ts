import { type KubeObject, kubeTime } from '../../world/store.ts';
import type { ApiCluster } from '../api-cluster.ts';
import { checkPreconditions } from '../deletion.ts';
import { asObject, asObjects, asText, at, type JsonObject } from '../json.ts';
import { conflict, invalid } from '../status.ts';

const POD = { group: '', plural: 'pods/binding' };

/**
 * Binds a pod to a node, as a scheduler does. Throws 409 when it is bound or terminating, 422 without a target.
 */
export function bindPod(cluster: ApiCluster, pod: KubeObject, binding: JsonObject, dryRun: boolean): JsonObject {
  const { name } = pod.metadata;
  const target = asText(at(binding, 'target', 'name'));
  if (target === '')
    throw invalid({ group: '', kind: 'Binding' }, name, [
      { reason: 'FieldValueRequired', field: 'target.name', message: 'Required value' },
    ]);
  const uid = asText(at(binding, 'metadata', 'uid'));
  if (uid !== '') checkPreconditions(pod, { uid });
  const bound = asText(at(pod, 'spec', 'nodeName'));
  if (bound !== '') throw conflict(POD, name, `pod ${name} is already assigned to node ${JSON.stringify(bound)}`);
  if (pod.metadata.deletionTimestamp !== undefined)
    throw conflict(POD, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (!dryRun) {
    const conditions = asObjects(at(pod, 'status', 'conditions')).filter(({ type }) => type !== 'PodScheduled');
    const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: kubeTime(cluster.now()) };
    cluster.store.replace('pods', {
      ...pod,
      spec: { ...asObject(pod.spec), nodeName: target },
      status: { ...asObject(pod.status), conditions: [...conditions, scheduled] },
    });
  }
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}
