import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../src/contractors/readers/table.ts';
import {
  configInfo,
  etcdMembersTable,
  membersTable,
  versionText as readVersion,
  servicesTable,
} from '../../../src/contractors/readers/talosctl-text.ts';
import type { ToolAnswer } from '../../../src/contractors/tool-answer.ts';
import { DivisionError } from '../../../src/errors.ts';
import { etcdMembersText, membersText, servicesText, versionText } from '../fixtures/ry-ops-tools.ts';

const said = (text: string): ToolAnswer => ({
  contractor: 'ry',
  tool: 't',
  isError: false,
  text,
  structured: undefined,
});
const readers = { readVersion, servicesTable, etcdMembersTable, membersTable, configInfo };

describe('talosctl’s text', () => {
  it('the version is the server’s, the client block is the client’s', () => {
    expect(readVersion(said(versionText))).toEqual({ server: 'v1.12.11', client: 'v1.13.9' });
  });

  it('two servers are not one node’s answer', () => {
    const two = `${versionText}\tNODE:        10.0.0.3\n\tTag:         v1.13.9\n`;
    expect(() => readVersion(said(two))).toThrow('for one node');
  });

  it('services: only OK is OK', () => {
    expect(servicesTable(said(servicesText))).toEqual([
      { id: 'apid', state: 'Running', health: 'OK', lastEvent: 'Health check successful' },
      { id: 'etcd', state: 'Preparing', health: '?', lastEvent: 'Running pre state' },
      { id: 'kubelet', state: 'Failed', health: 'Fail', lastEvent: '<none>' },
    ]);
    const odd = servicesText.replace('OK     ', 'Splendid');
    expect(servicesTable(said(odd))[0]?.health).toBe('?');
  });

  it('etcd members: each once, a member that never started has no name', () => {
    expect(etcdMembersTable(said(etcdMembersText))).toEqual([
      { id: 'a49c021e76e707db', hostname: 'cp-1', peerUrls: ['https://10.0.0.2:2380'], isLearner: false },
      { id: 'ecebb05b59a776f1', hostname: '', peerUrls: ['https://10.0.0.3:2380'], isLearner: true },
    ]);
  });

  it('etcd ids that are no ids are not understood', () => {
    expect(() => etcdMembersTable(said(etcdMembersText.replaceAll('a49c021e76e707db', '12345           ')))).toThrow();
  });

  it('members: the operating system keeps its spaces', () => {
    expect(membersTable(said(membersText))[0]).toMatchObject({ operatingSystem: 'Talos (v1.12.11)' });
  });

  it('the context of its talosconfig', () => {
    expect(configInfo(said('{"context":"prod","endpoints":["10.0.0.2"],"nodes":[]}'))).toMatchObject({
      current: 'prod',
    });
    expect(() => configInfo(said('{"error":"No Talos configuration loaded"}'))).toThrow();
  });

  const words = fc.array(
    fc.constantFrom('Client:', 'OK', 'healthy', 'true', '\n', '   ', 'NODE', 'ID', 'Tag: v1.13.9', '{}'),
  );
  test.prop([
    fc.constantFrom(...Object.values(readers)),
    fc.oneof(
      fc.string(),
      words.map(parts => parts.join(' ')),
    ),
  ])('text that no reader knows is CONTRACTOR_UNINTELLIGIBLE, or a reading that claims nothing', (read, text) => {
    try {
      expect(read(said(text))).toMatchObject({ server: undefined });
    } catch (error) {
      if (!(error instanceof DivisionError)) throw error;
      expect(error.code).toBe('CONTRACTOR_UNINTELLIGIBLE');
    }
  });
});

describe('a table', () => {
  it('is cut by its header, so that empty cells stay empty', () => {
    const text = 'warning: something\nA B   C     D\n1     two   \n      x y   z\n';
    expect(readTable(text, ['A B', 'D'])).toEqual([
      { 'A B': '1', C: 'two', D: '' },
      { 'A B': '', C: 'x y', D: 'z' },
    ]);
  });

  it('without its header is no table', () => {
    expect(readTable('10.0.0.2   apid   Running', ['NODE', 'SERVICE'])).toBeUndefined();
  });

  const cell = fc.stringMatching(/^[a-z0-9]{0,8}$/);
  test.prop([fc.array(fc.tuple(cell, cell, cell), { minLength: 1 })])(
    'gives back what was put in, whatever is empty',
    rows => {
      const kept = rows.filter(row => row.some(value => value !== ''));
      const text = [['FIRST', 'SECOND', 'THIRD'], ...kept]
        .map(row => row.map(value => value.padEnd(11)).join(''))
        .join('\n');
      expect(readTable(text, ['FIRST', 'THIRD'])).toEqual(kept.map(([a, b, c]) => ({ FIRST: a, SECOND: b, THIRD: c })));
    },
  );
});
