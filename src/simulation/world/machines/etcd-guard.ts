import type { SimCluster } from '../cluster.ts';
import type { Machine } from '../machine.ts';

/**
 * What the legacy upgrade checks of etcd before it accepts (contractors.md 3.8, 5.1): the gRPC error it answers, or
 * undefined. A single member passes.
 */
export function etcdRefusal(cluster: SimCluster, machine: Machine): string | undefined {
  if (machine.role !== 'controlplane') return undefined;
  const { etcd } = cluster;
  const other = [...cluster.machines.values()].find(
    one =>
      one !== machine &&
      one.role === 'controlplane' &&
      one.sequence?.step === 'pulling' &&
      !one.sequence.skips_etcd_check,
  );
  if (other !== undefined) {
    return 'rpc error: code = Unknown desc = failed to acquire upgrade mutex: error trying to lock etcd upgrade mutex: mutex: Locked by another session';
  }
  if (etcd.members.length === 2) {
    return 'rpc error: code = Unknown desc = error validating etcd for upgrade: etcd member count(2) is insufficient to maintain quorum if upgrade commences';
  }
  const ailing = etcd.members.length === 1 ? undefined : etcd.members.find(member => !etcd.answers(member.name));
  if (ailing === undefined) return undefined;
  return `rpc error: code = DeadlineExceeded desc = error validating etcd for upgrade: etcd member ${ailing.id} is not healthy; all members must be healthy to perform an upgrade: context deadline exceeded`;
}
