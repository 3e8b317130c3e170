import { describe, expect, it } from 'vitest';
import { attempt, authorization, bench, divisionError, never, target } from './fixtures/bench.ts';

const bare = (text: string): string => `\`\`\`\n${text}\n\`\`\``;

describe('CBEPX/talos-mcp-server 0.3', () => {
  it('tells what it can of a machine, without the warnings that talosctl prints beside it', async () => {
    const { reader, begun } = bench({ toolset: 'cbepx' });
    expect(await reader.capabilities(never)).toMatchObject({ profile: 'cbepx', keepsReceipts: false });
    expect(await reader.version(target, never)).toEqual({ server: 'v1.12.11', client: undefined });
    expect(await reader.disks(target, never)).toMatchObject([{ id: 'sda', sizeBytes: 512, model: '' }]);
    expect(await reader.memory(target, never)).toMatchObject({ totalMb: 2956, availableMb: 1911 });
    expect(await reader.time(target, never)).toEqual({ server: 'time.cloudflare.com', offsetMs: 1250 });
    expect(await reader.containers({ ...target, kubernetes: false }, never)).toMatchObject([{ id: 'apid', pid: 1900 }]);
    expect(await reader.stats({ ...target, kubernetes: false }, never)).toMatchObject([{ memoryMb: 21.5 }]);
    expect(await reader.images({ ...target, namespace: 'cri' }, never)).toMatchObject([{ size: '20 MB' }]);
    expect(await reader.dmesg({ ...target, tailLines: 1 }, never)).toEqual(['10.0.0.2: user: two']);
    expect(await reader.logs({ ...target, service: 'kubelet' }, never)).toHaveLength(2);
    expect(await reader.services(target, never)).toHaveLength(3);
    expect(await reader.members(target, never)).toHaveLength(1);
    const view = await reader.etcd(target, never);
    expect(view).toMatchObject({ alarms: [], status: undefined, error: expect.stringContaining('etcd.status') });
    expect(view.members).toHaveLength(2);
    expect(begun('talos_version')).toEqual([]);
  });

  it('is asked for nothing it has not, and given no work: who would do it is named', async () => {
    const { reader, actor, begun } = bench({ toolset: 'cbepx' });
    const ofPods = await divisionError(reader.stats({ ...target, kubernetes: true }, never));
    expect(ofPods).toMatchObject({ code: 'CAPABILITY_MISSING', message: expect.stringContaining('Talos itself only') });
    const certificates = await divisionError(reader.certificates(target, never));
    expect(certificates.remedy).toContain('Offered by: containers-gm contractor talos.');
    const reboot = await divisionError(actor.reboot(authorization, attempt, never));
    expect(reboot).toMatchObject({ code: 'CAPABILITY_MISSING', remedy: expect.stringContaining('Nosmoht') });
    expect([...begun('talos_reboot'), ...begun('talos_stats')]).toEqual([]);
  });

  it.each<[string, string, string]>([
    [
      'a failure without a fence',
      'Error executing talos_memory:\nrpc error: code = Unavailable desc = x',
      'CONTRACTOR_FAILED',
    ],
    ['its own refusal', "Error: Tool 'talos_memory' is blocked in read-only mode.", 'CONTRACTOR_FAILED'],
    [
      'a node that did not answer beside others',
      bare('WARNING: 1 error occurred:\n\t* 10.0.0.2: rpc error: code = Unavailable desc = x'),
      'CONTRACTOR_FAILED',
    ],
    ['an empty fence', bare(''), 'CONTRACTOR_UNINTELLIGIBLE'],
    ['words', bare('all is well'), 'CONTRACTOR_UNINTELLIGIBLE'],
    ['nothing', '', 'CONTRACTOR_FAILED'],
  ])('%s is no reading', async (_, text, code) => {
    const { reader } = bench({ toolset: 'cbepx', tools: { talos_memory: { text } } });
    expect((await divisionError(reader.memory(target, never))).code).toBe(code);
  });

  it('that tells of no disk at all is not believed', async () => {
    const { reader } = bench({ toolset: 'cbepx', tools: { talos_get: { text: bare('') } } });
    expect((await divisionError(reader.disks(target, never))).code).toBe('CONTRACTOR_UNINTELLIGIBLE');
  });

  it('is proved honest by what it refuses', async () => {
    const { reader } = bench({ toolset: 'cbepx' });
    expect(await reader.truth(never)).toMatchObject({ verdict: 'verified' });
  });
});
