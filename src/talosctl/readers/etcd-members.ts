import { unintelligible } from '../errors.ts';
import { readMemberId } from './etcd-id.ts';
import { cell, readTable } from './table.ts';

export interface EtcdMemberReading {
  /** 16 hex digits. */
  id: string;
  /** Empty for a member that has not started. */
  hostname: string;
  peerUrls: string[];
  isLearner: boolean;
}

const WHAT = 'the answer of talosctl etcd members';

function learnerOf(text: string, row: readonly string[]): boolean {
  if (text !== 'true' && text !== 'false') unintelligible(`LEARNER of ${WHAT}`, row.join('   '));
  return text === 'true';
}

/** Reads `talosctl etcd members`, one entry an id (several nodes repeat the list). Throws for an empty list. */
export function readEtcdMembers(text: string): EtcdMemberReading[] {
  const table = readTable(text, ['ID', 'HOSTNAME', 'PEER URLS', 'LEARNER'], WHAT);
  const members = new Map<string, EtcdMemberReading>();
  for (const row of table.rows) {
    const id = readMemberId(cell(table, row, 'ID'));
    const peerUrls = cell(table, row, 'PEER URLS')
      .split(',')
      .filter(url => url !== '');
    const isLearner = learnerOf(cell(table, row, 'LEARNER'), row);
    members.set(id, { id, hostname: cell(table, row, 'HOSTNAME'), peerUrls, isLearner });
  }
  if (members.size === 0) unintelligible(WHAT, text);
  return [...members.values()];
}
