import { leaveEtcd, removalRefusal, stopEtcd } from '../../world/machines/etcd-membership.ts';
import { rpcError, TalosctlFailure } from '../failure.ts';
import type { Command } from '../run.ts';
import { table } from '../table.ts';
import { controlPlaneOnly, needEtcd } from './etcd-access.ts';

/** `talosctl etcd forfeit-leadership`: nothing happens when the node does not lead. */
export const etcdForfeit: Command = {
  path: 'etcd forfeit-leadership',
  changes: true,
  role: 'os:admin',
  async run(run) {
    await run.each('', target => {
      controlPlaneOnly('etcd forfeit leadership', target);
      needEtcd(target, { leader: true });
      const { etcd } = target.cluster;
      if (etcd.members.length === 1) {
        throw new TalosctlFailure(
          rpcError('Unknown', 'failed to forfeit leadership: cannot forfeit leadership, only one member'),
        );
      }
      if (!etcd.forfeit(target.machine.name)) {
        throw new TalosctlFailure(rpcError('Unknown', 'failed to forfeit leadership: no healthy member to take it'));
      }
    });
  },
};

/** `talosctl etcd leave`: the member goes with its data; the node's etcd joins again at its next boot. */
export const etcdLeave: Command = {
  path: 'etcd leave',
  role: 'os:admin',
  async run(run) {
    const target = await run.single();
    controlPlaneOnly('etcd leave', target);
    needEtcd(target, { leader: true });
    const refusal = leaveEtcd(target.cluster, target.machine);
    if (refusal !== undefined) throw new TalosctlFailure(rpcError('Unknown', refusal));
  },
};

const MEMBER_ID = /^[0-9a-f]{16}$/;

/** `talosctl etcd remove-member ID`: asked of another node; the removed one keeps its data and never starts again. */
export const etcdRemoveMember: Command = {
  path: 'etcd remove-member',
  role: 'os:admin',
  args: [1, 1],
  async run(run) {
    const [id = ''] = run.args;
    if (!MEMBER_ID.test(id)) {
      throw new TalosctlFailure(
        `error parsing member ID: strconv.ParseUint: parsing ${JSON.stringify(id)}: invalid syntax`,
      );
    }
    await run.each('', target => {
      controlPlaneOnly('etcd remove member', target);
      needEtcd(target, { leader: true });
      const { cluster } = target;
      const member = cluster.etcd.members.find(other => other.id === id);
      if (member === undefined) throw new TalosctlFailure(rpcError('NotFound', 'etcdserver: member not found'));
      const refusal = removalRefusal(cluster, id);
      if (refusal !== undefined) throw new TalosctlFailure(rpcError('Unknown', `failed to remove member: ${refusal}`));
      if (cluster.etcd.leader === id) cluster.etcd.forfeit(member.name);
      cluster.etcd.remove(id);
      const removed = cluster.machines.get(member.name);
      if (removed !== undefined) stopEtcd(cluster, removed);
    });
  },
};

/** `talosctl etcd defrag`: gives back the space the database file does not use. One node at a time. */
export const etcdDefrag: Command = {
  path: 'etcd defrag',
  role: 'os:operator',
  async run(run) {
    const target = await run.single();
    controlPlaneOnly('etcd defragment', target);
    needEtcd(target, { leader: false });
    await run.sleep(target.cluster, 3_000);
    target.machine.etcd_defragmented_ms = target.cluster.now();
  },
};

/** `talosctl etcd alarm disarm`: an alarm whose cause lasts (nothing was defragmented) is raised again at once. */
export const etcdAlarmDisarm: Command = {
  path: 'etcd alarm disarm',
  role: 'os:operator',
  async run(run) {
    const answers = await run.each('error disarming alarms: ', target => {
      controlPlaneOnly('etcd alarm disarm', target);
      needEtcd(target, { leader: true });
      const { etcd, faults, machines } = target.cluster;
      const disarmed = etcd.alarms();
      for (const { member } of disarmed) {
        if (machines.get(member.name)?.etcd_defragmented_ms === undefined) continue;
        for (const fault of faults.list().filter(({ kind, node }) => kind === 'etcd_nospace' && node === member.name))
          faults.clear(fault.id);
      }
      return disarmed;
    });
    const rows = answers.flatMap(({ address, answer }) =>
      answer.map(({ member, alarm }) => [address, member.id, alarm]),
    );
    if (rows.length > 0) run.sink.out(table([['NODE', 'MEMBER', 'ALARM'], ...rows]));
  },
};
