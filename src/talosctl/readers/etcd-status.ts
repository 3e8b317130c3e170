import { unintelligible } from '../errors.ts';
import { readMemberId } from './etcd-id.ts';
import { cell, readTable, type Table } from './table.ts';

export interface EtcdStatusReading {
  /** 16 hex digits, as the leader's. */
  memberId: string;
  /** undefined: no leader. */
  leaderId: string | undefined;
  raftTerm: number;
  raftIndex: number;
  raftAppliedIndex: number;
  /** From a rounded text like "21 MB", so within a few per cent. */
  dbSizeBytes: number | undefined;
  isLearner: boolean;
  errors: string[];
}

const WHAT = 'the answer of talosctl etcd status';
const REQUIRED = ['MEMBER', 'LEADER', 'RAFT INDEX', 'RAFT TERM', 'RAFT APPLIED INDEX', 'LEARNER', 'ERRORS'];
const NO_LEADER = '0'.repeat(16);
const BYTES_BY_UNIT: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

function sizeOf(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(text) ?? [];
  const factor = BYTES_BY_UNIT[unit ?? ''];
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
}

function countOf(table: Table, row: readonly string[], name: string): number {
  const text = cell(table, row, name);
  return /^\d+$/.test(text) ? Number(text) : unintelligible(`${name} of ${WHAT}`, row.join('   '));
}

/** Reads `talosctl etcd status` of one node, in the forms of Talos <= 1.10 and >= 1.11 (contractors 3.4). */
export function readEtcdStatus(text: string): EtcdStatusReading {
  const table = readTable(text, REQUIRED, WHAT);
  const [row, ...others] = table.rows;
  if (row === undefined || others.length > 0) unintelligible(WHAT, text);
  const leaderId = readMemberId(cell(table, row, 'LEADER'));
  const learner = cell(table, row, 'LEARNER');
  if (learner !== 'true' && learner !== 'false') unintelligible(`LEARNER of ${WHAT}`, row.join('   '));
  return {
    memberId: readMemberId(cell(table, row, 'MEMBER')),
    leaderId: leaderId === NO_LEADER ? undefined : leaderId,
    raftTerm: countOf(table, row, 'RAFT TERM'),
    raftIndex: countOf(table, row, 'RAFT INDEX'),
    raftAppliedIndex: countOf(table, row, 'RAFT APPLIED INDEX'),
    dbSizeBytes: sizeOf(cell(table, row, 'DB SIZE')),
    isLearner: learner === 'true',
    errors: cell(table, row, 'ERRORS')
      .split(', ')
      .filter(error => error !== ''),
  };
}
