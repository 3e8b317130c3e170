import { BadRequest } from '../../bad-request.ts';
import type { ClusterSpec } from '../../fleet.ts';
import { asObject, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { daemonFits, daemonMaking, writeDaemonStatus } from '../controllers/daemon-sets.ts';
import { filterNodes, refusePod } from '../controllers/scheduler.ts';
import { nodeOf } from '../pods.ts';
import { quantityOf } from '../quantity.ts';
import { restoreStaticPods } from '../static-pods.ts';
import { kubeTime } from '../store.ts';
import type { Workload } from './catalogue.ts';
import { dnsService, pendingWorkload, pinnedDatabase, workloadsFor } from './catalogue.ts';
import { daemonSet, daemons } from './daemons.ts';
import { describedWorkloads } from './described.ts';
import { createNodes } from './nodes.ts';
import type { Placing } from './workloads.ts';
import { createBudget, createRunningPod, createWorkload, ensureNamespace } from './workloads.ts';

const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

const CLUSTER_SERVICES: readonly Workload[] = [
  dnsService,
  {
    namespace: 'kube-system',
    name: 'metrics-server',
    kind: 'Deployment',
    image: 'registry.k8s.io/metrics-server/metrics-server:v0.8.0',
    replicas: 2,
    budget: { maxUnavailable: 1 },
    weight: 0.4,
  },
];

/** Fills an empty cluster with what its spec asks for, in its steady state. Throws BadRequest when it cannot be. */
export function fillCluster(cluster: SimCluster, spec: ClusterSpec): void {
  for (const name of SYSTEM_NAMESPACES) ensureNamespace(cluster, name);
  createNodes(cluster);
  for (const machine of cluster.machines.values()) restoreStaticPods(cluster, machine);
  createDaemonSets(cluster);
  const workloads = spec.workloads === undefined ? fillFromCatalogue(cluster, spec) : fillAsDescribed(cluster, spec);
  const pending = pendingWorkload(spec.pending_pods ?? 0);
  if (pending.replicas > 0) {
    createWorkload(cluster, pending, { cpu: '500m', memory: '2048Mi', 'nvidia.com/gpu': '1' }, () => undefined);
    for (const pod of cluster.store.list('pods', pending.namespace)) {
      if (nodeOf(pod) === undefined) refusePod(cluster, pod, filterNodes(cluster, pod).reasons);
    }
  }
  createServices(cluster, workloads);
}

function fillFromCatalogue(cluster: SimCluster, spec: ClusterSpec): readonly Workload[] {
  const workloads = chooseWorkloads(cluster, spec);
  const place = placer(cluster);
  const share = requestShare(cluster, spec, workloads);
  for (const workload of workloads) createWorkload(cluster, workload, share(workload), place);
  const guarded = workloads.filter(({ namespace, replicas }) => namespace !== 'kube-system' && replicas > 1);
  for (const workload of guarded.slice(0, spec.budgets)) createBudget(cluster, workload);
  return workloads;
}

function fillAsDescribed(cluster: SimCluster, spec: ClusterSpec): readonly Workload[] {
  const workloads: Workload[] = [...CLUSTER_SERVICES];
  const place = placer(cluster);
  for (const workload of CLUSTER_SERVICES) createWorkload(cluster, workload, { cpu: '100m', memory: '128Mi' }, place);
  for (const described of describedWorkloads(cluster, spec)) {
    createWorkload(cluster, described.workload, described.requests, described.place);
    if (described.workload.budget.maxUnavailable !== undefined) createBudget(cluster, described.workload);
    workloads.push(described.workload);
  }
  return workloads;
}

function createDaemonSets(cluster: SimCluster): void {
  for (const daemon of daemons(cluster.kubernetesVersion)) {
    ensureNamespace(cluster, daemon.namespace);
    const set = cluster.store.create('daemonsets.apps', {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { namespace: daemon.namespace, name: daemon.name, labels: { 'k8s-app': daemon.name } },
      ...daemonSet(daemon),
    });
    const nodes = cluster.store.list('nodes').filter(node => daemonFits(set, node));
    for (const { metadata } of nodes)
      createRunningPod(cluster, set, daemonMaking(cluster, set, metadata.name), metadata.name);
    writeDaemonStatus(cluster, set, new Set(nodes.map(node => node.metadata.name)));
  }
}

/** Cluster services, pinned databases, then the catalogue until the number of pods is reached. */
function chooseWorkloads(cluster: SimCluster, spec: ClusterSpec): Workload[] {
  const databases = Array.from({ length: spec.pinned_databases ?? 0 }, (_, index) => pinnedDatabase(index));
  const fixed = [...CLUSTER_SERVICES, ...databases];
  const taken = fixed.reduce((sum, workload) => sum + workload.replicas, 0) + (spec.pending_pods ?? 0);
  const left = spec.pods - cluster.store.list('pods').length - taken;
  if (left < 0) {
    throw new BadRequest(
      `${spec.name}: ${spec.pods} pods are fewer than its nodes and services need`,
      `ask for at least ${spec.pods - left}`,
    );
  }
  return [...fixed, ...workloadsFor(left)].map(workload =>
    workload.isExclusive === true && workload.replicas > spec.workers ? { ...workload, isExclusive: false } : workload,
  );
}

/** Puts pods on the workers (or, without any, the control plane) in turn. */
function placer(cluster: SimCluster): Placing {
  const machines = [...cluster.machines.values()];
  const workers = machines.filter(machine => machine.role === 'worker');
  const names = (workers.length > 0 ? workers : machines).map(machine => machine.name);
  let turn = 0;
  return () => {
    const name = names[turn % names.length];
    turn += 1;
    return name;
  };
}

/** The requests of a workload's pods, such that all together ask for the share of the workers the spec names. */
function requestShare(
  cluster: SimCluster,
  spec: ClusterSpec,
  workloads: readonly Workload[],
): (workload: Workload) => { cpu: string; memory: string } {
  const nodes = cluster.store
    .list('nodes')
    .filter(({ metadata }) => cluster.machines.get(metadata.name)?.role === 'worker');
  const weights = workloads.reduce((sum, workload) => sum + workload.replicas * workload.weight, 0);
  const free = (resource: string): number =>
    nodes.reduce((sum, node) => {
      const all = quantityOf(asObject(at(node, 'status', 'allocatable'))[resource]);
      return sum + all * (spec.utilisation ?? 0.5) - (cluster.pods.requestedOn(node.metadata.name)[resource] ?? 0);
    }, 0);
  const cpu = (Math.max(0, free('cpu')) * 1000) / Math.max(1, weights);
  const memory = Math.max(0, free('memory')) / 2 ** 20 / Math.max(1, weights);
  return ({ weight }) => ({
    cpu: `${Math.max(1, Math.floor(cpu * weight))}m`,
    memory: `${Math.max(1, Math.floor(memory * weight))}Mi`,
  });
}

function createServices(cluster: SimCluster, workloads: readonly Workload[]): void {
  const service = (namespace: string, name: string, clusterIP: string, port: number): void => {
    cluster.store.create('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name, creationTimestamp: kubeTime(cluster.now() - 2_592_000_000) },
      spec: {
        type: 'ClusterIP',
        clusterIP,
        clusterIPs: [clusterIP],
        ports: [{ name: 'main', port, targetPort: 8080, protocol: 'TCP' }],
        ...(name === 'kubernetes' ? {} : { selector: { app: name } }),
        sessionAffinity: 'None',
      },
      status: { loadBalancer: {} },
    });
  };
  service('default', 'kubernetes', '10.96.0.1', 443);
  workloads.forEach(({ namespace, name }, index) => {
    service(namespace, name, `10.${96 + ((index + 10) >> 16)}.${((index + 10) >> 8) & 255}.${(index + 10) & 255}`, 80);
  });
}
