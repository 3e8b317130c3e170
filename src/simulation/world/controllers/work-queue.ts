import type { SimCluster } from '../cluster.ts';

/**
 * True while any API server of the cluster serves and its etcd takes writes: controllers, schedulers and kubelets can
 * do nothing without.
 */
export const someServerIsUp = (cluster: SimCluster): boolean => {
  if (cluster.faults.some('etcd_nospace') || cluster.faults.some('etcd_no_leader')) return false;
  for (const machine of cluster.machines.values()) {
    if (machine.role === 'controlplane' && cluster.apiServerIsUp(machine.name)) return true;
  }
  return false;
};

const RETRY_MS = 2_000;

/**
 * A controller's queue: a key waits `delayMs` of cluster time, once however often it is added meanwhile, and is then
 * reconciled; without an API server it waits on.
 */
export function workQueue(
  cluster: SimCluster,
  name: string,
  delayMs: number,
  reconcile: (key: string) => void,
): (key: string, laterMs?: number) => void {
  const kind = `work ${name}`;
  cluster.clock.handle(kind, key => {
    if (someServerIsUp(cluster)) reconcile(key);
    else cluster.clock.scheduleOnce(RETRY_MS, kind, key);
  });
  return (key, laterMs = delayMs) => cluster.clock.scheduleOnce(laterMs, kind, key);
}

export const keyOf = (object: { metadata: { namespace?: string; name: string } }): string =>
  object.metadata.namespace === undefined
    ? object.metadata.name
    : `${object.metadata.namespace}/${object.metadata.name}`;

/** Namespace and name of a namespaced key. */
export function splitKey(key: string): [string, string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}
