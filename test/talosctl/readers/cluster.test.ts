import { describe, expect, it } from 'vitest';
import { readConfigContexts } from '../../../src/talosctl/readers/config-contexts.ts';
import { readConfigInfo } from '../../../src/talosctl/readers/config-info.ts';
import { readLogs } from '../../../src/talosctl/readers/logs.ts';
import { readMembers } from '../../../src/talosctl/readers/members.ts';
import { readServices } from '../../../src/talosctl/readers/services.ts';
import { readSnapshotBytes } from '../../../src/talosctl/readers/snapshot-output.ts';
import { CONFIG_CONTEXTS, CONFIG_INFO, resourceText, SERVICES } from '../fixtures.ts';
import { refusal } from '../refusal.ts';

const member = (hostname: string) =>
  resourceText('10.0.0.2', 'Members.cluster.talos.dev', hostname, {
    nodeId: 'x',
    addresses: ['10.0.0.2', 'fd00::2'],
    hostname,
    machineType: 'controlplane',
    operatingSystem: 'Talos (v1.12.11)',
    controlPlane: { apiServerPort: 6443 },
  });

describe('readMembers', () => {
  it('reads concatenated objects (get.json.concatenated)', () =>
    expect(readMembers(member('cp-1') + member('cp-2'))).toEqual(
      ['cp-1', 'cp-2'].map(hostname => ({
        hostname,
        machineType: 'controlplane',
        operatingSystem: 'Talos (v1.12.11)',
        addresses: ['10.0.0.2', 'fd00::2'],
      })),
    ));
  it.each(['', '{}', member('cp-1').replace('controlplane', '')])('does not understand %j', text =>
    expect(refusal(() => readMembers(text))).toBe('unintelligible'),
  );
});

describe('readServices', () => {
  it('reads states, healths and events (services.preparing, ext-fail)', () =>
    expect(readServices(SERVICES)).toEqual([
      { id: 'apid', state: 'Running', health: 'OK', lastEvent: 'Health check successful' },
      { id: 'etcd', state: 'Preparing', health: '?', lastEvent: 'Running pre state' },
      { id: 'ext-qemu', state: 'Running', health: 'Fail', lastEvent: 'service not running' },
      { id: 'machined', state: 'Running', health: 'OK', lastEvent: '' },
    ]));
  it.each([
    ['no text', ''],
    ['no service', `${SERVICES.split('\n')[0]}\n`],
    ['a health never seen', SERVICES.replace('Fail', 'Meh ')],
    ['a state never seen', SERVICES.replace('Preparing', 'Pondering')],
  ])('does not understand %s', (_, text) => expect(refusal(() => readServices(text))).toBe('unintelligible'));
});

describe('readConfigContexts', () => {
  it('reads contexts with empty cells and the current one', () =>
    expect(readConfigContexts(CONFIG_CONTEXTS)).toEqual({
      current: 'admin@prod',
      contexts: [
        { name: 'staging', endpoints: [], nodes: [] },
        {
          name: 'admin@prod',
          endpoints: ['10.0.0.2', '10.0.0.3', '10.0.0.4'],
          nodes: ['10.0.0.2', '10.0.0.3', '10.0.0.4'],
        },
      ],
    }));
  it('reads a talosconfig without contexts', () =>
    expect(readConfigContexts('CURRENT   NAME   ENDPOINTS   NODES\n')).toEqual({ current: undefined, contexts: [] }));
  it('does not understand nothing', () => expect(refusal(() => readConfigContexts(''))).toBe('unintelligible'));
});

describe('readConfigInfo', () => {
  it('takes the day of expiry from the parentheses', () =>
    expect(readConfigInfo(CONFIG_INFO)).toEqual({
      context: 'admin@prod',
      endpoints: ['10.0.0.2', '10.0.0.3'],
      nodes: [],
      roles: ['os:admin'],
      certificateExpires: '2033-08-29',
    }));
  it('knows no certificate where none is told', () =>
    expect(
      readConfigInfo('Current context:     a\nNodes:               not defined\nEndpoints:           not defined\n'),
    ).toMatchObject({ certificateExpires: undefined, roles: [] }));
  it.each(['', 'Current context:', CONFIG_INFO.replace('(2033-08-29)', '')])('does not understand %j', text =>
    expect(refusal(() => readConfigInfo(text))).toBe('unintelligible'),
  );
});

describe('readSnapshotBytes', () => {
  it('reads the size (snapshot.ok)', () =>
    expect(
      readSnapshotBytes(
        'etcd snapshot saved to "db.snapshot" (2015264 bytes)\nsnapshot info: hash c25fd181, revision 4193, total keys 1287, total size 3035136\n',
      ),
    ).toBe(2015264));
  it.each(['', 'saved'])('does not understand %j', text =>
    expect(refusal(() => readSnapshotBytes(text))).toBe('unintelligible'),
  );
});

describe('readLogs', () => {
  it('gives the last lines, without the node before each and without secrets', () =>
    expect(
      readLogs('10.0.0.2: one\n10.0.0.2: token abc123.0123456789abcdef\n\n10.0.0.2: three\n', '10.0.0.2', 2),
    ).toEqual(['token [redacted]', 'three']));
  it('knows an empty log', () => expect(readLogs('', '10.0.0.2', 5)).toEqual([]));
});
