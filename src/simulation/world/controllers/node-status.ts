import { asObject, asObjects, asText, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import type { Machine } from '../machine.ts';
import { clockOf } from '../machine-clock.ts';
import { conditionsWith } from '../pods.ts';
import type { KubeObject } from '../store.ts';
import { kubeTime } from '../store.ts';
import { releaseOf } from '../talos-release.ts';

const LEASES = 'leases.coordination.k8s.io';
const LEASE_NAMESPACE = 'kube-node-lease';

/** MicroTime, as in Lease.spec.renewTime. */
export const microTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 23)}000Z`;

/** Renews (or makes) the node's lease: what the kubelet does every 10 s. */
export function renewLease(cluster: SimCluster, node: string): void {
  const spec = { holderIdentity: node, leaseDurationSeconds: 40, renewTime: microTime(clockOf(cluster, node)) };
  const machine = cluster.machines.get(node);
  if (machine !== undefined) machine.lease_renewed_ms = cluster.now();
  const lease = cluster.store.get(LEASES, LEASE_NAMESPACE, node);
  if (lease !== undefined) {
    cluster.store.replace(LEASES, { ...lease, spec });
    return;
  }
  const owner = cluster.store.get('nodes', undefined, node);
  if (owner === undefined) return;
  cluster.store.create(LEASES, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: node,
      namespace: LEASE_NAMESPACE,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node, uid: owner.metadata.uid }],
    },
    spec,
  });
}

/** When the node's lease was renewed last, epoch ms by the cluster's clock; 0 = never. */
export const leaseRenewedMs = (cluster: SimCluster, node: string): number =>
  cluster.machines.get(node)?.lease_renewed_ms ??
  (Date.parse(asText(at(cluster.store.get(LEASES, LEASE_NAMESPACE, node), 'spec', 'renewTime'))) || 0);

const WELL = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
] as const;

const NOT_READY = 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady';

/** The conditions the kubelet reports, with their heartbeat. */
export function reportedConditions(cluster: SimCluster, node: KubeObject, isReady: boolean): Record<string, unknown>[] {
  const now = kubeTime(clockOf(cluster, node.metadata.name));
  const changes = [
    ...WELL.map(([type, reason, message]) => ({ type, status: 'False', reason, message })),
    isReady
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: NOT_READY },
  ];
  return conditionsWith(node, now, changes).map(condition => ({ ...condition, lastHeartbeatTime: now }));
}

/** The conditions the node lifecycle controller sets when a kubelet fell silent; the heartbeats stay as they were. */
export function silentConditions(cluster: SimCluster, node: KubeObject): Record<string, unknown>[] {
  const before = asObjects(at(node, 'status', 'conditions'));
  const changes = [...WELL.map(([type]) => type), 'Ready'].map(type => ({
    type,
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  }));
  return conditionsWith(node, kubeTime(cluster.now()), changes).map(condition => ({
    ...condition,
    lastHeartbeatTime: before.find(other => other.type === condition.type)?.lastHeartbeatTime,
  }));
}

/** What the machine tells about itself when its kubelet registers. */
export function nodeInfoOf(machine: Machine): Record<string, string> {
  const { version } = machine.running;
  const release = releaseOf(version);
  return {
    architecture: 'amd64',
    bootID: machine.boot_id,
    containerRuntimeVersion: `containerd://${release.containerd}`,
    kernelVersion: release.kernel,
    kubeProxyVersion: '',
    kubeletVersion: machine.kubelet_version,
    machineID: machine.system_uuid.replaceAll('-', ''),
    operatingSystem: 'linux',
    osImage: `Talos (${version})`,
    systemUUID: machine.system_uuid,
  };
}

/** Writes the node's status as its kubelet reports it. */
export function reportNode(cluster: SimCluster, machine: Machine, isReady: boolean): void {
  const node = cluster.store.get('nodes', undefined, machine.name);
  if (node === undefined) return;
  const annotations = { ...node.metadata.annotations, 'extensions.talos.dev/schematic': machine.running.schematic };
  cluster.store.replace('nodes', {
    ...node,
    metadata: { ...node.metadata, annotations },
    status: {
      ...asObject(node.status),
      conditions: reportedConditions(cluster, node, isReady),
      nodeInfo: nodeInfoOf(machine),
    },
  });
}
