import { describe, expect, it } from 'vitest';
import { attempt, authorization, bench, divisionError, never, target } from './fixtures/bench.ts';
import type { Behaviour } from './fixtures/script.ts';

const install = { ...attempt, image: 'factory.talos.dev/metal-installer/abc:v1.13.9', reboots: true };
const stated = (error_class: string): Behaviour => ({
  isError: true,
  text: JSON.stringify({ error_class, message: 'what talosctl said' }),
});

describe('a dispatch', () => {
  it('hands over the attempt, its machine, its boot and the way there, and comes back as a claim', async () => {
    const { actor, begun } = bench({ toolset: 'own' });
    await expect(actor.install(authorization, install, never)).resolves.toEqual({
      accepted: true,
      detail: 'running: dispatched',
    });
    expect(begun('talos_install').map(line => line.args)).toEqual([
      {
        context: 'prod',
        node: '10.0.0.2',
        endpoints: ['10.0.0.3'],
        attempt_id: 'attempt-1',
        system_uuid: 'uuid-1',
        boot_id: 'boot-1',
        image: install.image,
        reboots: true,
      },
    ]);
  });

  it('SAFETY 3: names the attempt it supersedes when there is one', async () => {
    const { actor, begun } = bench({ toolset: 'own' });
    const next = { ...attempt, attemptId: 'attempt-2', supersedes: ['attempt-1'] };
    await actor.install(authorization, { ...install, ...next }, never);
    await actor.reboot(authorization, next, never);
    await actor.reboot(authorization, { ...attempt, attemptId: 'attempt-3' }, never);
    const named = [...begun('talos_install'), ...begun('talos_reboot')].map(line => line.args?.supersedes);
    expect(named).toEqual([['attempt-1'], ['attempt-1'], undefined]);
  });

  it('SAFETY 3: is sent exactly once when the contractor dies under it, and its outcome is unknown', async () => {
    const { actor, reader, begun, starts } = bench({ toolset: 'own', tools: { talos_install: { crash: 1 } } });
    const error = await divisionError(actor.install(authorization, install, never));
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', retry: 'after-change' });
    expect(begun('talos_install')).toHaveLength(1);
    // The next call starts it again; what became of the attempt is asked, not guessed.
    await expect(reader.attempt('attempt-1', never)).resolves.toEqual({ state: 'absent' });
    expect(begun('talos_install')).toHaveLength(1);
    expect(starts()).toBe(2);
  });

  it('SAFETY 3: is sent exactly once when it misses its deadline, and its outcome is unknown', async () => {
    const { actor, begun, starts } = bench(
      { toolset: 'own', tools: { talos_reboot: { hangs: true } } },
      { limits: { longestCallMs: 700 } },
    );
    await divisionError(actor.reboot(authorization, attempt, never));
    const error = await divisionError(actor.reboot(authorization, { ...attempt, attemptId: 'attempt-2' }, never));
    expect(error.code).toBe('OUTCOME_UNKNOWN');
    expect(begun('talos_reboot').map(line => line.args?.attempt_id)).toEqual(['attempt-1', 'attempt-2']);
    expect(starts()).toBe(1);
  });

  it('given up after it was sent has an unknown outcome; given up before, it was never sent', async () => {
    const { actor, reader, begun } = bench({ toolset: 'own', tools: { talos_install: { hangs: true } } });
    await reader.version(target, never);
    const giveUp = new AbortController();
    const sent = divisionError(actor.install(authorization, install, giveUp.signal));
    await expect.poll(() => begun('talos_install')).toHaveLength(1);
    const waiting = divisionError(actor.install(authorization, { ...install, attemptId: 'attempt-2' }, giveUp.signal));
    giveUp.abort();
    expect((await sent).code).toBe('OUTCOME_UNKNOWN');
    expect((await waiting).code).toBe('CANCELLED');
    expect((await divisionError(actor.install(authorization, install, giveUp.signal))).code).toBe('CANCELLED');
    expect(begun('talos_install')).toHaveLength(1);
  });

  it.each([
    ['timeout', 'CONTRACTOR_FAILED'],
    ['unintelligible', 'CONTRACTOR_UNINTELLIGIBLE'],
    ['failed', 'CONTRACTOR_FAILED'],
    ['precondition', 'CONTRACTOR_FAILED'],
    ['busy', 'CONTRACTOR_FAILED'],
    ['image', 'CONTRACTOR_FAILED'],
    ['version', 'VERSION_SKEW'],
    ['unsupported', 'CAPABILITY_MISSING'],
    ['talosctl_missing', 'CONTRACTOR_UNAVAILABLE'],
  ])('that the contractor answers with %s is %s', async (errorClass, code) => {
    const { actor, begun } = bench({ toolset: 'own', tools: { talos_install: stated(errorClass) } });
    const error = await divisionError(actor.install(authorization, install, never));
    expect(error.code).toBe(code);
    expect(error.message).toContain('<untrusted>what talosctl said</untrusted>');
    expect(begun('talos_install')).toHaveLength(1);
  });

  it.each<[string, Behaviour]>([
    ['another shape', { structured: { accepted: 'yes' } }],
    ['another attempt', { structured: { attempt_id: 'other', state: 'running', detail: '' } }],
    ['nothing', {}],
    ['an internal JSON-RPC error', { protocolError: -32603 }],
    ['an error in no agreed form', { isError: true, text: 'oops' }],
  ])('answered with %s has an unknown outcome, it is no success', async (_what, behaviour) => {
    const { actor, begun } = bench({ toolset: 'own', tools: { talos_install: behaviour } });
    expect((await divisionError(actor.install(authorization, install, never))).code).toBe('OUTCOME_UNKNOWN');
    expect(begun('talos_install')).toHaveLength(1);
  });

  it('whose contractor refuses the arguments was not carried out', async () => {
    const { actor } = bench({ toolset: 'own', tools: { talos_install: { protocolError: -32602 } } });
    expect((await divisionError(actor.install(authorization, install, never))).code).toBe('CONTRACTOR_FAILED');
  });

  it('that could not be sent because the contractor does not start is unavailable, not in doubt', async () => {
    const { actor } = bench({ toolset: 'own', failedStarts: 99 });
    expect((await divisionError(actor.install(authorization, install, never))).code).toBe('CONTRACTOR_UNAVAILABLE');
  });
});

describe('a snapshot and a forfeit', () => {
  it('answer with what the contractor says it did', async () => {
    const { actor, begun } = bench({ toolset: 'own' });
    const path = '/snapshots/one.db';
    await expect(actor.snapshot(authorization, { ...target, path }, never)).resolves.toEqual({
      path,
      bytes: 2_015_264,
      sha256: 'f'.repeat(64),
    });
    await expect(actor.forfeitLeadership(authorization, target, never)).resolves.toBeUndefined();
    expect(begun('talos_etcd_snapshot')[0]?.args).toMatchObject({ node: '10.0.0.2', path });
  });

  it('a snapshot without size and hash is no backup', async () => {
    const { actor } = bench({
      toolset: 'own',
      tools: { talos_etcd_snapshot: { structured: { path: '/a', bytes: 0, sha256: '' } } },
    });
    const error = await divisionError(actor.snapshot(authorization, { ...target, path: '/a' }, never));
    expect(error.code).toBe('OUTCOME_UNKNOWN');
  });

  it('a failed forfeit has failed: nothing is in doubt', async () => {
    const { actor } = bench({ toolset: 'own', tools: { talos_etcd_forfeit_leadership: stated('failed') } });
    expect((await divisionError(actor.forfeitLeadership(authorization, target, never))).code).toBe('CONTRACTOR_FAILED');
  });
});
