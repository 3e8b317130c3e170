import { commands } from '../../talosctl/argv.ts';
import { type AskOptions, ask } from '../../talosctl/ask.ts';
import { readEtcdAlarms } from '../../talosctl/readers/etcd-alarms.ts';
import { readEtcdMembers } from '../../talosctl/readers/etcd-members.ts';
import { readEtcdStatus } from '../../talosctl/readers/etcd-status.ts';
import { readServices } from '../../talosctl/readers/services.ts';
import { failureOf } from './fan-out.ts';
import type { FleetCluster } from './fleet.ts';
import { type FleetMachine, forEachMachine, type Member, membersOf, readMachines } from './machines.ts';

export interface Health {
  /** null: something did not answer, so it is not known. */
  healthy: boolean | null;
  issues: string[];
  unknown: string[];
}

function judgeMachine({ hostname, stage, ready, unanswered }: FleetMachine, health: Health): void {
  for (const part of unanswered) health.unknown.push(`${hostname} ${part}`);
  if (stage !== null && stage !== 'running') health.issues.push(`${hostname} is ${stage}`);
  else if (ready === false) health.issues.push(`${hostname} is not ready`);
}

interface EtcdView {
  member: Member;
  memberIds: string[];
  leader: string | undefined;
}

/** What one control plane node tells of etcd and of its services; what is wrong is put down, what is not told too. */
async function viewOf(cluster: FleetCluster, member: Member, health: Health, options: AskOptions) {
  const read = (command: Parameters<typeof ask>[2]) => ask(cluster.talosctl, member, command, options);
  try {
    const [services, members, status, alarms] = await Promise.all([
      read(commands.services()).then(readServices),
      read(commands.etcdMembers()).then(readEtcdMembers),
      read(commands.etcdStatus()).then(readEtcdStatus),
      read(commands.etcdAlarms()).then(readEtcdAlarms),
    ]);
    // Extension services rightly show neither health nor harm (contractors 3.3).
    for (const { id, state, health: said } of services.filter(service => !service.id.startsWith('ext-')))
      if (state !== 'Running' || said === 'Fail') health.issues.push(`${member.hostname} ${id} is ${state} ${said}`);
    for (const { alarm } of alarms) health.issues.push(`${member.hostname} etcd alarm ${alarm}`);
    for (const { id, isLearner } of members) if (isLearner) health.issues.push(`etcd member ${id} is a learner`);
    for (const error of status.errors) health.issues.push(`${member.hostname} etcd: ${error}`);
    return { member, memberIds: members.map(({ id }) => id).sort(), leader: status.leaderId };
  } catch (error) {
    const { error_class } = failureOf(error);
    (error_class === 'quorum_lost' ? health.issues : health.unknown).push(`${member.hostname} etcd: ${error_class}`);
    return undefined;
  }
}

/** One list of members, as many as control plane nodes, and one leader among them, by everybody's own account. */
function judgeEtcd(views: readonly EtcdView[], planes: number, health: Health): void {
  const lists = new Set(views.map(({ memberIds }) => memberIds.join(' ')));
  if (lists.size > 1) health.issues.push('control plane nodes list different etcd members');
  for (const { member, memberIds, leader } of views) {
    if (memberIds.length !== planes)
      health.issues.push(`${member.hostname} lists ${memberIds.length} etcd members for ${planes} control plane nodes`);
    if (leader === undefined || !memberIds.includes(leader))
      health.issues.push(`${member.hostname} sees no etcd leader`);
  }
  if (new Set(views.map(({ leader }) => leader)).size > 1) health.issues.push('etcd members see different leaders');
}

/** Machines, services of the control plane and etcd of one cluster. Silence is never health: it leaves the verdict open. */
export async function readHealth(cluster: FleetCluster, most: number, options: AskOptions): Promise<Health> {
  const health: Health = { healthy: null, issues: [], unknown: [] };
  const [{ machines, not_read }, members] = await Promise.all([
    readMachines(cluster, most, options),
    membersOf(cluster, options),
  ]);
  for (const machine of machines) judgeMachine(machine, health);
  if (not_read > 0) health.unknown.push(`${not_read} machines were not read`);
  const planes = members.filter(({ role }) => role === 'controlplane');
  const views = await forEachMachine(planes, member => viewOf(cluster, member, health, options));
  const told = views.filter(view => view !== undefined);
  judgeEtcd(told, planes.length, health);
  const isKnown = health.unknown.length === 0;
  health.issues = [...new Set(health.issues)];
  return { ...health, healthy: health.issues.length > 0 ? false : isKnown ? true : null };
}
