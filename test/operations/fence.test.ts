import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DivisionError } from '../../src/errors.ts';
import { stopwatch } from '../../src/host/stopwatch.ts';
import { mintAuthorization } from '../../src/model/authorization.ts';
import { ClockJumps } from '../../src/operations/clock-jumps.ts';
import { evict } from '../../src/operations/effects/evict.ts';
import { Fence } from '../../src/operations/fence.ts';
import type { ClusterWriters } from '../../src/ports.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const conflict = new DivisionError('OPERATION_CONFLICT', 'somebody else holds the Lease', 'let it end');

describe('SAFETY 6: the fence', () => {
  it('holds the Lease once for requests that go out at once, and again for those that go out later', async () => {
    let holds = 0;
    const fence = new Fence(stopwatch(), async () => {
      holds += 1;
    });
    await Promise.all([fence.pass(), fence.pass(), fence.pass(), fence.pass()]);
    expect(holds).toBe(1);
    await fence.pass();
    expect(holds).toBe(1);
    vi.advanceTimersByTime(6_000);
    await Promise.all([fence.pass(), fence.pass()]);
    expect(holds).toBe(2);
  });

  it('a process that stood still while its hold was answered holds again before it sends', async () => {
    const holds: string[] = [];
    const fence = new Fence(stopwatch(), async () => {
      holds.push(holds.length === 0 ? 'stood still' : 'at once');
      if (holds.length === 1) vi.advanceTimersByTime(30_000);
    });
    await fence.pass();
    expect(holds).toEqual(['stood still', 'at once']);
  });

  it('a Lease that was lost meanwhile lets nothing pass', async () => {
    let isOurs = true;
    const fence = new Fence(stopwatch(), async () => {
      if (!isOurs) throw conflict;
    });
    await fence.pass();
    isOurs = false;
    vi.advanceTimersByTime(6_000);
    await expect(fence.pass()).rejects.toBe(conflict);
  });

  it('holds that always take longer than they stand are a slow API server: the third lets pass', async () => {
    let holds = 0;
    const fence = new Fence(stopwatch(), async () => {
      holds += 1;
      vi.advanceTimersByTime(10_000);
    });
    await fence.pass();
    expect(holds).toBe(3);
  });

  it.each([
    ['the process was stopped', () => vi.advanceTimersByTime(180_000)],
    ['the host slept', () => vi.setSystemTime(Date.now() + 3_600_000)],
    ['the clock was set back', () => vi.setSystemTime(Date.now() - 3_600_000)],
  ])('what was decided on a look from before %s is not sent', async (_, happens) => {
    const fence = new Fence(stopwatch(), async () => undefined);
    happens();
    await expect(fence.pass()).rejects.toMatchObject({
      code: 'KUBERNETES_UNAVAILABLE',
      message: expect.stringContaining('stood still'),
    });
  });
});

describe('SAFETY 6: a drain whose Lease is lost half way', () => {
  const pods = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(name => ({ namespace: 'shop', name, uid: name }));
  const effect = { kind: 'evict' as const, cluster: 'production', node: 'w-1', pods };
  const grounds = { planHash: 'h', operationId: 'op-1', cluster: 'production', effects: ['evict' as const] };
  const authorization = mintAuthorization({ ...grounds, level: 'coo', rule: 'test' });

  async function drained(passes: number) {
    const sent: string[] = [];
    const kubernetes = {
      evict: async (
        _authorization: unknown,
        { uid }: { uid: string },
        _signal: AbortSignal,
        fence: () => Promise<void>,
      ) => {
        await fence();
        sent.push(uid);
        return { kind: 'evicted' as const };
      },
    };
    const context = {
      writers: { kubernetes } as unknown as ClusterWriters,
      authorization,
      operationId: 'op-1',
      signal: new AbortController().signal,
      fence: async () => {
        if (passes <= 0) throw conflict;
        passes -= 1;
      },
    };
    return { sent, outcome: await evict(effect, context).catch((error: unknown) => error) };
  }

  it('sends no more, and says which pods were evicted', async () => {
    const { sent, outcome } = await drained(3);
    expect(sent).toEqual(['a', 'b', 'c']);
    expect(outcome).toMatchObject({ result: 'refused', evicted: ['a', 'b', 'c'] });
  });

  it('that had sent nothing is a conflict', async () => {
    expect(await drained(0)).toEqual({ sent: [], outcome: conflict });
  });
});

describe('a clock that jumps', () => {
  it.each([
    ['ahead', 3_600_000],
    ['back', -60_000],
  ])('%s is noticed, once', (_, by) => {
    const jumps = new ClockJumps();
    vi.advanceTimersByTime(600_000);
    expect(jumps.happened()).toBe(false);
    vi.setSystemTime(Date.now() + by);
    expect(jumps.happened()).toBe(true);
    expect(jumps.happened()).toBe(false);
  });
});
