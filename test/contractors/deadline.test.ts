import { describe, expect, it } from 'vitest';
import { attempt, authorization, bench, divisionError, never, target } from './fixtures/bench.ts';

describe('a read that hangs', () => {
  it('R39 R225: ends at its deadline with TIMEOUT, and the contractor is told that it was cancelled', async () => {
    const { reader, log, starts } = bench(
      { toolset: 'own', tools: { talos_machine: { hangs: true } } },
      { limits: { longestCallMs: 700 } },
    );
    await reader.version(target, never);
    const startedAt = performance.now();
    const error = await divisionError(reader.machine(target, never));
    expect(error).toMatchObject({ code: 'TIMEOUT', retry: 'later' });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    await expect.poll(() => log().filter(line => line.event === 'cancelled')).toHaveLength(1);
    await expect(reader.version(target, never)).resolves.toMatchObject({ server: 'v1.12.11' });
    expect(starts()).toBe(1);
  });

  it('a contractor that answers nothing any more, not even a ping, is started again', async () => {
    const { reader, starts, setScript } = bench(
      { toolset: 'own', hangsWhole: true, tools: { talos_machine: { hangs: true } } },
      { limits: { longestCallMs: 700, pingMs: 300 } },
    );
    await reader.version(target, never);
    expect(await divisionError(reader.machine(target, never))).toMatchObject({ code: 'TIMEOUT' });
    setScript({ toolset: 'own' });
    await expect(reader.machine(target, never)).resolves.toMatchObject({ bootId: 'boot-1' });
    expect(starts()).toBe(2);
  });

  it('SAFETY 3: a stuck contractor is not ended while a dispatch is under way', async () => {
    const { actor, reader, begun, ourLog, starts } = bench(
      {
        toolset: 'own',
        hangsWhole: true,
        tools: {
          talos_machine: { hangs: true, delayMs: 2000 },
          talos_services: { delayMs: 500, structured: { services: [] } },
          talos_reboot: { delayMs: 2800, structured: { attempt_id: 'attempt-1', state: 'running', detail: '' } },
        },
      },
      { limits: { longestCallMs: 3000, pingMs: 100 } },
    );
    await reader.truth(never);
    const stuck = divisionError(reader.machine(target, never));
    await expect.poll(() => begun('talos_machine')).toHaveLength(1);
    await reader.services(target, never);
    const dispatch = actor.reboot(authorization, attempt, never);
    expect((await stuck).code).toBe('TIMEOUT');
    await expect(dispatch).resolves.toMatchObject({ accepted: true });
    expect(ourLog.filter(line => line.startsWith('contractor_stuck'))).toEqual([]);
    expect(starts()).toBe(1);
  });

  it('ends with CANCELLED when its caller gives up, and the contractor is told', async () => {
    const { reader, log } = bench({ toolset: 'own', tools: { talos_machine: { hangs: true } } });
    await reader.version(target, never);
    const error = await divisionError(reader.machine(target, AbortSignal.timeout(300)));
    expect(error).toMatchObject({ code: 'CANCELLED', retry: 'never' });
    await expect.poll(() => log().filter(line => line.event === 'cancelled')).toHaveLength(1);
  });

  it('a contractor whose work survives a cancel is started again after a missed deadline', async () => {
    const { reader, starts } = bench(
      { toolset: 'ry-ops', tools: { talos_get_services: [{ hangs: true }, { text: 'x' }] } },
      { limits: { longestCallMs: 1500 } },
    );
    await reader.version(target, never);
    expect(await divisionError(reader.services(target, never))).toMatchObject({ code: 'TIMEOUT' });
    await expect(reader.version(target, never)).resolves.toMatchObject({ server: 'v1.12.11' });
    expect(starts()).toBe(2);
  });
});
