import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MaintenanceWindow, windowState } from '../../src/decisions/window.ts';

const saturday: MaintenanceWindow = { cron: '0 2 * * 6', duration: '4h', timezone: 'Europe/Berlin' };
const state = (window: MaintenanceWindow, at: string) => windowState([window], Date.parse(at));
const closedUntil = (at: string) => ({ state: 'closed', opensAt: Date.parse(at) });

describe('a maintenance window', () => {
  it.each([
    // 2026-11-21 is a Saturday; Berlin is UTC+1 then.
    ['2026-11-21T00:59:59Z', closedUntil('2026-11-21T01:00:00Z')],
    ['2026-11-21T01:00:00Z', { state: 'open', until: Date.parse('2026-11-21T05:00:00Z') }],
    ['2026-11-21T04:59:59Z', { state: 'open', until: Date.parse('2026-11-21T05:00:00Z') }],
    ['2026-11-21T05:00:00Z', closedUntil('2026-11-28T01:00:00Z')],
    // Summer time: UTC+2.
    ['2026-07-04T00:00:00Z', { state: 'open', until: Date.parse('2026-07-04T04:00:00Z') }],
  ])('at %s is %j', (at, expected) => {
    expect(state(saturday, at)).toEqual(expected);
  });

  it('none is always open', () => {
    expect(windowState([], 0)).toEqual({ state: 'open', until: undefined });
  });

  it.each([
    ['*/15 0-5,22 * * *', '2026-11-22T22:30:00Z', 'open'],
    ['0 3 1 * *', '2026-11-22T22:30:00Z', 'closed'],
    ['0 3 1 jan mon', '2026-11-22T22:30:00Z', 'closed'],
    ['30 22 * * sun', '2026-11-22T22:30:00Z', 'open'],
    ['30 22 * * 7', '2026-11-22T22:30:00Z', 'open'],
    // Day of month or day of week: either is enough when both are given.
    ['30 22 1 * 0', '2026-11-22T22:30:00Z', 'open'],
  ])('cron %s at %s is %s', (cron, at, expected) => {
    expect(state({ cron, duration: '1m', timezone: 'UTC' }, at).state).toBe(expected);
  });

  it.each([
    ['61 * * * *', '1h', 'UTC'],
    ['* * * *', '1h', 'UTC'],
    ['5-1 * * * *', '1h', 'UTC'],
    ['* * * * *', '0m', 'UTC'],
    ['* * * * *', 'long', 'UTC'],
    ['* * * * *', '1h', 'Mars/Olympus'],
    // It never comes.
    ['0 0 31 2 *', '1h', 'UTC'],
  ])('%s for %s in %s can’t be read, so it is never open', (cron, duration, timezone) => {
    expect(state({ cron, duration, timezone }, '2026-11-22T22:30:00Z').state).toBe('unreadable');
  });

  it('law: when it says it opens, it is open, and was not the minute before', () => {
    const minute = fc.integer({ min: 0, max: 59 });
    const hour = fc.integer({ min: 0, max: 23 });
    const at = fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2026-12-31T00:00:00Z') });
    fc.assert(
      fc.property(minute, hour, at, (m, h, now) => {
        const window = { cron: `${m} ${h} * * *`, duration: '1h', timezone: 'Europe/Berlin' };
        const found = windowState([window], now);
        if (found.state !== 'closed') return found.state === 'open';
        const opening = windowState([window], found.opensAt);
        return (
          found.opensAt > now &&
          opening.state === 'open' &&
          windowState([window], found.opensAt - 60_000).state === 'closed'
        );
      }),
      { numRuns: 30 },
    );
  });
});
