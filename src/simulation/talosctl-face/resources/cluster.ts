import type { SimCluster } from '../../world/cluster.ts';
import type { Machine } from '../../world/machine.ts';
import { answersTalos } from '../../world/machine.ts';
import { sha256Hex } from '../../world/random.ts';
import type { ResourceKind, TalosResource } from './resource.ts';
import { column } from './resource.ts';

/** Members stay listed this long after they stopped announcing themselves (contractors.md 3.5). */
const STALE_MEMBER_MS = 1_800_000;

function isMember(cluster: SimCluster, machine: Machine): boolean {
  const announces = answersTalos(machine) && machine.stage !== 'maintenance';
  return announces || cluster.now() - (machine.console.at(-1)?.at_ms ?? 0) < STALE_MEMBER_MS;
}

const member: ResourceKind = {
  type: 'Members.cluster.talos.dev',
  display: 'Member',
  columns: [
    column('HOSTNAME', 'hostname'),
    column('MACHINE TYPE', 'machineType'),
    column('OS', 'operatingSystem'),
    column('ADDRESSES', 'addresses'),
  ],
  resources: cluster =>
    [...cluster.machines.values()]
      .filter(machine => isMember(cluster, machine))
      .map(machine => ({
        namespace: 'cluster',
        id: machine.name,
        version: machine.boots,
        owner: 'cluster.MemberController',
        createdMs: machine.booted_ms,
        spec: {
          nodeId: machine.system_uuid.replaceAll('-', ''),
          addresses: [machine.ip],
          hostname: machine.name,
          machineType: machine.role,
          operatingSystem: `Talos (${machine.running.version})`,
          ...(machine.role === 'controlplane' ? { controlPlane: { apiServerPort: 6443 } } : {}),
        },
      })),
};

const one = (cluster: SimCluster, machine: Machine, resource: Omit<TalosResource, 'createdMs'>): TalosResource => ({
  ...resource,
  createdMs: Math.min(machine.booted_ms, cluster.now()),
});

const nodename: ResourceKind = {
  type: 'Nodenames.kubernetes.talos.dev',
  display: 'Nodename',
  columns: [column('NODENAME', 'nodename')],
  resources: (cluster, machine) => [
    one(cluster, machine, {
      namespace: 'k8s',
      id: 'nodename',
      owner: 'k8s.NodenameController',
      spec: { nodename: machine.name, hostnameVersion: '1', skipNodeRegistration: false },
    }),
  ],
};

const etcdMember: ResourceKind = {
  type: 'EtcdMembers.etcd.talos.dev',
  display: 'EtcdMember',
  columns: [column('MEMBER ID', 'memberID')],
  resources: (cluster, machine) => {
    const found = cluster.etcd.memberOf(machine.name);
    if (found === undefined) return [];
    const owner = 'etcd.MemberController';
    return [one(cluster, machine, { namespace: 'etcd', id: 'local', owner, spec: { memberID: found.id } })];
  },
};

/** The cluster a machine is configured for: there before etcd is. */
const info: ResourceKind = {
  type: 'Infos.cluster.talos.dev',
  display: 'Info',
  columns: [column('CLUSTER ID', 'clusterId'), column('CLUSTER NAME', 'clusterName')],
  resources: (cluster, machine) => {
    if (machine.stage === 'maintenance') return [];
    const clusterId = Buffer.from(sha256Hex(`${cluster.seed} ${cluster.name} id`), 'hex').toString('base64url');
    const owner = 'cluster.InfoController';
    const spec = { clusterId: `${clusterId}=`, clusterName: cluster.name };
    return [one(cluster, machine, { namespace: 'cluster', id: 'current', owner, spec })];
  },
};

const hostname: ResourceKind = {
  type: 'HostnameStatuses.net.talos.dev',
  display: 'HostnameStatus',
  aliases: ['hostname', 'hostnames'],
  columns: [column('HOSTNAME', 'hostname'), column('DOMAINNAME', 'domainname')],
  resources: (cluster, machine) => [
    one(cluster, machine, {
      namespace: 'network',
      id: 'hostname',
      owner: 'network.HostnameSpecController',
      spec: { hostname: machine.name, domainname: '' },
    }),
  ],
};

const machineType: ResourceKind = {
  type: 'MachineTypes.config.talos.dev',
  display: 'MachineType',
  columns: [{ name: 'TYPE', value: spec => String(spec.machineType) }],
  resources: (cluster, machine) => [
    one(cluster, machine, {
      namespace: 'config',
      id: 'machine-type',
      owner: 'config.MachineTypeController',
      spec: { machineType: machine.role },
    }),
  ],
};

const timeStatus: ResourceKind = {
  type: 'TimeStatuses.v1alpha1.talos.dev',
  display: 'TimeStatus',
  columns: [column('SYNCED', 'synced')],
  resources: (cluster, machine) => [
    one(cluster, machine, {
      namespace: 'runtime',
      id: 'node',
      owner: 'time.SyncController',
      spec: { synced: true, epoch: 0, syncDisabled: false },
    }),
  ],
};

/** What a node says of the cluster and of its place in it. */
export const CLUSTER_KINDS: readonly ResourceKind[] = [
  member,
  nodename,
  etcdMember,
  info,
  hostname,
  machineType,
  timeStatus,
];
