import type { SimCluster } from './cluster.ts';
import { registerNode } from './controllers/node-registration.ts';
import { emptyStore, restoreSnapshot } from './etcd-snapshot.ts';
import type { Machine } from './machine.ts';
import { continueBoot } from './machines/boot.ts';
import { bootstrapEtcd } from './machines/etcd-membership.ts';
import { dnsService } from './seed/catalogue.ts';
import { daemonSet, daemons } from './seed/daemons.ts';
import { createWorkload } from './seed/workloads.ts';

const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** A new etcd cluster on this machine, with a snapshot's content or, without one, with an empty Kubernetes. */
export function bootstrapCluster(cluster: SimCluster, machine: Machine, snapshot: Buffer | undefined): void {
  bootstrapEtcd(cluster, machine);
  cluster.ledger.bootstrap(machine.name, machine.boot_id, snapshot === undefined ? 'anew' : 'snapshot');
  if (snapshot === undefined) beginAnew(cluster);
  else restoreSnapshot(cluster, snapshot);
  continueBoot(cluster, machine);
}

/** What Talos applies to an empty cluster: its manifests; kubelets that run register their nodes. */
function beginAnew(cluster: SimCluster): void {
  emptyStore(cluster);
  for (const name of NAMESPACES) {
    cluster.store.create('namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }
  for (const machine of cluster.machines.values()) if (machine.kubelet_runs) registerNode(cluster, machine);
  for (const daemon of daemons(cluster.kubernetesVersion)) {
    if (daemon.namespace !== 'kube-system') continue;
    cluster.store.create('daemonsets.apps', {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { namespace: daemon.namespace, name: daemon.name, labels: { 'k8s-app': daemon.name } },
      ...daemonSet(daemon),
    });
  }
  createWorkload(cluster, dnsService, { cpu: '100m', memory: '70Mi' }, () => undefined);
}
