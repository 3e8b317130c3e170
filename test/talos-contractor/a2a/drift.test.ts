import { describe, expect, it } from 'vitest';
import { driftBetween, type Profile } from '../../../src/talos-contractor/a2a/drift.ts';
import type { FleetMachine } from '../../../src/talos-contractor/a2a/machines.ts';
import { readComparableConfig } from '../../../src/talosctl/readers/machine-config.ts';
import { resourceText } from '../../talosctl/fixtures.ts';
import { refusal } from '../../talosctl/refusal.ts';

const machine = (change: Partial<FleetMachine> = {}): FleetMachine => ({
  node: '10.0.0.2',
  hostname: 'cp-1',
  role: 'controlplane',
  version: 'v1.12.11',
  kubelet: 'v1.35.4',
  schematic: 'a',
  extensions: ['drbd', 'iscsi'],
  stage: 'running',
  ready: true,
  platform: 'metal',
  unanswered: [],
  ...change,
});
const profile = (cluster: string, machines: FleetMachine[], config: Record<string, string> = {}): Profile => ({
  cluster,
  machines,
  configs: { controlplane: new Map(Object.entries(config)) },
  unknown: [],
});
const told = (profiles: Profile[]): string[] =>
  driftBetween(profiles).map(({ subject, role, path, values }) =>
    [subject, role, path ?? '', ...values.map(({ cluster, value }) => `${cluster}=${value}`)].join(' '),
  );

describe('drift', () => {
  it.each<[string, Profile[], string[]]>([
    ['none between equals', [profile('a', [machine()]), profile('b', [machine({ hostname: 'x' })])], []],
    [
      'a version',
      [profile('a', [machine()]), profile('b', [machine({ version: 'v1.13.9' })])],
      ['talos_version controlplane  a=v1.12.11 b=v1.13.9'],
    ],
    [
      'within one cluster',
      [profile('a', [machine(), machine({ version: 'v1.13.9' })])],
      ['talos_version controlplane  a=v1.12.11, v1.13.9'],
    ],
    [
      'not by the order of extensions',
      [profile('a', [machine({ extensions: ['iscsi', 'drbd'] })]), profile('b', [machine()])],
      [],
    ],
    ['not by what nobody told', [profile('a', [machine({ kubelet: null })]), profile('b', [machine()])], []],
    ['not by a role that one has no machine of', [profile('a', [machine()]), profile('b', [])], []],
    [
      'a setting, also one that is only there',
      [profile('a', [machine()], { x: '1', y: '2' }), profile('b', [machine()], { x: '3' })],
      ['machine_config controlplane x a=1 b=3', 'machine_config controlplane y a=2 b=absent'],
    ],
  ])('%s', (_, profiles, expected) => expect(told(profiles)).toEqual(expected));
});

describe('a machine config to be compared', () => {
  const yaml = `version: v1alpha1
machine:
  type: worker
  token: abcdef.0123456789abcdef
  ca: {crt: LS0tLS1CRUdJTi, key: LS0tLS1CRUdJTi}
  network: {hostname: w-1, nameservers: [1.1.1.1]}
  sysctls: {net.core.somaxconn: '65535'}
  files: [{content: "password=hunter2hunter2", path: /var/x}]
---
apiVersion: v1alpha1
kind: SwapVolumeConfig
name: swap
`;
  const text = (id: string, spec: unknown) => resourceText('10.0.0.2', 'MachineConfigs.config.talos.dev', id, spec);

  it('is paths and values without secrets and without what is of one machine', () => {
    const config = readComparableConfig(text('v1alpha1', yaml) + text('persistent', 'machine: {}'));
    expect(Object.fromEntries(config)).toEqual({
      version: 'v1alpha1',
      'machine.type': 'worker',
      'machine.network.nameservers.0': '1.1.1.1',
      'machine.sysctls.net.core.somaxconn': '65535',
      'machine.files.0.content': 'not shown',
      'machine.files.0.path': '/var/x',
      'SwapVolumeConfig.apiVersion': 'v1alpha1',
      'SwapVolumeConfig.kind': 'SwapVolumeConfig',
      'SwapVolumeConfig.name': 'swap',
    });
  });

  it('may be an object, as older Talos tells it', () => {
    expect(Object.fromEntries(readComparableConfig(text('v1alpha1', { machine: { type: 'worker' } })))).toEqual({
      'machine.type': 'worker',
    });
  });

  it.each([
    ['none', ''],
    ['two active ones', text('v1alpha1', 'a: 1') + text('v1alpha1', 'a: 1')],
    ['one that is no YAML', text('v1alpha1', 'token: "abcdef\n  :')],
    ['text that is no resource', 'token: abcdef.0123456789abcdef'],
  ])('that is %s is not understood, and not quoted', (_, given) => {
    expect(refusal(() => readComparableConfig(given))).toBe('unintelligible');
    expect(() => readComparableConfig(given)).not.toThrow(/abcdef/);
  });
});
