import { describe, expect, it } from 'vitest';
import { bench, divisionError, never, target } from './fixtures/bench.ts';

const good = { node: '10.0.0.2', server: 'v1.12.11', client: 'v1.13.9' };

describe('a contractor process that fails', () => {
  it('is not started before its first call, and starts once for many', async () => {
    const { reader, starts } = bench({ toolset: 'own' });
    expect(starts()).toBe(0);
    const machines = await Promise.all([1, 2, 3].map(() => reader.machine(target, never)));
    expect(machines.map(machine => machine.version)).toEqual(['v1.12.11', 'v1.12.11', 'v1.12.11']);
    expect(starts()).toBe(1);
  });

  it('R39: died in the middle of a read, it is started again and the read is answered', async () => {
    const { reader, starts } = bench({
      toolset: 'own',
      tools: { talos_version: [{ crash: 3 }, { structured: good }] },
    });
    await expect(reader.version(target, never)).resolves.toEqual({ server: 'v1.12.11', client: 'v1.13.9' });
    expect(starts()).toBe(2);
    expect(reader.usage).toMatchObject({ calls: 2, failures: 1 });
  });

  it('R24: that dies at every read is unavailable after a bounded number of tries', async () => {
    const { reader, begun } = bench({ toolset: 'own', tools: { talos_version: { crash: 3 } } });
    const error = await divisionError(reader.version(target, never));
    expect(error.code).toBe('CONTRACTOR_UNAVAILABLE');
    expect(error.message).toContain('its process ended');
    expect(begun('talos_version')).toHaveLength(3);
  });

  it('is started again when its first starts fail', async () => {
    const { reader, starts } = bench({ toolset: 'own', failedStarts: 2 });
    await expect(reader.version(target, never)).resolves.toMatchObject({ server: 'v1.12.11' });
    expect(starts()).toBe(3);
  });

  it('that never starts is not started at every call: the back-off grows and calls meanwhile fail at once', async () => {
    const { reader, starts } = bench(
      { toolset: 'own', failedStarts: 99, stderrAtStart: 'no module named talos, token=abcdef123456' },
      { limits: { backoffMs: [10_000, 30_000], patienceMs: 100 } },
    );
    const first = await divisionError(reader.version(target, never));
    expect(first).toMatchObject({ code: 'CONTRACTOR_UNAVAILABLE', retry: 'later' });
    const second = await divisionError(reader.version(target, never));
    expect(second.message).toMatch(/failed 1 times; it is started again in \d+ s/);
    expect(starts()).toBe(1);
  });

  it('its last words stand in the error and in the log, without their secrets', async () => {
    const { reader, ourLog } = bench(
      { toolset: 'own', failedStarts: 99, stderrAtStart: 'no module named talos, token=abcdef123456' },
      { limits: { backoffMs: [10_000, 30_000], patienceMs: 10 } },
    );
    await expect
      .poll(() => reader.capabilities(never).catch((error: Error) => error.message))
      .toContain('started again');
    expect(ourLog.join('\n')).toContain('no module named talos');
    expect(ourLog.join('\n')).not.toContain('abcdef123456');
  });
});

describe('a contractor that is noisy or slow', () => {
  it('lines on stdout that are no JSON, or no JSON-RPC, do not disturb its answers', async () => {
    const garbage = 'Rebooting 10.0.0.2 ...\n{"level":"info"}\n42\n{"jsonrpc":"2.0","id":999,"result":{}}\n';
    const { reader, starts } = bench({
      toolset: 'own',
      garbageAtStart: garbage,
      tools: { talos_version: { structured: good, garbage } },
    });
    await expect(reader.version(target, never)).resolves.toMatchObject({ server: 'v1.12.11' });
    await expect(reader.machine(target, never)).resolves.toMatchObject({ bootId: 'boot-1' });
    expect(starts()).toBe(1);
  });

  it('a slow start is waited for', async () => {
    const { reader } = bench({ toolset: 'own', startDelayMs: 1500 });
    await expect(reader.version(target, never)).resolves.toMatchObject({ server: 'v1.12.11' });
  });

  it('a start slower than its deadline is unavailable, and its process is ended', async () => {
    const { reader, log } = bench(
      { toolset: 'own', startDelayMs: 60_000 },
      { limits: { startMs: 1500, backoffMs: [10_000, 10_000], patienceMs: 10 } },
    );
    const error = await divisionError(reader.version(target, never));
    expect(error.code).toBe('CONTRACTOR_UNAVAILABLE');
    for (const { pid } of log()) await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it('the caller can give up while it starts', async () => {
    const { reader } = bench({ toolset: 'own', startDelayMs: 60_000 });
    const error = await divisionError(reader.version(target, AbortSignal.timeout(300)));
    expect(error.code).toBe('CANCELLED');
  });

  it('closing ends a process that is still starting', async () => {
    const { reader, contractors, log, starts } = bench({ toolset: 'own', startDelayMs: 60_000 });
    const read = divisionError(reader.version(target, never));
    await expect.poll(starts).toBe(1);
    await contractors.close();
    expect((await read).code).toBe('CONTRACTOR_UNAVAILABLE');
    for (const { pid } of log()) await expect.poll(() => isRunning(pid)).toBe(false);
    expect((await divisionError(reader.version(target, never))).code).toBe('CONTRACTOR_UNAVAILABLE');
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
