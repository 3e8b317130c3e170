import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type EtcdHealth, judgeEtcd, MAXIMUM_RAFT_LAG, mayTakeDown, quorumOf } from '../../src/decisions/quorum.ts';
import type { EtcdViewFacts } from '../../src/model/facts.ts';
import { addressOf, aNode, etcdMembers, etcdViews, memberOf } from './facts.ts';

const names = ['cp-1', 'cp-2', 'cp-3'];
const planes = names.map(name => aNode(name));
type Status = NonNullable<EtcdViewFacts['status']>;

/** Healthy views, of which the one of `name` is changed. */
const viewsWith = (name: string, change: (view: EtcdViewFacts) => Partial<EtcdViewFacts>): EtcdViewFacts[] =>
  etcdViews(names).map(view => (view.address === addressOf(name) ? { ...view, ...change(view) } : view));
const statusOf = (view: EtcdViewFacts, change: Partial<Status>): Partial<EtcdViewFacts> =>
  view.status ? { status: { ...view.status, ...change } } : {};

describe('judgeEtcd', () => {
  it('finds nothing against three members that agree', () => {
    expect(judgeEtcd(planes, etcdViews(names))).toEqual({
      isHealthy: true,
      findings: [],
      warnings: [],
      memberCount: 3,
      leaderNode: 'cp-3',
      alarms: [],
    });
  });

  const cases: { what: string; views: EtcdViewFacts[]; says: string }[] = [
    { what: 'no view at all', views: [], says: 'did not answer in full' },
    { what: 'a missing view', views: etcdViews(names).slice(1), says: 'etcd on cp-1 is not known' },
    { what: 'a view that failed', views: viewsWith('cp-2', () => ({ error: 'timeout: no answer' })), says: 'timeout' },
    { what: 'unknown alarms', views: viewsWith('cp-2', () => ({ alarms: undefined })), says: 'not known' },
    { what: 'an unknown status', views: viewsWith('cp-2', () => ({ status: undefined })), says: 'not known' },
    { what: 'unknown members', views: viewsWith('cp-2', () => ({ members: undefined })), says: 'not known' },
    { what: 'two views of one node', views: [...etcdViews(names), ...etcdViews(['cp-1'])], says: 'two views' },
    {
      what: 'differing member lists',
      views: viewsWith('cp-1', () => ({ members: etcdMembers(['cp-1', 'cp-2']) })),
      says: 'disagree',
    },
    {
      what: 'a stale fourth member',
      views: etcdViews(names).map(view => ({ ...view, members: etcdMembers([...names, 'cp-old']) })),
      says: '4 members for 3',
    },
    {
      what: 'a member that is another node',
      views: viewsWith('cp-1', view => statusOf(view, { memberId: memberOf('cp-2') })),
      says: 'same etcd member',
    },
    {
      what: 'a member outside the list',
      views: viewsWith('cp-1', view => statusOf(view, { memberId: 'ffff' })),
      says: 'not a member',
    },
    {
      what: 'a member that has not started',
      views: viewsWith('cp-1', view => ({
        members: view.members?.map((member, index) => (index === 1 ? { ...member, hostname: '' } : member)),
      })),
      says: 'not started',
    },
    {
      what: 'a learner in the list',
      views: viewsWith('cp-1', view => ({
        members: view.members?.map((member, index) => (index === 1 ? { ...member, isLearner: true } : member)),
      })),
      says: 'learner',
    },
    {
      what: 'a learner by its own status',
      views: viewsWith('cp-1', view => statusOf(view, { isLearner: true })),
      says: 'learner',
    },
    { what: 'no leader', views: viewsWith('cp-1', view => statusOf(view, { leaderId: undefined })), says: 'no leader' },
    {
      what: 'two leaders',
      views: viewsWith('cp-1', view => statusOf(view, { leaderId: memberOf('cp-1') })),
      says: 'no leader all members agree on',
    },
    { what: 'a leader that is no member', views: etcdViews(names, 'cp-9'), says: 'no leader' },
    {
      what: 'differing terms',
      views: viewsWith('cp-1', view => statusOf(view, { raftTerm: 5 })),
      says: 'raft terms differ',
    },
    {
      what: 'a member far behind',
      views: viewsWith('cp-1', view => statusOf(view, { raftIndex: 1, raftAppliedIndex: 1 })),
      says: 'raft entries behind',
    },
    {
      what: 'entries that are not applied',
      views: viewsWith('cp-1', view => statusOf(view, { raftAppliedIndex: 1 })),
      says: 'raft entries behind',
    },
    {
      what: 'an index that is no number',
      views: viewsWith('cp-1', view => statusOf(view, { raftIndex: Number.NaN })),
      says: 'behind',
    },
    {
      what: 'a member error',
      views: viewsWith('cp-1', view => statusOf(view, { errors: ['etcdserver: no space'] })),
      says: 'no space',
    },
    {
      what: 'an alarm',
      views: viewsWith('cp-1', () => ({ alarms: [{ memberId: memberOf('cp-2'), alarm: 'NOSPACE' }] })),
      says: 'cp-2: NOSPACE',
    },
  ];
  it.each(cases)('R104, R300: $what is not healthy, and nothing may go down', ({ views, says }) => {
    const etcd = judgeEtcd(planes, views);
    expect(etcd.isHealthy).toBe(false);
    expect(etcd.findings.map(finding => finding.message).join('\n')).toContain(says);
    expect(etcd.findings.every(finding => finding.code === 'QUORUM_AT_RISK' && finding.remedy !== '')).toBe(true);
    for (const name of names) expect(mayTakeDown(name, etcd, planes, true).ok).toBe(false);
  });

  it('a small lag is no reason', () => {
    const views = viewsWith('cp-1', view =>
      statusOf(view, { raftIndex: 48_000 - MAXIMUM_RAFT_LAG + 10, raftAppliedIndex: 47_000 - MAXIMUM_RAFT_LAG / 2 }),
    );
    expect(judgeEtcd(planes, views).isHealthy).toBe(true);
  });

  it('names no leader while a view is missing', () => {
    expect(judgeEtcd(planes, etcdViews(names).slice(1)).leaderNode).toBeUndefined();
  });

  it('four members are healthy with a warning', () => {
    const four = [...names, 'cp-4'];
    const etcd = judgeEtcd(
      four.map(name => aNode(name)),
      etcdViews(four),
    );
    expect(etcd.isHealthy).toBe(true);
    expect(etcd.warnings[0]?.message).toContain('even number');
  });

  it('without a control plane node nothing is healthy', () => {
    expect(judgeEtcd([], []).isHealthy).toBe(false);
  });
});

