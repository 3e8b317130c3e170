import { describe, expect, it } from 'vitest';
import { mintAuthorization } from '../../src/model/authorization.ts';
import { attempt, authorization, bench, clusterConfig, divisionError, never, target } from './fixtures/bench.ts';
import { nosmohtTools } from './fixtures/nosmoht-tools.ts';
import type { Behaviour, Script } from './fixtures/script.ts';

const IMAGE = `factory.talos.dev/metal-installer/${'a'.repeat(64)}:v1.13.9`;
const install = { ...attempt, image: IMAGE, reboots: true };

const started = (tools: Script['tools'] = {}, limits?: { longestCallMs: number }) =>
  bench({ toolset: 'nosmoht', tools }, { env: { TALOS_CONTEXT: 'prod' }, ...(limits && { limits }) });

/** The tools it was asked to run, less the truth probe's. */
const changes = ({ log }: ReturnType<typeof started>): string[] =>
  log().flatMap(line => (line.event === 'begin' && /upgrade|reboot/.test(line.tool ?? '') ? [line.tool ?? ''] : []));

describe('Nosmoht/talos-mcp-server: a contractor that upgrades and keeps no receipts', () => {
  it('tells versions and logs, installs and reboots, and knows of no attempt', async () => {
    const { reader } = started();
    await expect(reader.capabilities(never)).resolves.toEqual({
      profile: 'nosmoht',
      offered: [
        'version.read',
        'services.read',
        'logs.read',
        'etcd.members',
        'etcd.status',
        'os.install',
        'os.reboot',
        'dmesg.read',
        'os.reset',
        'os.rollback',
      ],
      keepsReceipts: false,
      clientVersion: undefined,
    });
    await expect(reader.version(target, never)).resolves.toEqual({ server: 'v1.12.11', client: undefined });
    await expect(reader.logs({ ...target, service: 'kubelet' }, never)).resolves.toEqual(['one', 'two']);
    await expect(reader.attempt('attempt-1', never)).resolves.toEqual({ state: 'unknown' });
  });

  it('tells services and etcd, ids to the last digit; what Go leaves out is false', async () => {
    const { reader } = started();
    expect((await reader.services(target, never)).map(({ id, health }) => [id, health])).toEqual([
      ['apid', 'OK'],
      ['etcd', '?'],
      ['kubelet', 'Fail'],
    ]);
    const id = 'a49c021e76e707db';
    const view = await reader.etcd(target, never);
    expect(view.members).toEqual([{ id, hostname: 'cp-1', peerUrls: ['https://10.0.0.2:2380'], isLearner: false }]);
    expect(view.status).toMatchObject({ memberId: id, leaderId: id, raftTerm: 2, errors: [] });
    expect(await reader.dmesg({ ...target, tailLines: 1 }, never)).toEqual(['user: two']);
  });

  it('resets and rolls back in its own words; without a receipt an empty answer leaves the outcome open', async () => {
    const by = mintAuthorization({ ...authorization.grounds, effects: ['reset', 'rollback_boot'] });
    const here = started({ talos_rollback: { text: '' } });
    const wipe = { graceful: true, reboots: true, labels: ['EPHEMERAL'] as const };
    await expect(here.actor.reset(by, { ...attempt, ...wipe }, never)).resolves.toMatchObject({ accepted: true });
    expect(here.begun('talos_reset')[0]?.args).toEqual({
      nodes: ['10.0.0.2'],
      confirm: true,
      graceful: true,
      reboot: true,
      system_labels_to_wipe: ['EPHEMERAL'],
    });
    expect((await divisionError(here.actor.rollbackBoot(by, attempt, never))).code).toBe('OUTCOME_UNKNOWN');
  });

  it('is asked in its own words, one node at a time, with its confirmation; what it answers is a claim', async () => {
    const here = started();
    await expect(here.actor.install(authorization, install, never)).resolves.toMatchObject({
      accepted: true,
      detail: expect.stringContaining('Upgrade request received'),
    });
    await expect(here.actor.reboot(authorization, attempt, never)).resolves.toMatchObject({ accepted: true });
    expect(here.begun('talos_upgrade').map(line => line.args)).toEqual([
      { nodes: ['10.0.0.2'], image: IMAGE, confirm: true, preserve: true },
    ]);
    expect(here.begun('talos_reboot').map(line => line.args)).toEqual([{ nodes: ['10.0.0.2'], confirm: true }]);
  });

  it.each<[string, Behaviour]>([
    ['it dies under the call', { crash: 1 }],
    ['it does not answer in time', { hangs: true }],
    [
      'Talos does not answer it in time',
      { isError: true, text: 'upgrade: rpc error: code = DeadlineExceeded desc = x' },
    ],
    ['it answers an error of no known class', { isError: true, text: 'upgrade: something new' }],
    ['it answers nothing', {}],
    ['it answers for two nodes', { text: '{"messages":[{"ack":"a"},{"ack":"b"}]}' }],
    ['it answers the error of the node', { text: '{"messages":[{"metadata":{"error":"rpc error"},"ack":"a"}]}' }],
    ['it answers no JSON', { text: 'done!' }],
  ])('SAFETY 3: %s: the outcome is not known, it is not sent again, and no receipt says more', async (_, behaviour) => {
    const here = started({ talos_upgrade: behaviour }, { longestCallMs: 1500 });
    const error = await divisionError(here.actor.install(authorization, install, never));
    expect(error.code).toBe('OUTCOME_UNKNOWN');
    expect(changes(here)).toEqual(['talos_upgrade']);
    await expect(here.reader.attempt(install.attemptId, never)).resolves.toEqual({ state: 'unknown' });
  });

  it.each<[string, string, string]>([
    ['upgrade refused: v1.10.9 → v1.13.9 skips a minor', 'CONTRACTOR_FAILED', 'precondition'],
    ['upgrade: rpc error: code = Unavailable desc = x', 'CONTRACTOR_FAILED', 'unreachable'],
    ['upgrade: rpc error: code = PermissionDenied desc = not authorized', 'CONTRACTOR_FAILED', 'authorization'],
  ])('%s is %s', async (text, code, errorClass) => {
    const here = started({ talos_upgrade: { isError: true, text } });
    const error = await divisionError(here.actor.install(authorization, install, never));
    expect(error).toMatchObject({ code, message: expect.stringContaining(errorClass) });
    expect(changes(here)).toEqual(['talos_upgrade']);
  });

  it('SAFETY 10: an install that must not reboot is none of its, and is not sent', async () => {
    const here = started();
    const error = await divisionError(here.actor.install(authorization, { ...install, reboots: false }, never));
    expect(error).toMatchObject({ code: 'CAPABILITY_MISSING', message: expect.stringContaining('always reboots') });
    expect(changes(here)).toEqual([]);
  });

  it('started read-only it offers nothing that changes anything', async () => {
    const mutating = nosmohtTools.map(({ name }) => name).filter(name => /reboot|upgrade|rollback|reset/.test(name));
    const { reader } = bench({ toolset: 'nosmoht', without: mutating }, { env: { TALOS_CONTEXT: 'prod' } });
    expect((await reader.capabilities(never)).offered).toEqual([
      'version.read',
      'services.read',
      'logs.read',
      'etcd.members',
      'etcd.status',
      'dmesg.read',
    ]);
  });

  it('that makes a version of a machine up which can’t be is a stub and changes nothing', async () => {
    const text = JSON.stringify({ messages: [{ metadata: { hostname: 'x' }, version: { tag: 'v1.12.11' } }] });
    const here = started({ talos_version: { text } });
    expect((await divisionError(here.actor.install(authorization, install, never))).code).toBe('CONTRACTOR_SUSPECT');
    expect(changes(here)).toEqual([]);
  });
});

describe('SAFETY 1: a contractor whose context is fixed by its environment', () => {
  it.each([
    ['another', { TALOS_CONTEXT: 'staging' }],
    ['none', {}],
  ])('that names %s answers for another cluster: nothing is believed, nothing is sent', async (_, env) => {
    const here = bench({ toolset: 'nosmoht' }, { env });
    for (const call of [
      here.reader.version(target, never),
      here.actor.install(authorization, install, never),
      here.actor.reboot(authorization, attempt, never),
    ]) {
      expect(await divisionError(call)).toMatchObject({
        code: 'CONTRACTOR_SUSPECT',
        remedy: expect.stringContaining('TALOS_CONTEXT: prod'),
      });
    }
    expect(changes(here)).toEqual([]);
  });

  it('is believed for its own cluster and for no other', async () => {
    const { contractors, reader } = started();
    await expect(reader.version(target, never)).resolves.toMatchObject({ server: 'v1.12.11' });
    const talos = { ...clusterConfig().talos, context: 'staging' };
    const { actor } = contractors.forCluster(clusterConfig({ talos }));
    expect((await divisionError(actor.install(authorization, install, never))).code).toBe('CONTRACTOR_SUSPECT');
  });
});
