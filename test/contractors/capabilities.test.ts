import { describe, expect, it } from 'vitest';
import { capabilities } from '../../src/contractors/capability-map.ts';
import { attempt, authorization, bench, divisionError, never, target } from './fixtures/bench.ts';

describe('capabilities', () => {
  it('R20: our own contractor offers all of them, keeps receipts and tells its talosctl', async () => {
    const { reader } = bench({ toolset: 'own' });
    await expect(reader.capabilities(never)).resolves.toEqual({
      profile: 'own',
      offered: Object.keys(capabilities),
      keepsReceipts: true,
      clientVersion: 'v1.13.9',
    });
  });

  it('R19: a tool that is not listed is a missing capability, and who offers it is named', async () => {
    const { reader, actor } = bench({ toolset: 'own', without: ['talos_install', 'talos_etcd_alarms'] });
    const { offered } = await reader.capabilities(never);
    expect(Object.keys(capabilities).filter(name => !offered.includes(name))).toEqual(['etcd.alarms', 'os.install']);
    const error = await divisionError(actor.install(authorization, { ...attempt, image: 'i', reboots: true }, never));
    expect(error).toMatchObject({ code: 'CAPABILITY_MISSING', retry: 'after-change' });
    expect(error.message).toContain('does not offer os.install');
    expect(error.remedy).toContain('Offered by: containers-gm contractor talos, Nosmoht');
    const view = await reader.etcd(target, never);
    expect(view).toMatchObject({ alarms: undefined, error: expect.stringContaining('CAPABILITY_MISSING') });
    expect(view.members).toHaveLength(1);
  });

  it('is asked again for its tools when it says that they changed', async () => {
    const { reader, setScript } = bench({
      toolset: 'own',
      without: ['talos_install'],
      tools: { talos_version: { changesTools: true, structured: { node: '10.0.0.2', server: null, client: null } } },
    });
    expect((await reader.capabilities(never)).offered).not.toContain('os.install');
    setScript({ toolset: 'own', tools: { talos_version: { changesTools: true, text: '' } } });
    await divisionError(reader.version(target, never));
    expect((await reader.capabilities(never)).offered).toContain('os.install');
  });

  it('R18: a contractor of no known profile offers nothing, and says so', async () => {
    const { reader } = bench({ toolset: 'unknown' });
    await expect(reader.capabilities(never)).resolves.toMatchObject({ profile: 'unknown', offered: [] });
    expect((await divisionError(reader.machine(target, never))).code).toBe('CAPABILITY_MISSING');
    await expect(reader.attempt('attempt-1', never)).resolves.toEqual({ state: 'unknown' });
  });

  it('without talosctl it still tells what it offers, but no client version', async () => {
    const missing = { isError: true, text: '{"error_class":"talosctl_missing","message":"no talosctl"}' };
    const { reader } = bench({ toolset: 'own', tools: { talos_contexts: missing, talos_machine: missing } });
    await expect(reader.capabilities(never)).resolves.toMatchObject({ profile: 'own', clientVersion: undefined });
    const error = await divisionError(reader.machine(target, never));
    expect(error).toMatchObject({ code: 'CONTRACTOR_UNAVAILABLE', retry: 'after-change' });
    expect(error.remedy).toContain('Install talosctl');
  });
});

describe('calls at once', () => {
  const slow = { delayMs: 400, structured: { node: '10.0.0.2', server: 'v1.12.11', client: 'v1.13.9' } };
  const dispatched = { delayMs: 300, structured: { attempt_id: 'attempt-1', state: 'running', detail: '' } };

  it('our own contractor is read four at a time, no more', async () => {
    const { reader, log } = bench({ toolset: 'own', tools: { talos_version: slow } });
    await Promise.all(Array.from({ length: 6 }, () => reader.version(target, never)));
    expect(mostAtOnce(log().map(line => line.event))).toBe(4);
  });

  it('dispatches go one at a time, beside reads', async () => {
    const { actor, reader, log } = bench({
      toolset: 'own',
      tools: { talos_reboot: dispatched, talos_services: { delayMs: 700, structured: { services: [] } } },
    });
    await reader.truth(never);
    const reads = reader.services(target, never);
    await Promise.all([1, 2, 3].map(() => actor.reboot(authorization, attempt, never)));
    await reads;
    const events = log()
      .filter(line => line.tool === 'talos_reboot')
      .map(line => line.event);
    expect(mostAtOnce(events)).toBe(1);
    expect(mostAtOnce(log().map(line => line.event))).toBe(2);
  });

  it('a contractor that may run one call is asked one at a time', async () => {
    const { reader, log } = bench({ toolset: 'ry-ops', tools: { talos_get_services: { delayMs: 200, text: '' } } });
    await Promise.allSettled([1, 2, 3].map(() => reader.services(target, never)));
    expect(mostAtOnce(log().map(line => line.event))).toBe(1);
  });
});

function mostAtOnce(events: readonly string[]): number {
  let running = 0;
  let most = 0;
  for (const event of events) {
    running += event === 'begin' ? 1 : event === 'end' ? -1 : 0;
    most = Math.max(most, running);
  }
  return most;
}
