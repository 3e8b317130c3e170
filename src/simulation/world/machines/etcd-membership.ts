import type { SimCluster } from '../cluster.ts';
import type { Machine } from '../machine.ts';
import { changeServices } from './services.ts';

const PROMOTE = 'etcd-promote';
const PROMOTE_MS = 8_000;

/** Lets learners become voters once they caught up. */
export function runEtcdMembership(cluster: SimCluster): void {
  cluster.clock.handle(PROMOTE, name => {
    if (cluster.etcd.memberOf(name)?.learner !== true) return;
    if (cluster.etcd.hasQuorum() && cluster.etcd.answers(name)) cluster.etcd.promote(name);
    else cluster.clock.scheduleOnce(PROMOTE_MS, PROMOTE, name);
  });
}

/**
 * True when the machine's etcd can start: it is a member with its data, or its data directory is empty and there is a
 * cluster to join, as a learner first. A machine that was removed but has its old data never starts (research:
 * contractors.md 5.3).
 */
export function canStartEtcd(cluster: SimCluster, machine: Machine): boolean {
  const { etcd } = cluster;
  const member = etcd.memberOf(machine.name);
  if (machine.etcd_is_empty !== true) return member !== undefined;
  if (!etcd.hasQuorum()) return false;
  if (member !== undefined) etcd.remove(member.id);
  etcd.add(machine);
  delete machine.etcd_is_empty;
  cluster.clock.scheduleOnce(PROMOTE_MS, PROMOTE, machine.name);
  return true;
}

/** The machine's etcd and, without it, its kube-apiserver stop. */
export function stopEtcd(cluster: SimCluster, machine: Machine): void {
  changeServices(cluster, () => {
    machine.etcd_runs = false;
    machine.api_server_runs = false;
  });
}

/** The member leaves by itself and removes its data. Returns the refusal; undefined when it left. */
export function leaveEtcd(cluster: SimCluster, machine: Machine): string | undefined {
  const { etcd } = cluster;
  const member = etcd.memberOf(machine.name);
  if (member === undefined) return 'failed to leave cluster: 1 error(s) occurred:\n\tmember not found';
  const refusal = removalRefusal(cluster, member.id);
  if (refusal !== undefined) {
    return `failed to leave cluster: 1 error(s) occurred:\n\tfailed to remove member ${member.id}: ${refusal}`;
  }
  if (etcd.leader === member.id) etcd.forfeit(machine.name);
  etcd.remove(member.id);
  machine.etcd_is_empty = true;
  stopEtcd(cluster, machine);
  return undefined;
}

/** Why etcd refuses to remove a member: the rest must hold a quorum of what is left. */
export function removalRefusal({ etcd }: SimCluster, id: string): string | undefined {
  if (!etcd.hasQuorum()) return 'etcdserver: no leader';
  const rest = etcd.members.filter(member => member.id !== id && !member.learner);
  const healthy = rest.filter(({ name }) => etcd.answers(name));
  if (rest.length > 0 && healthy.length > rest.length / 2) return undefined;
  return 'etcdserver: re-configuration failed due to not enough started members';
}

/** Starts a new etcd cluster on a machine whose data directory is empty. */
export function bootstrapEtcd(cluster: SimCluster, machine: Machine): void {
  changeServices(cluster, () => {
    delete machine.etcd_is_empty;
    machine.etcd_runs = true;
    cluster.etcd.bootstrap(machine);
  });
  cluster.machineEvents.tell(machine, 'service', 'service: etcd message: Health check successful healthy: true');
}
