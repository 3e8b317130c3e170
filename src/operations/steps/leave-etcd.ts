import { type judgeEtcd, quorumOf } from '../../decisions/quorum.ts';
import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { endpointsFor } from '../../decisions/upgrade-turn.ts';
import type { EtcdMemberFacts } from '../../model/facts.ts';
import { readEtcd } from '../read-etcd.ts';
import { inCluster, plannedNode } from './in-cluster.ts';
import type { StepLook, StepPerformer, StepScene } from './step.ts';

const REMEDY = 'repair the other members first (cluster_health names them), then control_operation resume';

/**
 * Takes a node's member out of etcd before its machine is wiped: by the member itself while it answers, by another one when it is
 * gone (ledger R115, R258). Never where those that stay would be no quorum of what there is now (R300).
 */
export const leaveEtcd: StepPerformer<'leave_etcd'> = async context => {
  const { target } = plannedNode(context);
  if (target.role === 'worker') return { kind: 'skip', reason: `${target.name} holds no etcd member` };
  const { cluster } = inCluster(context);
  const { planes, etcd } = await readEtcd(cluster, context.signal);
  const others = planes.filter(({ name }) => name !== target.name);
  const listed = etcd.find(view => view.address !== target.address && view.members !== undefined)?.members;
  if (others.length === 0 || listed === undefined) {
    return waitingOrRefused(others.length === 0, target.name);
  }
  const member = listed.find(({ hostname }) => hostname === target.name);
  if (!member) {
    return {
      kind: 'done',
      reason: `${target.name} is no member of etcd`,
      evidence: [`members: ${listed.map(({ hostname }) => hostname).join(', ')}`],
    };
  }
  const refused = quorumRefusal(context, others, etcd, listed, member);
  if (refused) return refused;
  const through = others.find(({ internalIp }) => etcd.some(view => view.address === internalIp && view.members));
  const own = etcd.find(view => view.address === target.address)?.status;
  if (own && own.memberId !== member.id) return anotherMember(target, own.memberId, member.id);
  const reached = (address: string) => ({ address, endpoints: endpointsFor(address, cluster.config.talos.endpoints) });
  const named = { cluster: cluster.config.name, node: target.name };
  if (own) {
    return {
      kind: 'effect',
      reason: 'it leaves while it can itself',
      effect: { kind: 'leave_etcd', ...named, ...reached(target.address) },
    };
  }
  if (through?.internalIp === undefined) return waitingOrRefused(false, target.name);
  return {
    kind: 'effect',
    reason: 'it does not answer any more: another member takes it out',
    effect: { kind: 'remove_etcd_member', ...named, ...reached(through.internalIp), member_id: member.id },
  };
};

/** Addresses change hands: who leaves is the member that was meant, or nobody (SAFETY 1). */
const anotherMember = (
  { name, address }: { name: string; address: string },
  found: string,
  wanted: string,
): StepLook => ({
  kind: 'failed',
  code: 'CONTRACTOR_SUSPECT',
  reason: `${address} answers as another etcd member than that of ${name}`,
  remedy: 'check which machine has the address, then plan again',
  evidence: [`member ${found} answers, ${name} is member ${wanted}`],
});

const waitingOrRefused = (isLast: boolean, node: string): StepLook =>
  isLast
    ? {
        kind: 'failed',
        code: 'QUORUM_AT_RISK',
        reason: `${node} is the only control plane node: without it there is no cluster`,
        remedy: 'add another control plane node first (scale_cluster)',
      }
    : {
        kind: 'wait',
        reason: 'no other etcd member answers',
        whatEndsIt: 'another member lists them all',
        pollMs: limits.pollMs,
        atMostMs: limits.gateMs,
        remedy: REMEDY,
      };

/** Those that stay have to be well, each through its own node, and a quorum of the members that there are before it goes. */
function quorumRefusal(
  context: StepScene,
  others: Parameters<typeof judgeEtcd>[0],
  etcd: Parameters<typeof judgeEtcd>[1],
  members: readonly EtcdMemberFacts[],
  leaving: EtcdMemberFacts,
): StepLook | undefined {
  const well = others.filter(({ internalIp }) => {
    const view = etcd.find(({ address }) => address === internalIp);
    return view?.status !== undefined && view.error === undefined;
  });
  const voters = members.filter(({ isLearner }) => !isLearner);
  const needed = leaving.isLearner ? 0 : quorumOf(voters.length);
  if (well.length >= needed && well.length >= quorumOf(voters.length - (leaving.isLearner ? 0 : 1))) return undefined;
  return {
    kind: 'failed',
    code: 'QUORUM_AT_RISK',
    reason: `without ${leaving.hostname} ${well.length} of ${voters.length} etcd members are well, ${needed} are needed`,
    remedy: REMEDY,
    evidence: [`${context.step.id}: healthy members ${well.map(({ name }) => name).join(', ') || 'none'}`],
  };
}
