import { createHash } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import type { SimCluster } from '../../world/cluster.ts';
import { releaseOf } from '../../world/talos-release.ts';
import { rpcError, TalosctlFailure } from '../failure.ts';
import type { Command, Run, Target } from '../run.ts';
import { table } from '../table.ts';

const NO_LEADER = '0000000000000000';

function controlPlaneOnly(what: string, { machine }: Target): void {
  if (machine.role === 'controlplane') return;
  throw new TalosctlFailure(rpcError('Unimplemented', `${what} is only available on control plane nodes`));
}

/** Throws what etcd's client says when the machine's member is not there or there is no leader. */
function needEtcd(target: Target, { leader }: { leader: boolean }): void {
  const { cluster, machine } = target;
  if (!machine.etcd_runs) {
    throw new TalosctlFailure(
      rpcError('Unknown', 'failed to create etcd client: error building etcd client: context deadline exceeded'),
    );
  }
  if (!cluster.etcd.answers(machine.name))
    throw new TalosctlFailure(rpcError('Unknown', 'etcdserver: request timed out'));
  if (leader && !cluster.etcd.hasQuorum()) throw new TalosctlFailure(rpcError('Unavailable', 'etcdserver: no leader'));
}

/** `talosctl etcd members`: each node repeats the whole list. */
export const etcdMembers: Command = {
  path: 'etcd members',
  async run(run) {
    const answers = await run.each('error getting members: ', target => {
      controlPlaneOnly('member list', target);
      needEtcd(target, { leader: true });
      return target.cluster.etcd.members.map(({ id, name, ip, learner }) => [
        id,
        name,
        `https://${ip}:2380`,
        `https://${ip}:2379`,
        String(learner),
      ]);
    });
    const rows = answers.flatMap(({ address, answer }) => answer.map(row => [address, ...row]));
    run.sink.out(table([['NODE', 'ID', 'HOSTNAME', 'PEER URLS', 'CLIENT URLS', 'LEARNER'], ...rows]));
  },
};

const megabytes = (bytes: number): string =>
  bytes < 10e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1e6)} MB`;

/** Size of the database file and of what is used of it, bytes. */
function databaseSize(cluster: SimCluster): { size: number; used: number } {
  const used = 2_000_000 + (cluster.store.resourceVersion % 4_000) * 1_500 + cluster.store.list('pods').length * 12_000;
  return { size: Math.round(used * 1.7), used };
}

function statusRow(target: Target): string[] {
  const { cluster, machine } = target;
  const { etcd } = cluster;
  const { size, used } = databaseSize(cluster);
  const errors = [
    ...(etcd.leader === undefined ? ['etcdserver: no leader'] : []),
    ...(etcd.alarms().some(({ member }) => member.name === machine.name) ? ['alarm:NOSPACE'] : []),
  ];
  const release = releaseOf(machine.running.version).etcd;
  return [
    etcd.memberOf(machine.name)?.id ?? NO_LEADER,
    megabytes(size),
    `${megabytes(used)} (${((used / size) * 100).toFixed(2)}%)`,
    etcd.leader ?? NO_LEADER,
    String(etcd.raftIndex),
    String(etcd.raftTerm),
    String(etcd.raftIndex),
    String(etcd.memberOf(machine.name)?.learner ?? false),
    release,
    `${release.split('.').slice(0, 2).join('.')}.0`,
    errors.join(', '),
  ];
}

const STATUS_COLUMNS =
  'NODE|MEMBER|DB SIZE|IN USE|LEADER|RAFT INDEX|RAFT TERM|RAFT APPLIED INDEX|LEARNER|PROTOCOL|STORAGE|ERRORS'.split(
    '|',
  );

/** `talosctl etcd status` with the columns of 1.11 and later. */
export const etcdStatus: Command = {
  path: 'etcd status',
  async run(run) {
    const answers = await run.each('error getting status: ', target => {
      controlPlaneOnly('etcd status', target);
      needEtcd(target, { leader: false });
      return statusRow(target);
    });
    run.sink.out(table([STATUS_COLUMNS, ...answers.map(({ address, answer }) => [address, ...answer])]));
  },
};

/** `talosctl etcd alarm list`: no alarm, no output. */
export const etcdAlarms: Command = {
  path: 'etcd alarm list',
  async run(run) {
    const answers = await run.each('error getting alarms: ', target => {
      controlPlaneOnly('etcd alarm list', target);
      needEtcd(target, { leader: true });
      return target.cluster.etcd.alarms();
    });
    const rows = answers.flatMap(({ address, answer }) =>
      answer.map(({ member, alarm }) => [address, member.id, alarm]),
    );
    if (rows.length > 0) run.sink.out(table([['NODE', 'MEMBER', 'ALARM'], ...rows]));
  },
};

const PAGE_BYTES = 512;

/** The bytes of a snapshot: what the store holds, in whole pages, with their sha256 appended as etcd does. */
export function snapshotOf(cluster: SimCluster): Buffer {
  const content = Buffer.from(JSON.stringify(cluster.store.image()));
  const pages = Buffer.alloc(Math.ceil(content.length / PAGE_BYTES) * PAGE_BYTES);
  content.copy(pages);
  return Buffer.concat([pages, createHash('sha256').update(pages).digest()]);
}

/** `talosctl etcd snapshot PATH`. */
export const etcdSnapshot: Command = {
  path: 'etcd snapshot',
  args: [1, 1],
  async run(run) {
    const [path = ''] = run.args;
    const target = await run.single();
    controlPlaneOnly('etcd snapshot', target);
    try {
      needEtcd(target, { leader: true });
    } catch (error) {
      throw new TalosctlFailure(`error reading: ${(error as Error).message}`);
    }
    const bytes = snapshotOf(target.cluster);
    run.sink.file(isAbsolute(path) ? path : join(run.cwd, path), bytes);
    const { store } = target.cluster;
    const keys = store.resources().reduce((sum, resource) => sum + store.list(resource).length, 0);
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
    run.sink.out(`etcd snapshot saved to "${path}" (${bytes.length} bytes)\n`);
    run.sink.out(
      `snapshot info: hash ${hash}, revision ${store.resourceVersion}, total keys ${keys}, total size ${bytes.length - 32}\n`,
    );
  },
};

/** `talosctl etcd forfeit-leadership`: nothing happens when the node does not lead. */
export const etcdForfeit: Command = {
  path: 'etcd forfeit-leadership',
  async run(run: Run) {
    await run.each('error executing request: ', target => {
      controlPlaneOnly('etcd forfeit leadership', target);
      needEtcd(target, { leader: true });
      const { etcd } = target.cluster;
      if (etcd.members.length === 1) {
        throw new TalosctlFailure(rpcError('FailedPrecondition', 'cannot forfeit leadership, only one member'));
      }
      if (!etcd.forfeit(target.machine.name)) {
        throw new TalosctlFailure(rpcError('Unknown', 'failed to forfeit leadership: no healthy member to take it'));
      }
    });
  },
};
