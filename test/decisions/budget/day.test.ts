import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { dayOf, nextDayAt } from '../../../src/decisions/budget.ts';

const HOUR_MS = 3_600_000;
const at = (text: string): number => Date.parse(text);
const hoursOf = (start: string, zone: string): number => (nextDayAt(at(start), zone) - at(start)) / HOUR_MS;

describe('the day of the division', () => {
  it.each([
    ['2026-11-22T23:59:59.999Z', 'UTC', '2026-11-22'],
    ['2026-11-23T00:00:00.000Z', 'UTC', '2026-11-23'],
    ['2026-11-22T22:59:59.999Z', 'Europe/Berlin', '2026-11-22'],
    ['2026-11-22T23:00:00.000Z', 'Europe/Berlin', '2026-11-23'],
    ['2026-11-22T05:59:59.000Z', 'America/Chicago', '2026-11-21'],
    ['2026-11-22T18:15:00.000Z', 'Asia/Kathmandu', '2026-11-23'],
    ['2026-06-30T12:00:00.000Z', 'Pacific/Kiritimati', '2026-07-01'],
  ])('R43: %s in %s is %s', (instant, zone, day) => {
    expect(dayOf(at(instant), zone)).toBe(day);
  });

  it.each([
    ['an ordinary one', '2026-11-21T23:00:00Z', 'Europe/Berlin', 24],
    ['one whose clock is put forward', '2026-03-28T23:00:00Z', 'Europe/Berlin', 23],
    ['one whose clock is put back', '2026-10-24T22:00:00Z', 'Europe/Berlin', 25],
    ['one by half an hour', '2026-04-04T13:00:00Z', 'Australia/Lord_Howe', 24.5],
    ['one that begins at one o’clock', '2026-09-06T04:00:00Z', 'America/Santiago', 23],
  ])('has its hours: %s', (_which, start, zone, hours) => {
    expect(hoursOf(start, zone)).toBe(hours);
  });

  it('a zone there is not is refused, not guessed', () => {
    expect(() => dayOf(0, 'Europe/Nowhere')).toThrow(RangeError);
  });

  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'Asia/Tehran'];
  const instants = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });

  test.prop([instants, fc.constantFrom(...zones)])('turns exactly when the next one begins', (instant, zone) => {
    const next = nextDayAt(instant, zone);
    const today = dayOf(instant, zone);
    expect(next).toBeGreaterThan(instant);
    expect(next - instant).toBeLessThanOrEqual(25 * HOUR_MS);
    expect(dayOf(next - 1, zone)).toBe(today);
    expect(dayOf(next, zone) > today).toBe(true);
  });

  test.prop([instants, fc.nat(400 * 24 * HOUR_MS), fc.constantFrom(...zones)])(
    'never goes back',
    (instant, later, zone) => {
      expect(dayOf(instant + later, zone) >= dayOf(instant, zone)).toBe(true);
    },
  );
});
