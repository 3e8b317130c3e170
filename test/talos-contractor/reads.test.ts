import { describe, expect, it } from 'vitest';
import { talosTools } from '../../src/model/talos.ts';
import { type FakeAnswer, fakeTalosctl } from '../talosctl/fake-talosctl.ts';
import {
  BOOT_ID,
  CONFIG_CONTEXTS,
  CONFIG_INFO,
  clientOnlyText,
  ETCD_MEMBERS,
  ETCD_STATUS_1_11,
  resourceText,
  SCHEMATIC,
  SERVICES,
  SYSTEM_UUID,
  versionText,
} from '../talosctl/fixtures.ts';
import { startContractor } from './contractor-process.ts';

const NODE = '10.0.0.2';
const target = { context: 'prod', node: NODE, endpoints: ['10.0.0.3'] };
const get = (id: string, spec: unknown) => resourceText(NODE, 'X', id, spec);

const HEALTHY: Record<string, FakeAnswer> = {
  version: { out: versionText('v1.13.9', { [NODE]: 'v1.12.11' }) },
  'version --client': { out: clientOnlyText('v1.13.9') },
  'config contexts': { out: CONFIG_CONTEXTS },
  'config info': { out: CONFIG_INFO },
  'get systeminformation': { out: get('systeminformation', { uuid: SYSTEM_UUID }) },
  'get machinestatus': { out: get('machine', { stage: 'running', status: { ready: true, unmetConditions: [] } }) },
  'get nodename': { out: get('nodename', { nodename: 'cp-1' }) },
  'get extensions': { out: get('0', { metadata: { name: 'schematic', version: SCHEMATIC } }) },
  'get platformmetadata': { out: get('platformmetadata', { platform: 'metal' }) },
  'get securitystate': { out: get('securitystate', { secureBoot: false }) },
  'get members': {
    out: get('cp-1', {
      hostname: 'cp-1',
      machineType: 'controlplane',
      operatingSystem: 'Talos (v1.12.11)',
      addresses: [NODE],
    }),
  },
  'read /proc/sys/kernel/random/boot_id': { out: `${BOOT_ID}\n` },
  services: { out: SERVICES },
  'logs etcd': { out: `${NODE}: one\n${NODE}: two\n` },
  'etcd members': { out: ETCD_MEMBERS },
  'etcd status': { out: ETCD_STATUS_1_11 },
  'etcd alarm list': {},
  'etcd forfeit-leadership': {},
};

