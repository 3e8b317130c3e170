import type { EtcdStatusFacts, EtcdViewFacts, NodeFacts } from '../model/facts.ts';
import { type LocalFinding, nameSome, sortedBy, type Verdict } from './verdict.ts';

/** A control plane node as etcd's judge needs it. */
export type ControlPlaneNode = Pick<NodeFacts, 'name' | 'internalIp'>;

export interface EtcdHealth {
  /** Every check below holds on every member's own view. Unknown is not healthy. */
  isHealthy: boolean;
  /** Everything against taking a member down. */
  findings: readonly LocalFinding[];
  warnings: readonly LocalFinding[];
  /** Members every view agrees on; undefined when no view answered or they differ. */
  memberCount: number | undefined;
  /** Node whose member leads, agreed by every view. */
  leaderNode: string | undefined;
  /** "hostname: ALARM", each once. */
  alarms: readonly string[];
}

/**
 * Entries a member may be behind. etcd itself stops accepting writes when a member applies 5,000 entries late, and sends a
 * follower that is 5,000 behind a whole snapshot.
 */
export const MAXIMUM_RAFT_LAG = 5000;

const RULE = 'SAFETY 10: etcd members, health, alarms before each control plane step';

const against = (subject: string, message: string, remedy: string): LocalFinding => ({
  code: 'QUORUM_AT_RISK',
  subject,
  message,
  remedy,
  rule: RULE,
});

interface NodeView {
  node: string;
  members: NonNullable<EtcdViewFacts['members']>;
  status: EtcdStatusFacts;
  alarms: NonNullable<EtcdViewFacts['alarms']>;
}

/** Members that must answer for etcd to accept writes. */
export const quorumOf = (members: number): number => Math.floor(members / 2) + 1;

/**
 * Is etcd whole, each member asked through its own node (SAFETY 4, 10)? One view a control plane node is expected; a missing,
 * failed or partial one counts against; so do two members, but where `mayBePair`: two are all that a removal leaves of three.
 */
export function judgeEtcd(
  controlPlane: readonly ControlPlaneNode[],
  views: readonly EtcdViewFacts[],
  mayBePair = false,
): EtcdHealth {
  const nodes = sortedBy(controlPlane, node => node.name);
  const { known, unknown } = viewsByNode(nodes, views);
  const memberCount = agreed(known.map(view => memberIds(view).join(' '))) ? known[0]?.members.length : undefined;
  const findings = [
    ...(nodes.length === 0 ? [against('etcd', 'no control plane node is known', 'make the API servers answer')] : []),
    ...unknown,
    ...judgeMembers(nodes, known, memberCount, mayBePair),
    ...known.flatMap(judgeOwnMember),
    ...judgeAgreement(known),
    ...judgeLag(known),
    ...alarmFindings(known),
  ];
  return {
    isHealthy: findings.length === 0,
    findings,
    warnings: memberCount !== undefined && memberCount > 2 && memberCount % 2 === 0 ? [evenMembers(memberCount)] : [],
    memberCount,
    leaderNode: leaderOf(nodes, known),
    alarms: alarmsOf(known),
  };
}

const memberIds = (view: NodeView): string[] => view.members.map(member => member.id).sort();

const agreed = (texts: readonly string[]): boolean => texts.length > 0 && new Set(texts).size === 1;

function viewsByNode(nodes: readonly ControlPlaneNode[], views: readonly EtcdViewFacts[]) {
  const known: NodeView[] = [];
  const unknown: LocalFinding[] = [];
  for (const { name: node, internalIp } of nodes) {
    const own = views.filter(view => internalIp !== undefined && view.address === internalIp);
    const [view] = own;
    if (own.length === 1 && view?.members && view.status && view.alarms && view.error === undefined) {
      known.push({ node, members: view.members, status: view.status, alarms: view.alarms });
    } else {
      const why = view?.error ?? (own.length > 1 ? 'two views of it were given' : 'it did not answer in full');
      unknown.push(against(node, `etcd on ${node} is not known: ${why}`, 'make the member answer, then look again'));
    }
  }
  return { known, unknown };
}

function judgeMembers(
  nodes: readonly ControlPlaneNode[],
  known: readonly NodeView[],
  memberCount: number | undefined,
  mayBePair: boolean,
): LocalFinding[] {
  if (known.length === 0) return [];
  if (memberCount === undefined) {
    const seen = known.map(view => `${view.node} lists ${memberIds(view).join(' ')}`).join('; ');
    return [against('etcd', `the views of etcd disagree about its members: ${seen}`, 'wait until all views agree')];
  }
  const findings: LocalFinding[] = [];
  if (memberCount !== nodes.length) {
    const message = `etcd has ${memberCount} members for ${nodes.length} control plane nodes`;
    findings.push(against('etcd', message, 'remove the stale member or let the missing one join'));
  }
  if (memberCount === 2 && !mayBePair) {
    findings.push(
      against('etcd', 'etcd has two members: losing either one loses quorum', 'add a third control plane node'),
    );
  }
  const own = known.map(view => view.status.memberId);
  if (new Set(own).size !== own.length) {
    findings.push(
      against('etcd', 'two nodes answer as the same etcd member', 'check which machine each address reaches'),
    );
  }
  return findings;
}

