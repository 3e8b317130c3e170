import { describe, expect, it } from 'vitest';
import { machineParts } from '../../src/model/facts.ts';
import { bench, divisionError, never, target } from './fixtures/bench.ts';
import type { Behaviour } from './fixtures/script.ts';

const at = '2026-11-22T10:00:00Z';
const receipt = (fields: Record<string, unknown>): Behaviour => ({
  structured: {
    attempt_id: 'attempt-1',
    started_at: at,
    exited_at: null,
    exit_code: null,
    stderr_tail: '',
    ...fields,
  },
});
const machine = {
  node: '10.0.0.2',
  nodename: null,
  server: null,
  boot_id: null,
  system_uuid: null,
  stage: null,
  ready: null,
  schematic: null,
  extensions: null,
  platform: null,
  secure_boot: null,
  unanswered: [{ part: 'version', error_class: 'unreachable', message: 'connection refused' }],
};

describe('our own contractor', () => {
  it('tells a machine', async () => {
    const { reader, begun } = bench({ toolset: 'own' });
    await expect(reader.machine(target, never)).resolves.toEqual({
      address: '10.0.0.2',
      nodename: 'cp-1',
      version: 'v1.12.11',
      bootId: 'boot-1',
      systemUuid: 'uuid-1',
      stage: 'running',
      ready: true,
      schematic: 'a'.repeat(64),
      extensions: [],
      platform: 'metal',
      isSecureBoot: false,
      error: undefined,
    });
    const asked = { context: 'prod', node: '10.0.0.2', endpoints: ['10.0.0.3'] };
    expect(begun('talos_machine')[0]?.args).toEqual({ ...asked, parts: [...machineParts] });
  });

  it('asks for the parts that are wanted, and no more', async () => {
    const { reader, begun } = bench({ toolset: 'own' });
    await reader.machine(target, never, ['boot_id', 'stage']);
    expect(begun('talos_machine')[0]?.args).toMatchObject({ parts: ['boot_id', 'stage'] });
  });

  it('what a machine did not answer is undefined, and why is said', async () => {
    const { reader } = bench({
      toolset: 'own',
      tools: { talos_machine: { structured: { ...machine, nodename: 'cp-1' } } },
    });
    const facts = await reader.machine(target, never);
    expect(facts).toMatchObject({ nodename: 'cp-1', version: undefined, bootId: undefined, ready: undefined });
    expect(facts.error).toContain('connection refused');
  });

  it('a machine of which nothing answered is an error, not a machine', async () => {
    const { reader } = bench({ toolset: 'own', tools: { talos_machine: { structured: machine } } });
    const error = await divisionError(reader.machine(target, never));
    expect(error).toMatchObject({ code: 'CONTRACTOR_FAILED', retry: 'later' });
    expect(error.message).toContain('connection refused');
  });

  it('an answer about another machine is suspect', async () => {
    const { reader } = bench({
      toolset: 'own',
      tools: { talos_machine: { structured: { ...machine, node: '10.0.0.9', nodename: 'x' } } },
    });
    expect((await divisionError(reader.machine(target, never))).code).toBe('CONTRACTOR_SUSPECT');
  });

  it.each<[string, Behaviour]>([
    ['no structured result', { text: 'Everything is healthy!' }],
    ['a field of another type', { structured: { ...machine, ready: 'yes' } }],
    ['a missing field', { structured: { node: '10.0.0.2' } }],
    ['nothing at all', {}],
  ])('%s is unintelligible, never healthy', async (_what, behaviour) => {
    const { reader } = bench({ toolset: 'own', tools: { talos_machine: behaviour } });
    expect((await divisionError(reader.machine(target, never))).code).toBe('CONTRACTOR_UNINTELLIGIBLE');
  });

  it('tells members, services, logs and versions', async () => {
    const { reader } = bench({ toolset: 'own' });
    await expect(reader.members(target, never)).resolves.toMatchObject([
      { hostname: 'cp-1', machineType: 'controlplane' },
    ]);
    await expect(reader.services(target, never)).resolves.toMatchObject([{ id: 'etcd', health: 'OK' }]);
    await expect(reader.logs({ ...target, service: 'kubelet' }, never)).resolves.toEqual(['one', 'two']);
    await expect(reader.version(target, never)).resolves.toEqual({ server: 'v1.12.11', client: 'v1.13.9' });
  });
});

