import { at, type JsonObject, objectsAt, textAt } from '../../decisions/manifest/json.ts';
import type { PodSymptoms, WorkloadSymptoms } from '../../model/symptoms.ts';
import type { KubernetesApi } from '../api-call.ts';
import { refused } from '../failures.ts';
import { CORE, namespaced } from '../request.ts';
import { labelSelectorOf } from './label-selector.ts';
import { listPods, project } from './list-pods.ts';
import { conditionsOf, podSymptoms } from './pod-symptoms.ts';

const APPS = ['apis', 'apps', 'v1'] as const;
const BATCH = ['apis', 'batch', 'v1'] as const;

/** Where a name is looked for, in this order; how many pods it asks for stands at `desired`. */
const KINDS: readonly { kind: string; group: readonly string[]; plural: string; desired?: readonly string[] }[] = [
  { kind: 'Deployment', group: APPS, plural: 'deployments', desired: ['spec', 'replicas'] },
  { kind: 'StatefulSet', group: APPS, plural: 'statefulsets', desired: ['spec', 'replicas'] },
  { kind: 'DaemonSet', group: APPS, plural: 'daemonsets', desired: ['status', 'desiredNumberScheduled'] },
  { kind: 'Job', group: BATCH, plural: 'jobs' },
  { kind: 'ReplicaSet', group: APPS, plural: 'replicasets', desired: ['spec', 'replicas'] },
  { kind: 'Pod', group: CORE, plural: 'pods' },
];

interface Subject {
  namespace: string;
  name: string;
}

/** Undefined when no kind has the name; a kind that may not be read counts as such only when another has it. */
export async function readWorkload(
  api: KubernetesApi,
  subject: Subject,
  signal: AbortSignal,
): Promise<WorkloadSymptoms | undefined> {
  const { namespace, name } = subject;
  const results = await Promise.all(
    KINDS.map(({ group, plural }) =>
      api.attempt<JsonObject>(api.read(`get ${plural}`, signal), {
        method: 'GET',
        path: namespaced(group, namespace, plural, name),
      }),
    ),
  );
  for (const [index, result] of results.entries()) {
    const kind = KINDS[index];
    if (kind === undefined || !('value' in result)) continue;
    const object = result.value;
    const desired = kind.desired === undefined ? undefined : at(object, ...kind.desired);
    const [pods, owned] = await Promise.all([
      podsOf(api, kind.kind, object, namespace, signal),
      kind.kind === 'Deployment' ? replicaSetsOf(api, object, namespace, signal) : [],
    ]);
    return {
      kind: kind.kind,
      namespace,
      name,
      desired: typeof desired === 'number' ? desired : undefined,
      conditions: conditionsOf(object),
      pods,
      owned,
    };
  }
  for (const [index, result] of results.entries()) {
    const isAbsent = 'status' in result && result.status.code === 404;
    if (!isAbsent && 'status' in result) throw refused(api.cluster, `get ${KINDS[index]?.plural}`, result.status);
  }
  return undefined;
}

async function podsOf(
  api: KubernetesApi,
  kind: string,
  object: JsonObject,
  namespace: string,
  signal: AbortSignal,
): Promise<PodSymptoms[]> {
  if (kind === 'Pod') return project(api, 'get pods', [object], podSymptoms);
  const labelSelector = labelSelectorOf(object);
  if (labelSelector === undefined) return [];
  return listPods(api, { path: namespaced(CORE, namespace, 'pods'), query: { labelSelector } }, signal);
}

/** The Deployment's ReplicaSets that are to have pods: their events tell why there are none. */
async function replicaSetsOf(
  api: KubernetesApi,
  deployment: JsonObject,
  namespace: string,
  signal: AbortSignal,
): Promise<{ kind: string; name: string }[]> {
  const labelSelector = labelSelectorOf(deployment);
  if (labelSelector === undefined) return [];
  const list = await api.demand<JsonObject>(api.read('list replicasets', signal), {
    method: 'GET',
    path: namespaced(APPS, namespace, 'replicasets'),
    query: { labelSelector, limit: '100' },
  });
  const uid = textAt(deployment, 'metadata', 'uid');
  return objectsAt(list, 'items')
    .filter(set => objectsAt(set, 'metadata', 'ownerReferences').some(owner => textAt(owner, 'uid') === uid))
    .filter(set => at(set, 'spec', 'replicas') !== 0)
    .flatMap(set => {
      const name = textAt(set, 'metadata', 'name');
      return name === undefined ? [] : [{ kind: 'ReplicaSet', name }];
    });
}
