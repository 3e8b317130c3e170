import { describe, expect, it } from 'vitest';
import { mintAuthorization } from '../../src/model/authorization.ts';
import type { ContractorReader } from '../../src/ports.ts';
import { attempt, authorization, bench, divisionError, never, target } from './fixtures/bench.ts';

const by = mintAuthorization({
  ...authorization.grounds,
  effects: ['apply_config', 'reset', 'disarm_alarm', 'write_kubeconfig', 'rotate_certificates', 'upgrade_kubernetes'],
});
const disk = { id: 'sda', devPath: '/dev/sda', sizeBytes: 512, isRotational: false, isReadOnly: false };
const year = { notBefore: Date.parse('2026-01-01'), expiresAt: Date.parse('2027-01-01') };
const file = { path: '/c', sha256: 'x' };

const reads: readonly [string, (reader: ContractorReader) => Promise<unknown>, unknown][] = [
  [
    'certificates',
    reader => reader.certificates(target, never),
    { certificates: [{ kind: 'etcd', name: 'etcd', ...year }], unanswered: [] },
  ],
  ['disks', reader => reader.disks(target, never), [disk]],
  ['its kernel log', reader => reader.dmesg(target, never), ['kernel: one']],
  ['time', reader => reader.time(target, never), { server: 'ntp', offsetMs: 12 }],
  ['memory', reader => reader.memory(target, never), { totalMb: 8, usedMb: 4, freeMb: 3, availableMb: 3 }],
  ['usage', reader => reader.stats({ ...target, kubernetes: true }, never), [{ memoryMb: 1.5, cpuNanoseconds: 7 }]],
  ['containers', reader => reader.containers({ ...target, kubernetes: false }, never), [{ id: 'apid', pid: 1 }]],
  ['images', reader => reader.images({ ...target, namespace: 'cri' }, never), [{ image: 'i', digest: 'sha256:1' }]],
  ['etcd members', reader => reader.etcdMembers(target, never), [{ id: 'a49c021e76e707db', isLearner: false }]],
  ['one in maintenance', reader => reader.maintenanceMachine(target, never), { systemUuid: 'uuid-1', disks: [disk] }],
  ['a config’s dry run', reader => reader.previewConfig({ ...target, ...file }, never), { changedKeys: ['image'] }],
  ['a patch’s dry run', reader => reader.previewPatch({ ...target, patch: { a: 1 } }, never), { changes: true }],
  [
    'what an upgrade would change',
    reader => reader.kubernetesUpgradePlan({ ...target, to: '1.35.6', kubelets: false }, never),
    { to: '1.35.6', changes: [{ address: '10.0.0.2', component: 'kube-apiserver' }] },
  ],
  [
    'whom a rotation would reach',
    reader => reader.rotationPlan({ ...target, authority: 'talos' }, never),
    { controlPlane: ['10.0.0.2'], workers: ['10.0.0.9'] },
  ],
];

describe('what our own contractor tells of a machine', () => {
  it.each(reads)('%s', async (_, read, expected) => {
    const { reader } = bench({ toolset: 'own' });
    await expect(read(reader)).resolves.toMatchObject(expected as object);
  });

  it('R21, R23: of a cluster in mode observe is told too, a config only tried, and nothing else is called', async () => {
    const { reader, actor, log } = bench({ toolset: 'own' }, { cluster: { mode: 'observe' } });
    await reader.truth(never);
    const before = log().length;
    await reader.services(target, never);
    await reader.etcd(target, never);
    await expect(reader.previewConfig({ ...target, ...file }, never)).resolves.toMatchObject({
      changedKeys: ['image'],
    });
    const config = { ...target, ...file, systemUuid: 'uuid-1', mode: 'auto' as const, maintenance: false };
    expect((await divisionError(actor.applyConfig(by, config, never))).code).toBe('AUTHORITY_REFUSED');
    const called = new Set(
      log()
        .slice(before)
        .flatMap(({ tool }) => tool ?? []),
    );
    expect([...called].sort()).toEqual([
      'talos_apply_preview',
      'talos_etcd_alarms',
      'talos_etcd_members',
      'talos_etcd_status',
      'talos_services',
    ]);
  });

  it('about another machine is suspect', async () => {
    const tools = { talos_disks: { structured: { node: '10.0.0.9', disks: [] } } };
    const { reader } = bench({ toolset: 'own', tools });
    expect((await divisionError(reader.disks(target, never))).code).toBe('CONTRACTOR_SUSPECT');
  });

  it('of certificates none of which could be read is an error, not an empty list', async () => {
    const unanswered = [{ part: 'etcd', error_class: 'authorization', message: 'not authorized' }];
    const tools = { talos_certificates: { structured: { node: '10.0.0.2', certificates: [], unanswered } } };
    const { reader } = bench({ toolset: 'own', tools });
    const error = await divisionError(reader.certificates(target, never));
    expect(error).toMatchObject({ code: 'CONTRACTOR_FAILED', message: expect.stringContaining('not authorized') });
  });

  it('in another form is unintelligible', async () => {
    const { reader } = bench({ toolset: 'own', tools: { talos_time: { structured: { node: '10.0.0.2' } } } });
    expect((await divisionError(reader.time(target, never))).code).toBe('CONTRACTOR_UNINTELLIGIBLE');
  });
});