describe('the talos contractor over MCP', () => {
  it('lists exactly the tools of the model, each with its hints', async () => {
    const { client } = await startContractor((await fakeTalosctl()).env);
    const { tools } = await client.listTools();
    expect(tools.map(tool => tool.name).sort()).toEqual(Object.keys(talosTools).sort());
    const destructive = tools.filter(tool => tool.annotations?.destructiveHint === true).map(tool => tool.name);
    expect(destructive.sort()).toEqual([
      'talos_apply_config',
      'talos_bootstrap',
      'talos_etcd_defragment',
      'talos_etcd_leave',
      'talos_etcd_remove_member',
      'talos_install',
      'talos_patch_config',
      'talos_reboot',
      'talos_recover_etcd',
      'talos_reset',
      'talos_rollback',
      'talos_rotate_ca',
      'talos_shutdown',
      'talos_upgrade_kubernetes',
    ]);
    expect(tools.every(tool => tool.outputSchema !== undefined)).toBe(true);
  });

  it('answers every read in the form of the model', async () => {
    const fake = await fakeTalosctl(HEALTHY);
    const { call } = await startContractor(fake.env);
    const reads = [
      ['talos_contexts', {}, { current: 'admin@prod', client: 'v1.13.9', certificate_expires: '2033-08-29' }],
      ['talos_version', target, { node: NODE, server: 'v1.12.11', client: 'v1.13.9' }],
      ['talos_members', target, { members: [{ hostname: 'cp-1', machine_type: 'controlplane' }] }],
      ['talos_services', target, { services: [{ id: 'apid', health: 'OK' }, { id: 'etcd', health: '?' }, {}, {}] }],
      ['talos_logs', { ...target, service: 'etcd', tail_lines: 2 }, { service: 'etcd', lines: ['one', 'two'] }],
      ['talos_etcd_members', target, { members: [{ id: 'a49c021e76e707db', learner: false }, {}, {}] }],
      ['talos_etcd_status', target, { member_id: 'a2b8a1f794bdd561', leader_id: 'a49c021e76e707db', errors: [] }],
      ['talos_etcd_alarms', target, { alarms: [] }],
      ['talos_etcd_forfeit_leadership', target, { node: NODE }],
    ] as const;
    for (const [tool, input, expected] of reads) {
      const answer = await call(tool, input);
      expect({ tool, ...answer.structured }).toMatchObject(expected);
      expect(talosTools[tool].output.safeParse(answer.structured).error).toBeUndefined();
    }
    const nodes = (await fake.calls()).map(argv => argv.filter(part => part === '-n').length);
    expect(nodes.filter(count => count === 1)).toHaveLength(reads.length - 1);
  });

  it('reads all parts of a machine', async () => {
    const { call } = await startContractor((await fakeTalosctl(HEALTHY)).env);
    expect((await call('talos_machine', target)).structured).toEqual({
      node: NODE,
      nodename: 'cp-1',
      server: 'v1.12.11',
      client: 'v1.13.9',
      boot_id: BOOT_ID,
      system_uuid: SYSTEM_UUID,
      stage: 'running',
      ready: true,
      schematic: SCHEMATIC,
      extensions: [],
      platform: 'metal',
      secure_boot: false,
      unanswered: [],
    });
  });

  it('names the parts of a machine that did not answer, and takes none of them for healthy', async () => {
    const fake = await fakeTalosctl({
      ...HEALTHY,
      'get machinestatus': { out: 'all is well' },
      'read /proc/sys/kernel/random/boot_id': {
        err: 'rpc error: code = PermissionDenied desc = not authorized',
        code: 1,
      },
    });
    const { call } = await startContractor(fake.env);
    const { structured } = await call('talos_machine', target);
    expect(structured).toMatchObject({ server: 'v1.12.11', stage: null, ready: null, boot_id: null });
    expect(structured.unanswered).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ part: 'stage', error_class: 'unintelligible' }),
        expect.objectContaining({ part: 'boot_id', error_class: 'authorization' }),
      ]),
    );
  });

  it('a machine of which no part answered is an error, with its class', async () => {
    const err =
      'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.0.0.2:50000: connect: connection refused"\n';
    const commands = Object.keys(HEALTHY);
    const fake = await fakeTalosctl(Object.fromEntries(commands.map(command => [command, { err, code: 1 }])));
    const { call } = await startContractor(fake.env);
    expect(await call('talos_machine', target)).toMatchObject({ isError: true, error: { error_class: 'unreachable' } });
  });
});

describe('a failed call is isError with its class, and nothing structured', () => {
  it('without talosctl', async () => {
    const { call } = await startContractor({ PATH: '/nowhere', TALOSCTL: '/nowhere/talosctl' });
    const answer = await call('talos_version', target);
    expect(answer).toMatchObject({ isError: true, structured: {}, error: { error_class: 'talosctl_missing' } });
    expect(answer.error.remedy).toContain('install talosctl');
  });

  it.each([
    ['a value that would be a flag', { ...target, node: '--insecure' }],
    ['an argument nobody knows', { ...target, force: true }],
    ['no endpoint', { ...target, endpoints: [] }],
    ['nothing', {}],
  ])('with %s', async (_, input) => {
    const fake = await fakeTalosctl(HEALTHY);
    const { call } = await startContractor(fake.env);
    expect(await call('talos_version', input)).toMatchObject({
      isError: true,
      error: { error_class: 'invalid_argument' },
    });
    expect(await fake.calls()).toEqual([]);
  });

  it('with the message redacted and short', async () => {
    const pem = `-----BEGIN PRIVATE KEY-----\n${'MC4CAQAw'.repeat(40)}\n-----END PRIVATE KEY-----`;
    const fake = await fakeTalosctl({ 'etcd status': { err: `something odd ${pem} ${'x '.repeat(2000)}`, code: 1 } });
    const { call } = await startContractor(fake.env);
    const { error } = await call('talos_etcd_status', target);
    expect(error.error_class).toBe('failed');
    expect(String(error.message)).toContain('something odd [redacted]');
    expect(String(error.message).length).toBeLessThanOrEqual(600);
  });
});