describe('mayTakeDown', () => {
  it('two members may not lose either, accepted or not', () => {
    const two = ['cp-1', 'cp-2'].map(name => aNode(name));
    const etcd = judgeEtcd(two, etcdViews(['cp-1', 'cp-2']));
    expect(mayTakeDown('cp-1', etcd, two, true)).toMatchObject({ ok: false });
    expect(etcd.findings[0]?.message).toContain('two members');
  });

  it('two members are whole where two are all that a removal can leave; one that is not well still speaks against', () => {
    const two = ['cp-1', 'cp-2'].map(name => aNode(name));
    expect(judgeEtcd(two, etcdViews(['cp-1', 'cp-2']), true).findings).toEqual([]);
    expect(judgeEtcd(two, etcdViews(['cp-1']), true).isHealthy).toBe(false);
  });

  it.each([true, false])('a single control plane goes down only with the outage accepted (%s)', accepted => {
    const one = [aNode('cp-1')];
    const etcd = judgeEtcd(one, etcdViews(['cp-1']));
    expect(etcd.isHealthy).toBe(true);
    expect(mayTakeDown('cp-1', etcd, one, accepted).ok).toBe(accepted);
  });

  it('a worker holds no member', () => {
    expect(mayTakeDown('worker-1', judgeEtcd(planes, []), planes, false).ok).toBe(true);
  });

  /** Views of a control plane of any size, each perhaps spoilt. */
  const anyEtcd = fc.integer({ min: 1, max: 7 }).chain(size => {
    const members = Array.from({ length: size }, (_, index) => `cp-${index + 1}`);
    const spoil = fc.constantFrom('no', 'no', 'no', 'no', 'absent', 'error', 'alarm', 'leaderless', 'learner');
    return fc.tuple(fc.constant(members), fc.array(spoil, { minLength: size, maxLength: size }));
  });

  law.prop([anyEtcd, fc.boolean()])(
    'R300: whoever may go down leaves a quorum of members that answer',
    ([members, spoils], accepted) => {
      const nodes = members.map(name => aNode(name));
      const views = etcdViews(members).flatMap((view, index): EtcdViewFacts[] => spoilt(view, spoils[index] ?? 'no'));
      const etcd: EtcdHealth = judgeEtcd(nodes, views);
      const answering = spoils.filter(spoil => spoil === 'no').length;
      for (const name of members) {
        if (!mayTakeDown(name, etcd, nodes, accepted).ok) continue;
        if (members.length === 1) expect(accepted).toBe(true);
        else expect(answering - 1).toBeGreaterThanOrEqual(quorumOf(members.length));
      }
    },
  );

  law.prop([fc.shuffledSubarray(names, { minLength: 3 }), fc.shuffledSubarray([0, 1, 2], { minLength: 3 })])(
    'the order of nodes and views does not matter',
    (order, viewOrder) => {
      const views = etcdViews(names);
      const shuffled = viewOrder.flatMap(index => views[index] ?? []);
      expect(
        judgeEtcd(
          order.map(name => aNode(name)),
          shuffled,
        ),
      ).toEqual(judgeEtcd(planes, views));
    },
  );
});

function spoilt(view: EtcdViewFacts, how: string): EtcdViewFacts[] {
  switch (how) {
    case 'absent':
      return [];
    case 'error':
      return [{ ...view, status: undefined, error: 'unreachable: no route' }];
    case 'alarm':
      return [{ ...view, alarms: [{ memberId: 'x', alarm: 'NOSPACE' }] }];
    case 'leaderless':
      return [{ ...view, ...statusOf(view, { leaderId: undefined }) }];
    case 'learner':
      return [{ ...view, ...statusOf(view, { isLearner: true }) }];
    default:
      return [view];
  }
}
