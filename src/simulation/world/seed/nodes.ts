import type { SimCluster } from '../cluster.ts';
import { nodeInfoOf, renewLease, reportedConditions } from '../controllers/node-status.ts';
import type { Machine } from '../machine.ts';
import { startHeartbeats } from '../machines/boot.ts';
import { spreadOf } from '../random.ts';
import { kubeTime } from '../store.ts';

const DAY_MS = 86_400_000;

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

/** Creates the Node and Lease of every machine, Ready, and starts the kubelets' heartbeats. */
export function createNodes(cluster: SimCluster): void {
  const joined = cluster.now() - 40 * DAY_MS;
  let index = 0;
  for (const machine of cluster.machines.values()) {
    const podCIDR = machine.pod_cidr;
    const created = cluster.store.create('nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: machine.name,
        creationTimestamp: kubeTime(joined + index * 60_000),
        labels: labelsOf(machine),
        annotations: {
          'extensions.talos.dev/schematic': machine.running.schematic,
          'node.alpha.kubernetes.io/ttl': '0',
          'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
        },
      },
      spec: {
        podCIDR,
        podCIDRs: [podCIDR],
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
    cluster.store.replace('nodes', {
      ...created,
      status: {
        ...(created.status as Record<string, unknown>),
        conditions: reportedConditions(cluster, created, true),
      },
    });
    renewLease(cluster, machine.name);
    startHeartbeats(cluster, machine, spreadOf(`${cluster.seed} lease ${machine.name}`, 1_000, 10_000));
    index += 1;
  }
}
