import { evictPod } from '../../kubernetes-api/eviction.ts';
import { asObject } from '../../kubernetes-api/json.ts';
import { ApiError } from '../../kubernetes-api/status.ts';
import type { SimCluster } from '../cluster.ts';
import { isCordoned } from '../controllers/node-fit.ts';
import { someServerIsUp } from '../controllers/work-queue.ts';
import { controllerOf, isFinished, isMirror, isOfDaemonSet } from '../pods.ts';
import type { KubeObject } from '../store.ts';

export const CORDONED_BY_TALOS = 'talos.dev/cordoned';

/** Cordons a node unless it is; says whether it did. */
export function cordon(cluster: SimCluster, name: string, annotations: Record<string, string> = {}): boolean {
  const node = cluster.store.get('nodes', undefined, name);
  if (node === undefined || isCordoned(node)) return false;
  cluster.store.replace('nodes', {
    ...node,
    metadata: { ...node.metadata, annotations: { ...node.metadata.annotations, ...annotations } },
    spec: { ...asObject(node.spec), unschedulable: true },
  });
  return true;
}

export function uncordon(cluster: SimCluster, name: string): void {
  const node = cluster.store.get('nodes', undefined, name);
  if (node === undefined || !isCordoned(node)) return;
  const { unschedulable: _, ...spec } = asObject(node.spec);
  cluster.store.replace('nodes', { ...node, spec });
}

/** The pods a drain has to see gone: not of DaemonSets, not mirrors; Talos itself also leaves unmanaged ones. */
export function drainablePods(cluster: SimCluster, name: string, includeUnmanaged: boolean): KubeObject[] {
  return cluster.pods
    .onNode(name)
    .filter(pod => !isMirror(pod) && !isOfDaemonSet(pod) && !isFinished(pod))
    .filter(pod => includeUnmanaged || controllerOf(pod) !== undefined);
}

/** Evicts one pod; the refusal's message, or undefined when it is accepted or gone. */
export function tryEviction(cluster: SimCluster, pod: KubeObject): string | undefined {
  if (!someServerIsUp(cluster))
    return cluster.faults.some('etcd_nospace') ? 'etcdserver: mvcc: database space exceeded' : 'etcdserver: no leader';
  const { namespace = '', name } = pod.metadata;
  try {
    evictPod(
      cluster,
      namespace,
      name,
      { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } },
      [],
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.code === 404 ? undefined : error.message;
  }
}
