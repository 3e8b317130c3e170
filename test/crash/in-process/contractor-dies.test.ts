import { describe, expect, it } from 'vitest';
import { type DivisionOptions, runDivision, visitMoments } from './division.ts';
import { careful } from './human.ts';
import { shortcomings } from './judge.ts';
import { currentWatch } from './world-watch.ts';

/** Calls of an undisturbed run after which a talosctl is at work. */
async function callsWithTalosctl(options: DivisionOptions): Promise<number[]> {
  const calls: number[] = [];
  await visitMoments(options, 'after', async (call, moment) => {
    if (moment.underWay !== undefined) calls.push(call);
  });
  return calls;
}

/** Executor and contractor end together at every `step`th of these calls; what was wrong, and how it was halted meanwhile. */
async function endedTogether(options: DivisionOptions, step: number) {
  const calls = (await callsWithTalosctl(options)).filter((_, index) => index % step === 0);
  const wrong: string[] = [];
  const codes: string[][] = [];
  for (const call of calls) {
    const run = await runDivision({ ...options, stopAt: { call, when: 'after' }, human: careful });
    wrong.push(...shortcomings(run).map(what => `after call ${call}: ${what}`));
    codes.push(run.halts.map(({ operation }) => operation.stopped?.code ?? ''));
  }
  return { calls, wrong, codes: new Set(codes.flat()) };
}

const legacy = 'v1.12.11';
/** Installs and reboots in one call of talosctl, which orders the reboot itself. */
const together = 'v1.13.4';
const apart = 'v1.13.7';
const watch = currentWatch;

describe('SAFETY 3: the contractor ends with the executor between starting and exited', () => {
  it('talosctl killed under the legacy call: proved not started, or seen to have booted', async () => {
    const atDeath: DivisionOptions['atDeath'] = contractor => contractor.killTalosctl();
    const { calls, wrong, codes } = await endedTogether({ talosVersion: legacy, watch, atDeath }, 3);
    expect(wrong).toEqual([]);
    expect(calls.length).toBeGreaterThan(3);
    expect(codes).toEqual(new Set(['CONTRACTOR_FAILED']));
  }, 300_000);

  it('its exit lost under the legacy call: the bootID says what became of it, and nobody is asked', async () => {
    const atDeath: DivisionOptions['atDeath'] = contractor => contractor.loseExits();
    const { calls, wrong, codes } = await endedTogether({ talosVersion: legacy, watch, atDeath }, 3);
    expect(wrong).toEqual([]);
    expect(calls.length).toBeGreaterThan(3);
    expect(codes).toEqual(new Set());
  }, 300_000);

  it.each([
    ['an install alone', apart],
    ['an install whose reboot talosctl orders', together],
  ])(
    '%s, from 1.13 on: the same boot is no proof, so a human is asked and it is never repeated by itself',
    async (_, talosVersion) => {
      const atDeath: DivisionOptions['atDeath'] = contractor => contractor.killTalosctl();
      const { calls, wrong, codes } = await endedTogether({ talosVersion, watch, atDeath }, 12);
      expect(wrong).toEqual([]);
      expect(calls.length).toBeGreaterThan(6);
      expect(codes).toEqual(new Set(['OUTCOME_UNKNOWN']));
    },
    300_000,
  );

  it('the exit of an install alone lost: a human is asked, and its reboot follows', async () => {
    const atDeath: DivisionOptions['atDeath'] = contractor => contractor.loseExits();
    const { calls, wrong, codes } = await endedTogether({ talosVersion: apart, watch, atDeath }, 12);
    expect(wrong).toEqual([]);
    expect(calls.length).toBeGreaterThan(6);
    expect(codes).toEqual(new Set(['OUTCOME_UNKNOWN']));
  }, 300_000);
});

describe('SAFETY 3: a contractor without receipts', () => {
  it.each([legacy, apart])(
    'is never told twice by itself, wherever the executor ends around a dispatch (from %s)',
    async talosVersion => {
      const options: DivisionOptions = { talosVersion, watch, contractor: 'forgetful' };
      const [life] = (await runDivision(options)).lives;
      const dispatches = (life?.calls ?? []).flatMap((name, index) =>
        name === 'talos.install' || name === 'talos.reboot' ? [index + 1] : [],
      );
      const wrong: string[] = [];
      const codes: string[] = [];
      for (const [index, call] of dispatches.entries()) {
        const when = index % 2 === 0 ? 'before' : 'after';
        const run = await runDivision({ ...options, stopAt: { call, when }, human: careful });
        wrong.push(...shortcomings(run).map(what => `${when} call ${call}: ${what}`));
        codes.push(...run.halts.map(({ operation }) => operation.stopped?.code ?? ''));
      }
      expect(wrong).toEqual([]);
      expect(dispatches.length).toBeGreaterThanOrEqual(6);
      expect(new Set(codes)).toEqual(new Set(['OUTCOME_UNKNOWN']));
    },
    300_000,
  );
});
