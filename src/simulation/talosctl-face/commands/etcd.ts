import type { SimCluster } from '../../world/cluster.ts';
import type { SnapshotInfo } from '../../world/etcd-snapshot.ts';
import { makeSnapshot, snapshotInfo } from '../../world/etcd-snapshot.ts';
import type { Machine } from '../../world/machine.ts';
import { releaseOf } from '../../world/talos-release.ts';
import { TalosctlFailure } from '../failure.ts';
import { bytesText } from '../humanize.ts';
import type { Command, Target } from '../run.ts';
import { table } from '../table.ts';
import { controlPlaneOnly, needEtcd } from './etcd-access.ts';

const NO_LEADER = '0000000000000000';

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

/** Size of the database file and of what is used of it, bytes. */
function databaseSize(cluster: SimCluster, machine: Machine): { size: number; used: number } {
  const used = 2_000_000 + (cluster.store.resourceVersion % 4_000) * 1_500 + cluster.store.list('pods').length * 12_000;
  const free = machine.etcd_defragmented_ms === undefined ? 1.7 : 1.02;
  return { size: Math.round(used * free), used };
}

function statusRow(target: Target): string[] {
  const { cluster, machine } = target;
  const { etcd } = cluster;
  const { size, used } = databaseSize(cluster, machine);
  const errors = [
    ...(etcd.leader === undefined ? ['etcdserver: no leader'] : []),
    ...(etcd.alarms().some(({ member }) => member.name === machine.name) ? ['alarm:NOSPACE'] : []),
  ];
  const release = releaseOf(machine.running.version).etcd;
  return [
    etcd.memberOf(machine.name)?.id ?? NO_LEADER,
    bytesText(size),
    `${bytesText(used)} (${((used / size) * 100).toFixed(2)}%)`,
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

/** From this talosctl on the status shows etcd's versions (contractors.md 3.4). */
const SHOWS_VERSIONS_SINCE = 'v1.11.0';

/** `talosctl etcd status`. */
export const etcdStatus: Command = {
  path: 'etcd status',
  async run(run) {
    const answers = await run.each('error getting status: ', target => {
      controlPlaneOnly('etcd status', target);
      needEtcd(target, { leader: false });
      return statusRow(target);
    });
    const rows = [STATUS_COLUMNS, ...answers.map(({ address, answer }) => [address, ...answer])];
    const isShown = (column: string): boolean =>
      run.isClientAtLeast(SHOWS_VERSIONS_SINCE) || !['PROTOCOL', 'STORAGE'].includes(column);
    run.sink.out(table(rows.map(row => row.filter((_, index) => isShown(STATUS_COLUMNS[index] ?? '')))));
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

/** `talosctl etcd snapshot PATH`. */
export const etcdSnapshot: Command = {
  path: 'etcd snapshot',
  changes: true,
  role: 'os:operator',
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
    const bytes = makeSnapshot(target.cluster);
    run.sink.file(run.path(path), bytes);
    run.sink.out(`etcd snapshot saved to "${path}" (${bytes.length} bytes)\n`);
    const info = snapshotInfo(bytes);
    if (info !== undefined) run.sink.out(`snapshot info: ${infoText(info)}\n`);
  },
};

/** As talosctl words what a snapshot holds. */
export const infoText = ({ hash, revision, keys, size }: SnapshotInfo): string =>
  `hash ${hash}, revision ${revision}, total keys ${keys}, total size ${size}`;
