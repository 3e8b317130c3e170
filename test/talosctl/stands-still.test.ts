import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { identify, isStopped, ownIdentity } from '../../src/host/process-identity.ts';
import { stopwatch } from '../../src/host/stopwatch.ts';
import { dispatch } from '../../src/talosctl/dispatch.ts';
import { connection, install, notAborted } from './dispatch-fixture.ts';
import { type Ended, ground, startDispatch } from './dispatch-process.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** Longer than the look at the machine holds in these tests. */
const STILL_MS = 2_500;
const identityHoldsMs = 2_000;

/** Whether the process came to stand still; false when it ended before. */
async function stoodStill(pid: number, ended: Promise<Ended>): Promise<boolean> {
  const identity = (await identify(pid)) ?? (await ownIdentity());
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  return await vi.waitFor(
    async () => {
      if (isOver) return false;
      if (!(await isStopped(identity))) throw new Error('it runs');
      return true;
    },
    { timeout: 20_000, interval: 20 },
  );
}

describe('SAFETY 3: a contractor that is stopped in the middle of a dispatch, and continued', () => {
  it('after its last write before talosctl: sends nothing, says so, and the same attempt goes out when it is asked again', async () => {
    let busy = 0;
    // From behind the last change of the disk on: the process is written down, then it may go.
    for (let stopAt = 18; busy === 0 && stopAt > 0; stopAt -= 1) {
      const here = await ground();
      const started = await startDispatch(here, install('attempt-1'), { stopAt, identityHoldsMs });
      const ended = started.go();
      if (!(await stoodStill(started.pid, ended))) {
        expect(await ended).toEqual({ state: 'running' });
        continue;
      }
      await setTimeout(STILL_MS);
      process.kill(started.pid, 'SIGCONT');
      expect(await ended, `stopped at ${stopAt}`).toMatchObject({
        errorClass: 'busy',
        message: expect.stringContaining('stood still since it looked at the machine; nothing was sent'),
      });
      busy += 1;
      expect(await here.sent()).toBe(0);
      expect(await here.receipts.read('attempt-1')).toEqual({ state: 'absent' });

      const dispatcher = {
        talosctl: { env: here.env, readTimeoutMs: 20_000 },
        receipts: here.receipts,
        onStarted: () => undefined,
      };
      await dispatch(dispatcher, install('attempt-1'), connection, notAborted());
      await expect.poll(here.sent, { timeout: 10_000 }).toBe(1);
    }
    expect(busy).toBe(1);
  }, 120_000);
});

describe('the stopwatch', () => {
  it.each([
    ['both clocks go', 5_000, 5_000],
    ['the wall clock is set ahead', 10, 3_600_000],
    ['the wall clock is set back', 10, -3_600_000],
    ['the host slept: the steady clock stood', 0, 7_200_000],
  ])('counts at least what passed when %s', (_, steadyMs, wallMs) => {
    vi.useFakeTimers({ toFake: ['performance', 'Date'] });
    const elapsed = stopwatch();
    vi.advanceTimersByTime(steadyMs);
    vi.setSystemTime(Date.now() - steadyMs + wallMs);
    expect(elapsed()).toBe(Math.max(steadyMs, Math.abs(wallMs)));
  });
});
