import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/model/effect.ts';
import type { StepProgress } from '../../src/model/step.ts';
import { StepWaits } from '../../src/operations/step-waits.ts';
import type { StepLook } from '../../src/operations/steps/step.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const MINUTE_MS = 60_000;
const at = (ms: number): string => new Date(ms).toISOString();

const waiting = (begun: number, more: Partial<StepProgress> = {}): StepProgress => ({
  id: 's',
  state: 'waiting',
  intents: 0,
  outcomes: 0,
  started_at: at(begun),
  since: at(begun),
  reason: 'a',
  ...more,
});
const wait = (reason: string, result?: Record<string, unknown>): Extract<StepLook, { kind: 'wait' }> => ({
  kind: 'wait',
  reason,
  whatEndsIt: 'x',
  pollMs: 1_000,
  atMostMs: MINUTE_MS,
  remedy: 'x',
  ...(result && { result }),
});

describe('how long a step waits', () => {
  it.each<[string, { begun: number; resumedAt?: number; lookedSince?: number; atMostMs: number }, boolean]>([
    ['from when it was begun', { begun: NOW - 21 * MINUTE_MS, atMostMs: 20 * MINUTE_MS }, true],
    ['not before that', { begun: NOW - 19 * MINUTE_MS, atMostMs: 20 * MINUTE_MS }, false],
    [
      'anew from a resume: a pause of days is no waiting',
      { begun: NOW - 3_000 * MINUTE_MS, resumedAt: NOW - MINUTE_MS, atMostMs: 20 * MINUTE_MS },
      false,
    ],
    [
      'a little longer when nobody looked meanwhile',
      { begun: NOW - 3_000 * MINUTE_MS, lookedSince: NOW - 4 * MINUTE_MS, atMostMs: 20 * MINUTE_MS },
      false,
    ],
    [
      'but not as long again',
      { begun: NOW - 3_000 * MINUTE_MS, lookedSince: NOW - 6 * MINUTE_MS, atMostMs: 20 * MINUTE_MS },
      true,
    ],
    ['longer under a clock that was set back', { begun: NOW + 60 * MINUTE_MS, atMostMs: 20 * MINUTE_MS }, false],
  ])('%s', (_name, { begun, resumedAt, lookedSince = 0, atMostMs }, expected) => {
    const waits = new StepWaits(lookedSince);
    const resumed = resumedAt === undefined ? undefined : at(resumedAt);
    expect(waits.isLate(waiting(begun), resumed, atMostMs, NOW)).toBe(expected);
  });

  it('an outage counts from when it began, whatever the step waited for before, and from anew after an answer', () => {
    const waits = new StepWaits(0);
    const step = waiting(NOW - 50 * MINUTE_MS);
    const isLate = (ms: number): boolean => waits.isLate(step, undefined, 30 * MINUTE_MS, NOW + ms);
    waits.looked('s', NOW, true);
    expect(isLate(29 * MINUTE_MS)).toBe(false);
    expect(isLate(31 * MINUTE_MS)).toBe(true);
    waits.looked('s', NOW + 32 * MINUTE_MS, false);
    waits.looked('s', NOW + 33 * MINUTE_MS, true);
    expect(isLate(34 * MINUTE_MS)).toBe(false);
  });
});

describe('what of a wait is written down', () => {
  it('the first, what is to be remembered, and another reason that has stood', () => {
    const waits = new StepWaits(0);
    const begun = NOW - MINUTE_MS;
    expect(waits.isNews({ ...waiting(begun), state: 'running' }, wait('a'), NOW)).toBe(true);
    expect(waits.isNews(waiting(begun), wait('a'), NOW)).toBe(false);
    expect(waits.isNews(waiting(begun), wait('b'), NOW)).toBe(true);
    expect(waits.isNews(waiting(begun, { since: at(NOW - 1_000) }), wait('b'), NOW)).toBe(false);
    expect(waits.isNews(waiting(begun), wait('a', { seen: true }), NOW)).toBe(true);
    expect(waits.isNews(waiting(begun, { result: { seen: true } }), wait('a', { seen: true }), NOW)).toBe(false);
  });

  it('a reason that is another one at each look fills no journal: some hundred entries a week', () => {
    const polls = fc.record({
      pollMs: fc.integer({ min: 1_000, max: 60_000 }),
      minutes: fc.integer({ min: 1, max: 10_080 }),
    });
    fc.assert(
      fc.property(polls, ({ pollMs, minutes }) => {
        const waits = new StepWaits(0);
        let step: StepProgress = { ...waiting(NOW), state: 'running' };
        let written = 0;
        for (let now = NOW; now < NOW + minutes * MINUTE_MS; now += pollMs) {
          const look = wait(`still ${now}`);
          if (!waits.isNews(step, look, now)) continue;
          written += 1;
          step = { ...step, state: 'waiting', since: at(now), reason: look.reason };
        }
        expect(written).toBeLessThan(150);
        expect(written).toBeGreaterThan(0);
      }),
      { numRuns: 8 },
    );
  });
});

describe('the same effect again', () => {
  const label = (resource_version: string): Effect => ({
    kind: 'cordon',
    cluster: 'staging',
    node: 'a',
    resource_version,
    prior_unschedulable: false,
  });
  it('is too often at the tenth time, whatever the version that was read before it; another one begins anew', () => {
    const waits = new StepWaits(0);
    const times = Array.from({ length: 10 }, (_, index) => waits.done('s', label(String(index))));
    expect(times.map(({ isTooOften }) => isTooOften)).toEqual([...Array.from({ length: 9 }, () => false), true]);
    expect(waits.done('other', label('1'))).toEqual({ times: 1, isTooOften: false, pauseMs: 0 });
    expect(waits.done('s', { kind: 'uncordon', cluster: 'staging', node: 'a' }).times).toBe(1);
  });

  it('refused: ever longer until it is asked again, half a minute at most; what is done begins anew', () => {
    const waits = new StepWaits(0);
    expect(Array.from({ length: 8 }, () => waits.refused('s'))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 32_000, 32_000,
    ]);
    waits.done('s', label('1'));
    expect(waits.refused('s')).toBe(1_000);
  });
});
