import { describe, expect, it } from 'vitest';
import { attempt, authorization, bench, clusterConfig, divisionError, never, target } from './fixtures/bench.ts';

describe('ry-ops/talos-mcp-server', () => {
  it('tells versions, services, members, etcd members and logs, and nothing that changes anything', async () => {
    const { reader } = bench({ toolset: 'ry-ops' });
    await expect(reader.capabilities(never)).resolves.toEqual({
      profile: 'ry-ops',
      offered: [
        'contexts.read',
        'version.read',
        'members.read',
        'services.read',
        'logs.read',
        'etcd.members',
        'disks.read',
      ],
      keepsReceipts: false,
      clientVersion: undefined,
    });
    await expect(reader.machine(target, never)).resolves.toMatchObject({
      version: 'v1.12.11',
      bootId: undefined,
      ready: undefined,
      error: expect.stringContaining('version only'),
    });
    await expect(reader.members(target, never)).resolves.toEqual([
      {
        hostname: 'cp-1',
        machineType: 'controlplane',
        operatingSystem: 'Talos (v1.12.11)',
        addresses: ['10.0.0.2', 'fd00::2'],
      },
    ]);
    await expect(reader.logs({ ...target, service: 'kubelet' }, never)).resolves.toHaveLength(2);
    const view = await reader.etcd(target, never);
    expect(view).toMatchObject({ status: undefined, alarms: undefined });
    expect(view.members).toHaveLength(2);
    await expect(reader.attempt('attempt-1', never)).resolves.toEqual({ state: 'unknown' });
    expect(await reader.disks(target, never)).toMatchObject([{ id: 'sda', devPath: '/dev/sda', sizeBytes: 512 }]);
  });

  it('R54: is asked for nothing that changes something', async () => {
    const { actor, log } = bench({ toolset: 'ry-ops' });
    expect((await divisionError(actor.reboot(authorization, attempt, never))).code).toBe('CAPABILITY_MISSING');
    const asked = log().flatMap(line => line.tool ?? []);
    expect(new Set(asked)).toEqual(new Set(['talos_get_version', 'talos_logs']));
  });

  it.each([
    ['an empty answer', '', 'CONTRACTOR_UNINTELLIGIBLE'],
    ['only blanks', '\n \n', 'CONTRACTOR_UNINTELLIGIBLE'],
    ['cheerful text', 'All nodes are healthy.', 'CONTRACTOR_UNINTELLIGIBLE'],
    [
      'a header without rows',
      'NODE   SERVICE   STATE   HEALTH   LAST CHANGE   LAST EVENT\n',
      'CONTRACTOR_UNINTELLIGIBLE',
    ],
    ['talosctl’s error as an ordinary result', 'error: rpc error: code = Unavailable desc = x', 'CONTRACTOR_FAILED'],
    [
      'a partial failure',
      'WARNING: 1 error occurred:\n\t* 10.0.0.2: rpc error: code = Unavailable desc = x',
      'CONTRACTOR_FAILED',
    ],
    ['a timeout', 'rpc error: code = DeadlineExceeded desc = context deadline exceeded', 'TIMEOUT'],
    ['an unknown tool', 'Unknown tool: talos_get_services', 'CONTRACTOR_FAILED'],
  ])('%s is never healthy', async (_what, text, code) => {
    const { reader } = bench({ toolset: 'ry-ops', tools: { talos_get_services: { text } } });
    expect((await divisionError(reader.services(target, never))).code).toBe(code);
    expect(reader.usage.failures).toBe(code === 'CONTRACTOR_UNINTELLIGIBLE' && text.trim() !== '' ? 0 : 1);
  });

  it('a client that answers although the node does not is no version', async () => {
    const { reader } = bench({
      toolset: 'ry-ops',
      tools: { talos_get_version: { text: 'Client:\n\tTag:         v1.13.9\n' } },
    });
    await expect(reader.version(target, never)).resolves.toEqual({ server: undefined, client: 'v1.13.9' });
  });

  it('SAFETY 1: one that was started for another context is suspect: its answers are another cluster’s', async () => {
    const { reader, contractors } = bench({ toolset: 'ry-ops' });
    await expect(reader.version(target, never)).resolves.toMatchObject({ server: 'v1.12.11' });
    const talos = { ...clusterConfig().talos, context: 'staging' };
    const staging = contractors.forCluster(clusterConfig({ name: 'staging', talos }));
    const error = await divisionError(staging.reader.version(target, never));
    expect(error.code).toBe('CONTRACTOR_SUSPECT');
    expect(error.message).toContain('context prod, not for staging');
  });

  it('the mock’s constants behind its tools are no facts', async () => {
    const text = 'Talos Version Information:\nVersion: v1.9.0\nPlatform: metal\nArchitecture: amd64';
    const { reader } = bench({ toolset: 'ry-ops', tools: { talos_get_version: { text } } });
    expect((await divisionError(reader.version(target, never))).code).toBe('CONTRACTOR_SUSPECT');
  });
});
