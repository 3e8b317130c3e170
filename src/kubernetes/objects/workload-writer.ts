import { at } from '../../decisions/manifest/json.ts';
import { DivisionError } from '../../errors.ts';
import type { ClusterConfig } from '../../model/config.ts';
import type { WorkloadWriter } from '../../ports/workloads.ts';
import type { KubernetesApi } from '../api-call.ts';
import { assertMay } from '../authority-guard.ts';
import { WRITE } from '../call-policy.ts';
import { refused } from '../failures.ts';
import { applyObjects } from './apply-objects.ts';
import { deleteNode, labelNode, taintNode } from './change-node.ts';
import { restartWorkload, rollBackWorkload, scaleWorkload } from './change-workload.ts';
import { deleteObjects, restoreObjects } from './delete-objects.ts';
import { FIELD_MANAGER } from './managed-fields.ts';
import { assertSegment, objectPath } from './object-path.ts';
import { callRaw, findRaw } from './raw-api.ts';
import { isAboutRequest, refusalOf } from './refusal-text.ts';
import type { ResourceMap } from './resource-map.ts';
import { assertRolls } from './workload-reader.ts';

const NAMESPACES = { apiVersion: 'v1', plural: 'namespaces', namespaced: false };

/** POST, so that one that is there already is not changed. */
async function createNamespace(
  api: KubernetesApi,
  { name, labels }: { name: string; labels: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<'created' | 'exists' | 'terminating'> {
  assertSegment(name, 'namespace');
  const what = 'create namespaces';
  const result = await callRaw(api, api.write(what, WRITE, signal), {
    method: 'POST',
    path: objectPath(NAMESPACES, {}),
    query: { fieldManager: FIELD_MANAGER },
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } },
  });
  if ('value' in result) return 'created';
  if (isAboutRequest(result.status)) {
    const { message } = refusalOf({ apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name }, result.status);
    throw new DivisionError('INPUT_INVALID', `namespace ${name} is refused: ${message}`, 'correct its name or labels');
  }
  if (result.status.code !== 409) throw refused(api.cluster, what, result.status);
  const live = await findRaw(api, api.read('get namespaces', signal), objectPath(NAMESPACES, { name }));
  return live === undefined || at(live, 'metadata', 'deletionTimestamp') !== undefined ? 'terminating' : 'exists';
}

/** Writes to workloads, namespaces and nodes of one cluster: each asks for the mode and the right first. */
export function workloadWriter(api: KubernetesApi, resources: ResourceMap, config: ClusterConfig): WorkloadWriter {
  return {
    cluster: config.name,
    createNamespace: async (authorization, namespace, signal) => {
      assertMay(config, authorization, 'create_namespace');
      return createNamespace(api, namespace, signal);
    },
    apply: async (authorization, wanted, signal, beforeSent) => {
      assertMay(config, authorization, 'apply_objects');
      return applyObjects(api, resources, wanted, signal, beforeSent);
    },
    restore: async (authorization, prior, signal, beforeSent) => {
      assertMay(config, authorization, 'restore_objects');
      return restoreObjects({ api, resources, signal, beforeSent }, prior);
    },
    scale: async (authorization, { ref, replicas }, signal) => {
      assertMay(config, authorization, 'scale_workload');
      return scaleWorkload({ api, resources, ref, signal }, replicas);
    },
    restart: async (authorization, { ref, at: restartedAt }, signal) => {
      assertMay(config, authorization, 'restart_workload');
      assertRolls(ref);
      return restartWorkload({ api, resources, ref, signal }, restartedAt);
    },
    rollBack: async (authorization, { ref, revision }, signal) => {
      assertMay(config, authorization, 'rollback_workload');
      assertRolls(ref);
      return rollBackWorkload({ api, resources, ref, signal }, revision);
    },
    deleteObjects: async (authorization, objects, signal, beforeSent) => {
      assertMay(config, authorization, 'delete_objects');
      return deleteObjects({ api, resources, signal, beforeSent }, objects);
    },
    labelNode: async (authorization, change, signal) => {
      assertMay(config, authorization, 'label_node');
      return labelNode(api, change, signal);
    },
    taintNode: async (authorization, change, signal) => {
      assertMay(config, authorization, 'taint_node');
      return taintNode(api, change, signal);
    },
    deleteNode: async (authorization, node, signal) => {
      assertMay(config, authorization, 'delete_node');
      return deleteNode(api, node, signal);
    },
  };
}
