import { describe, expect, it } from 'vitest';
import { readEtcdAlarms } from '../../../src/talosctl/readers/etcd-alarms.ts';
import { readEtcdMembers } from '../../../src/talosctl/readers/etcd-members.ts';
import { readEtcdStatus } from '../../../src/talosctl/readers/etcd-status.ts';
import { ETCD_MEMBERS, ETCD_STATUS_1_10, ETCD_STATUS_1_11, ETCD_STATUS_NO_LEADER, SERVICES } from '../fixtures.ts';
import { refusal } from '../refusal.ts';

describe('readEtcdMembers', () => {
  it('lists each member once, also the one not started, its id as 16 digits (etcd.members.multi-repeat)', () =>
    expect(readEtcdMembers(ETCD_MEMBERS)).toEqual([
      {
        id: 'a49c021e76e707db',
        hostname: 'talos-default-controlplane-1',
        peerUrls: ['https://172.20.0.2:2380'],
        isLearner: false,
      },
      {
        id: 'ecebb05b59a776f1',
        hostname: 'talos-default-controlplane-2',
        peerUrls: ['https://172.20.0.3:2380'],
        isLearner: false,
      },
      { id: '0000000b59a776f1', hostname: '', peerUrls: ['https://172.20.0.4:2380'], isLearner: true },
    ]));

  it.each([
    ['an empty answer', ''],
    ['a header alone', `${ETCD_MEMBERS.split('\n')[0]}\n`],
    ['an id that is none', ETCD_MEMBERS.replaceAll('a49c021e76e707db', 'member-1        ')],
    ['a learner column that says something else', ETCD_MEMBERS.replaceAll('false', 'maybe')],
    ['another table', SERVICES],
  ])('does not understand %s', (_, text) => expect(refusal(() => readEtcdMembers(text))).toBe('unintelligible'));
});

describe('readEtcdStatus', () => {
  it('reads the form of Talos 1.9 and 1.10 (etcd.status.v1_10, empty-errors-column)', () =>
    expect(readEtcdStatus(ETCD_STATUS_1_10)).toEqual({
      memberId: 'ecebb05b59a776f1',
      leaderId: 'ecebb05b59a776f1',
      raftTerm: 4,
      raftIndex: 53391,
      raftAppliedIndex: 53391,
      dbSizeBytes: 21_000_000,
      isLearner: false,
      errors: [],
    }));

  it('reads the form of Talos 1.11 and later (etcd.status.v1_11)', () =>
    expect(readEtcdStatus(ETCD_STATUS_1_11)).toMatchObject({
      memberId: 'a2b8a1f794bdd561',
      leaderId: 'a49c021e76e707db',
      dbSizeBytes: 3_600_000,
      errors: [],
    }));

  it('knows no leader where there is none (etcd.status.no-leader)', () =>
    expect(readEtcdStatus(ETCD_STATUS_NO_LEADER)).toMatchObject({
      leaderId: undefined,
      raftAppliedIndex: 4701,
      errors: ['etcdserver: no leader'],
    }));

  it('does not know a size in a unit it has never seen', () =>
    expect(readEtcdStatus(ETCD_STATUS_1_10.replace('21 MB', '21 QQ')).dbSizeBytes).toBeUndefined());

  it.each([
    ['an empty answer', ''],
    ['a header alone', `${ETCD_STATUS_1_10.split('\n')[0]}\n`],
    ['two rows', `${ETCD_STATUS_1_10}${ETCD_STATUS_1_10.split('\n')[1]}\n`],
    ['a raft index that is no number', ETCD_STATUS_1_10.replaceAll('53391', 'n/a  ')],
    ['another table', ETCD_MEMBERS],
  ])('does not understand %s', (_, text) => expect(refusal(() => readEtcdStatus(text))).toBe('unintelligible'));
});

describe('readEtcdAlarms', () => {
  const header = 'NODE         MEMBER             ALARM\n';
  const row = '172.20.0.2   a49c021e76e707db   NOSPACE\n';
  const alarm = { memberId: 'a49c021e76e707db', alarm: 'NOSPACE' };

  it.each([
    ['no output is no alarm (etcd.alarm.none)', '', []],
    ['with its header (etcd.alarm.nospace)', header + row, [alarm]],
    ['without it (etcd.alarm.headerless)', row, [alarm]],
    ['without the column of nodes', 'MEMBER             ALARM\na49c021e76e707db   NOSPACE\n', [alarm]],
  ])('%s', (_, text, alarms) => expect(readEtcdAlarms(text)).toEqual(alarms));

  it.each(['no alarms', header, 'OK', 'Error: x', `${row}what else`])('does not understand %j', text =>
    expect(refusal(() => readEtcdAlarms(text))).toBe('unintelligible'),
  );
});
