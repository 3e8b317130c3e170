import { describe, expect, it } from 'vitest';
import { attempt, authorization, bench, divisionError, never, target } from './fixtures/bench.ts';
import type { Script } from './fixtures/script.ts';

const failure = (error_class: string) => ({ isError: true, text: JSON.stringify({ error_class, message: 'x' }) });
const own = (tools: Script['tools'] = {}): Script => ({ toolset: 'own', tools });
const install = { ...attempt, image: 'image', reboots: true };

describe('the truth probe', () => {
  it.each<[string, Script, 'verified' | 'suspect' | 'stub']>([
    ['our contractor refuses what can’t be', own(), 'verified'],
    [
      'our contractor says that the machine did not answer',
      own({ talos_version: { structured: { node: '192.0.2.1', server: null, client: 'v1.13.9' } } }),
      'verified',
    ],
    [
      'it reads a version from a machine that can’t exist',
      own({ talos_version: { structured: { node: '192.0.2.1', server: 'v1.13.9', client: null } } }),
      'stub',
    ],
    [
      'it has logs of a service that does not exist',
      own({ talos_logs: { structured: { service: 'x', lines: ['made up'] } } }),
      'suspect',
    ],
    ['it never got as far as the machine', own({ talos_version: failure('talosctl_missing') }), 'suspect'],
    ['its answer is not understood', own({ talos_version: { text: 'all is well' } }), 'suspect'],
    ['the A2A mock answers its constants', { toolset: 'a2a' }, 'stub'],
    ['ry-ops passes talosctl’s refusal on', { toolset: 'ry-ops' }, 'verified'],
    [
      'ry-ops without talosctl answers nothing',
      { toolset: 'ry-ops', tools: { talos_get_version: { text: '' }, talos_logs: { text: '' } } },
      'suspect',
    ],
    [
      'ry-ops’ tools over the mock’s constants',
      { toolset: 'ry-ops', tools: { talos_logs: { text: 'Sample logs for service: gm-probe-1\nLine 1' } } },
      'stub',
    ],
    ['nobody knows its tools', { toolset: 'unknown' }, 'suspect'],
  ])('%s', async (_what, script, verdict) => {
    const { reader } = bench(script);
    const truth = await reader.truth(never);
    expect(truth).toMatchObject({ verdict, checkedAt: 1000 });
    expect(truth.evidence.length).toBeGreaterThan(0);
  });

  it('silence about an impossible machine is no lie', async () => {
    const { reader } = bench(own({ talos_version: { hangs: true } }), { limits: { longestCallMs: 500 } });
    expect((await reader.truth(never)).verdict).toBe('verified');
  });

  it('runs before the first dispatch, once a process, and again in the next process', async () => {
    const script = own({ talos_install: [{ structured: good }, { crash: 1 }, { structured: good }] });
    const { actor, log } = bench(script);
    const probes = () => log().filter(line => line.event === 'begin' && line.args?.node === '192.0.2.1').length;
    await actor.install(authorization, install, never);
    expect(log().findIndex(line => line.args?.node === '192.0.2.1')).toBeLessThan(
      log().findIndex(line => line.tool === 'talos_install'),
    );
    await divisionError(actor.install(authorization, install, never));
    expect(probes()).toBe(1);
    await actor.install(authorization, install, never);
    expect(probes()).toBe(2);
  });

  it('a stub may change nothing: CONTRACTOR_SUSPECT with the evidence, and nothing was dispatched', async () => {
    const { actor, begun } = bench(
      own({ talos_version: { structured: { node: 'x', server: 'v1.13.9', client: null } } }),
    );
    const error = await divisionError(actor.install(authorization, install, never));
    expect(error.code).toBe('CONTRACTOR_SUSPECT');
    expect(error.message).toContain('is a stub (version of 192.0.2.1: claims-success (talos_version)');
    expect(begun('talos_install')).toEqual([]);
    expect((await divisionError(actor.snapshot(authorization, { ...target, path: '/a' }, never))).code).toBe(
      'CONTRACTOR_SUSPECT',
    );
  });

  it('the A2A mock is not given work: it is a stub that offers nothing', async () => {
    const { actor, reader, begun } = bench({ toolset: 'a2a' });
    await expect(reader.capabilities(never)).resolves.toMatchObject({
      profile: 'a2a',
      offered: [],
      keepsReceipts: false,
    });
    expect((await divisionError(actor.reboot(authorization, attempt, never))).code).toBe('CONTRACTOR_SUSPECT');
    expect((await divisionError(reader.machine(target, never))).code).toBe('CAPABILITY_MISSING');
    expect(begun('talos_reboot')).toEqual([]);
  });

  it('one that could not be proved honest may change nothing, and is asked again the next time', async () => {
    const { actor, setScript } = bench(own({ talos_version: failure('talosctl_missing') }));
    expect((await divisionError(actor.reboot(authorization, attempt, never))).code).toBe('CONTRACTOR_SUSPECT');
    setScript(own());
    await expect(actor.reboot(authorization, attempt, never)).resolves.toMatchObject({ accepted: true });
  });

  it('a contractor that dies under the probe has not been sent the effect: it is tried again', async () => {
    const { actor, begun } = bench(own({ talos_version: [{ crash: 1 }, failure('unreachable')] }));
    await expect(actor.install(authorization, install, never)).resolves.toMatchObject({ accepted: true });
    expect(begun('talos_install')).toHaveLength(1);
  });
});

const good = { attempt_id: 'attempt-1', state: 'running', detail: 'dispatched' };