function judgeOwnMember(view: NodeView): LocalFinding[] {
  const { node, status, members } = view;
  const own = members.find(member => member.id === status.memberId);
  const reasons: string[] = [];
  if (!own) reasons.push(`answers as ${status.memberId}, which is not a member`);
  if (own && own.hostname !== node) reasons.push(`its member is called ${JSON.stringify(own.hostname)}`);
  if (members.some(member => member.hostname === '')) reasons.push('it lists a member that has not started');
  if (status.isLearner || members.some(member => member.isLearner)) reasons.push('it lists a learner');
  if (status.errors.length > 0) reasons.push(`it reports errors: ${status.errors.join('; ')}`);
  return reasons.map(reason =>
    against(node, `etcd on ${node}: ${reason}`, 'let etcd settle or repair the member first'),
  );
}

function judgeAgreement(known: readonly NodeView[]): LocalFinding[] {
  if (known.length === 0) return [];
  const findings: LocalFinding[] = [];
  const leaders = known.map(view => view.status.leaderId);
  const isMember = known.every(view => view.members.some(member => member.id === view.status.leaderId));
  if (leaders.includes(undefined) || new Set(leaders).size !== 1 || !isMember) {
    const seen = known.map(view => `${view.node} sees ${view.status.leaderId ?? 'none'}`).join('; ');
    findings.push(against('etcd', `etcd has no leader all members agree on: ${seen}`, 'wait for the election to end'));
  }
  if (new Set(known.map(view => view.status.raftTerm)).size !== 1) {
    const terms = known.map(view => `${view.node} ${view.status.raftTerm}`).join('; ');
    findings.push(against('etcd', `raft terms differ: ${terms}`, 'wait for the election to end'));
  }
  return findings;
}

function judgeLag(known: readonly NodeView[]): LocalFinding[] {
  const newest = Math.max(...known.map(view => view.status.raftIndex));
  return known.flatMap(({ node, status }) => {
    const lag = Math.max(newest - status.raftIndex, status.raftIndex - status.raftAppliedIndex);
    return lag <= MAXIMUM_RAFT_LAG
      ? []
      : [against(node, `etcd on ${node} is ${lag} raft entries behind`, 'wait until the member has caught up')];
  });
}

function alarmsOf(known: readonly NodeView[]): string[] {
  const named = known.flatMap(view =>
    view.alarms.map(({ memberId, alarm }) => {
      const member = view.members.find(candidate => candidate.id === memberId);
      return `${member?.hostname ?? memberId}: ${alarm}`;
    }),
  );
  return [...new Set(named)].sort();
}

const alarmFindings = (known: readonly NodeView[]): LocalFinding[] =>
  alarmsOf(known).map(alarm =>
    against('etcd', `etcd has an alarm: ${alarm}`, 'free or defragment the database, then disarm the alarm'),
  );

const evenMembers = (count: number): LocalFinding => ({
  code: 'QUORUM_AT_RISK',
  subject: 'etcd',
  message: `etcd has ${count} members: an even number survives no more failures than ${count - 1}`,
  remedy: 'run an odd number of control plane nodes',
  rule: RULE,
});

function leaderOf(nodes: readonly ControlPlaneNode[], known: readonly NodeView[]): string | undefined {
  const leader = known[0]?.status.leaderId;
  const isAgreed = known.length === nodes.length && known.every(view => view.status.leaderId === leader);
  return isAgreed && leader !== undefined ? known.find(view => view.status.memberId === leader)?.node : undefined;
}

/**
 * May this control plane node go down now? Only when all of etcd is healthy and the others still are a quorum; a single control
 * plane needs the recorded acceptance of an API outage (SAFETY 10).
 */
export function mayTakeDown(
  node: string,
  etcd: EtcdHealth,
  controlPlane: readonly ControlPlaneNode[],
  acceptApiOutage: boolean,
): Verdict {
  if (!controlPlane.some(candidate => candidate.name === node)) {
    return { ok: true, reason: `${node} holds no etcd member`, rule: RULE };
  }
  if (!etcd.isHealthy || etcd.memberCount === undefined) {
    const reasons = etcd.findings.map(finding => finding.message);
    return { ok: false, reason: `etcd is not whole: ${nameSome(reasons, 3) || 'nothing is known of it'}`, rule: RULE };
  }
  const members = etcd.memberCount;
  if (members === 1) {
    const reason = `${node} is the only control plane node: the API is away until it is back`;
    return {
      ok: acceptApiOutage,
      reason,
      rule: 'SAFETY 10: a single control plane needs a recorded accept_api_outage',
    };
  }
  const ok = members - 1 >= quorumOf(members);
  const reason = `${members - 1} of ${members} members stay, quorum is ${quorumOf(members)}`;
  return { ok, reason, rule: 'SAFETY 10, R300: quorum is never lost by us' };
}
