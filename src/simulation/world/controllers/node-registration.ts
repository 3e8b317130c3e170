import type { SimCluster } from '../cluster.ts';
import type { Machine } from '../machine.ts';
import type { NewKubeObject } from '../store.ts';
import { kubeTime } from '../store.ts';
import { nodeInfoOf } from './node-status.ts';

const capacityOf = (machine: Machine): Record<string, string> => ({
  cpu: String(machine.cpu_cores),
  'ephemeral-storage': '476138Mi',
  'hugepages-1Gi': '0',
  'hugepages-2Mi': '0',
  memory: `${machine.memory_mib * 1024 - 98_304}Ki`,
  pods: '110',
});

const allocatableOf = (machine: Machine): Record<string, string> => ({
  ...capacityOf(machine),
  cpu: `${machine.cpu_cores * 1000 - 50}m`,
  'ephemeral-storage': '438494Mi',
  memory: `${machine.memory_mib * 1024 - 720_896}Ki`,
});

function labelsOf(machine: Machine): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': machine.name,
    'kubernetes.io/os': 'linux',
    ...(machine.role === 'controlplane'
      ? { 'node-role.kubernetes.io/control-plane': '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' }
      : {}),
    ...(machine.zone === undefined ? {} : { 'topology.kubernetes.io/zone': machine.zone }),
  };
}

/** The Node a machine's kubelet registers. */
export const nodeObject = (machine: Machine, createdMs: number): NewKubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: machine.name,
    creationTimestamp: kubeTime(createdMs),
    labels: labelsOf(machine),
    annotations: {
      'extensions.talos.dev/schematic': machine.running.schematic,
      'node.alpha.kubernetes.io/ttl': '0',
      'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
    },
  },
  spec: {
    podCIDR: machine.pod_cidr,
    podCIDRs: [machine.pod_cidr],
    ...(machine.role === 'controlplane'
      ? { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }
      : {}),
  },
  status: {
    addresses: [
      { type: 'InternalIP', address: machine.ip },
      { type: 'Hostname', address: machine.name },
    ],
    capacity: capacityOf(machine),
    allocatable: allocatableOf(machine),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: nodeInfoOf(machine),
  },
});

/** A kubelet that starts registers its node when there is none: somebody deleted it, or etcd is new. */
export function registerNode(cluster: SimCluster, machine: Machine): void {
  if (cluster.store.get('nodes', undefined, machine.name) === undefined)
    cluster.store.create('nodes', nodeObject(machine, cluster.now()));
}