describe('what our own contractor does', () => {
  it('is asked for in its own words, with the machine and boot it is bound to', async () => {
    const { actor, begun } = bench({ toolset: 'own' });
    const wipe = { graceful: false, reboots: true, labels: ['EPHEMERAL'] as const };
    await expect(actor.reset(by, { ...attempt, ...wipe }, never)).resolves.toMatchObject({ accepted: true });
    const bound = { attempt_id: 'attempt-1', system_uuid: 'uuid-1', boot_id: 'boot-1' };
    const where = { context: 'prod', node: '10.0.0.2', endpoints: ['10.0.0.3'] };
    expect(begun('talos_reset')[0]?.args).toEqual({ ...where, ...bound, ...wipe });
    const rotation = { ...attempt, authority: 'talos' as const, talosconfigPath: '/t' };
    await actor.rotateCertificates(by, rotation, never);
    expect(begun('talos_rotate_ca')[0]?.args).toEqual({
      ...where,
      ...bound,
      authority: 'talos',
      talosconfig_path: '/t',
    });
  });

  it('and answers of what converges is told', async () => {
    const { actor } = bench({ toolset: 'own' });
    await expect(actor.disarmAlarm(by, target, never)).resolves.toEqual([
      { memberId: 'a49c021e76e707db', alarm: 'NOSPACE' },
    ]);
    const config = { ...target, ...file, systemUuid: 'uuid-1', mode: 'auto' as const, maintenance: false };
    await expect(actor.applyConfig(by, config, never)).resolves.toMatchObject({ changed: true, reboots: true });
    const written = await actor.writeKubeconfig(by, { ...target, path: '/k' }, never);
    expect(written).toEqual({
      path: '/k',
      bytes: 9,
      sha256: 'f'.repeat(64),
      server: 'https://k',
      expiresAt: undefined,
    });
  });

  it('SAFETY 3: dies under an attempt: its outcome is not known, and it is not sent again', async () => {
    const { actor, begun } = bench({ toolset: 'own', tools: { talos_upgrade_kubernetes: { crash: 1 } } });
    const upgrade = { ...attempt, from: '1.35.4', to: '1.35.6', kubelets: false };
    const error = await divisionError(actor.upgradeKubernetes(by, upgrade, never));
    expect(error.code).toBe('OUTCOME_UNKNOWN');
    expect(begun('talos_upgrade_kubernetes')).toHaveLength(1);
  });

  it('SAFETY 3: a receipt of an upgrade tells the last line it said, fenced', async () => {
    const structured = {
      attempt_id: 'attempt-1',
      state: 'running',
      started_at: '2026-11-22T10:00:00Z',
      exited_at: null,
      exit_code: null,
      stderr_tail: '',
      stdout_tail: 'updating "kube-apiserver"\n > "10.0.0.2": starting update\n',
    };
    const { reader } = bench({ toolset: 'own', tools: { talos_attempt: { structured } } });
    expect(await reader.attempt('attempt-1', never)).toMatchObject({
      state: 'running',
      progress: '<untrusted>> "10.0.0.2": starting update</untrusted>',
    });
  });
});
