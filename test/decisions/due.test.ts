import { describe, expect, it } from 'vitest';
import { dueNow } from '../../src/decisions/due.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const HOUR = 3_600_000;
const ago = (milliseconds: number): string => new Date(NOW - milliseconds).toISOString();
const health = { name: 'daily_health_check', dueEveryHours: 4 };

const dueAfter = (cadence: { name: string; dueEveryHours: number }, milliseconds: number): boolean =>
  dueNow([cadence], [{ name: cadence.name, finished_at: ago(milliseconds) }], NOW).length === 1;

describe('what is due', () => {
  it.each([
    ['3 h 59 min after', 4 * HOUR - 60_000, false],
    ['a millisecond before', 4 * HOUR - 1, false],
    ['4 h after', 4 * HOUR, true],
    ['a day after', 24 * HOUR, true],
  ])('R102: %s the last one', (_when, milliseconds, isDue) => {
    expect(dueAfter(health, milliseconds)).toBe(isDue);
  });

  it('counts from the newest end of the same procedure only', () => {
    const done = [
      { name: 'daily_health_check', finished_at: ago(HOUR) },
      { name: 'daily_health_check', finished_at: ago(9 * HOUR) },
    ];
    expect(dueNow([health], done, NOW)).toEqual([]);
    expect(dueNow([health], [{ name: 'backup_validation', finished_at: ago(HOUR) }], NOW)).toEqual([
      { name: 'daily_health_check', last_at: undefined, due_at: new Date(NOW).toISOString() },
    ]);
  });

  it('names what is due the longest first, and leaves out what is done when asked', () => {
    const weekly = { name: 'backup_validation', dueEveryHours: 168 };
    const done = [
      { name: 'daily_health_check', finished_at: ago(5 * HOUR) },
      { name: 'backup_validation', finished_at: ago(200 * HOUR) },
    ];
    const due = dueNow([health, { name: 'maintain_node' }, weekly], done, NOW);
    expect(due.map(({ name }) => name)).toEqual(['backup_validation', 'daily_health_check']);
    expect(due[0]).toEqual({ name: 'backup_validation', last_at: ago(200 * HOUR), due_at: ago(32 * HOUR) });
  });
});