describe('etcd through one node', () => {
  it('is members, status and alarms', async () => {
    const { reader } = bench({ toolset: 'own' });
    await expect(reader.etcd(target, never)).resolves.toEqual({
      address: '10.0.0.2',
      members: [{ id: 'a49c021e76e707db', hostname: 'cp-1', peerUrls: ['https://10.0.0.2:2380'], isLearner: false }],
      status: {
        memberId: 'a49c021e76e707db',
        leaderId: 'a49c021e76e707db',
        raftTerm: 4,
        raftIndex: 53391,
        raftAppliedIndex: 53391,
        dbSizeBytes: 17_000_000,
        isLearner: false,
        errors: [],
      },
      alarms: [],
      error: undefined,
    });
  });

  it('never throws: what a node did not answer is undefined, never an empty list, and why is said', async () => {
    const noLeader = { isError: true, text: '{"error_class":"quorum_lost","message":"etcdserver: no leader"}' };
    const { reader } = bench({
      toolset: 'own',
      tools: { talos_etcd_members: noLeader, talos_etcd_alarms: { text: '' } },
    });
    const view = await reader.etcd(target, never);
    expect(view.members).toBeUndefined();
    expect(view.alarms).toBeUndefined();
    expect(view.status).toMatchObject({ raftTerm: 4 });
    expect(view.error).toContain('quorum_lost: <untrusted>etcdserver: no leader</untrusted>');
    expect(view.error).toContain('CONTRACTOR_UNINTELLIGIBLE');
  });

  it('does not throw when the contractor can’t be started either', async () => {
    const { reader } = bench({ toolset: 'own', failedStarts: 99 });
    const view = await reader.etcd(target, never);
    expect(view).toMatchObject({ address: '10.0.0.2', members: undefined, status: undefined, alarms: undefined });
    expect(view.error).toContain('CONTRACTOR_UNAVAILABLE');
  });
});

describe('SAFETY 3: the receipt of an attempt', () => {
  it.each<[string, Behaviour, Record<string, unknown>]>([
    ['absent', receipt({ state: 'absent', started_at: null }), { state: 'absent' }],
    ['running', receipt({ state: 'running' }), { state: 'running', startedAt: at }],
    [
      'exited',
      receipt({ state: 'exited', exited_at: at, exit_code: 1, stderr_tail: 'boom' }),
      { state: 'exited', exitCode: 1, exitedAt: at, stderrTail: '<untrusted>boom</untrusted>' },
    ],
    ['lost', receipt({ state: 'lost' }), { state: 'lost', startedAt: at }],
    ['exited without a code', receipt({ state: 'exited', exited_at: at }), { state: 'unknown' }],
    ['running without a start', receipt({ state: 'running', started_at: null }), { state: 'unknown' }],
    ['of another attempt', receipt({ state: 'absent', attempt_id: 'attempt-2' }), { state: 'unknown' }],
  ])('%s', async (_what, behaviour, expected) => {
    const { reader } = bench({ toolset: 'own', tools: { talos_attempt: behaviour } });
    await expect(reader.attempt('attempt-1', never)).resolves.toEqual(expected);
  });

  it('that is not understood is an error, never absent', async () => {
    const { reader } = bench({ toolset: 'own', tools: { talos_attempt: receipt({ state: 'gone' }) } });
    expect((await divisionError(reader.attempt('attempt-1', never))).code).toBe('CONTRACTOR_UNINTELLIGIBLE');
  });
});
