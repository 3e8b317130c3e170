import { describe, expect, it } from 'vitest';
import { checkBackups, checkRecoveryPlan } from '../../../src/decisions/checks/backups.ts';
import { statusOf } from '../../../src/decisions/checks/check.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const DAY = 86_400_000;
const snapshot = (age: number, bytes = 544) => ({ name: `s-${age}`, bytes, takenAt: NOW - age });

describe('the newest snapshot', () => {
  it.each([
    ['none', [], 'critical'],
    ['of this morning', [snapshot(DAY / 3)], 'healthy'],
    ['seven days old', [snapshot(7 * DAY)], 'healthy'],
    ['a moment older than seven days', [snapshot(7 * DAY + 1)], 'critical'],
    ['empty', [snapshot(1000, 0)], 'critical'],
    ['empty, and an older whole one', [snapshot(2000), snapshot(1000, 0)], 'critical'],
  ])('R138: %s', (_what, snapshots, status) => {
    expect(statusOf(checkBackups('prod', snapshots, NOW).issues)).toBe(status);
  });

  it('R138: its age and size are told', () => {
    expect(checkBackups('prod', [snapshot(2 * 3_600_000)], NOW).figures.newest).toMatchObject({
      age_hours: 2,
      bytes: 544,
    });
  });
});

describe('the recovery plan', () => {
  const whole = {
    hasSnapshot: true,
    hasMachineConfigurations: true,
    hasSecretsBundle: true,
    hasContacts: true,
    rtoMinutesMeasured: 12,
  };

  it('R140: is whole with snapshot, machine configurations, secrets bundle and contacts', () => {
    expect(checkRecoveryPlan('prod', whole)).toMatchObject({ issues: [], figures: { rto_minutes: 12 } });
  });

  it.each([['hasSnapshot'], ['hasMachineConfigurations'], ['hasSecretsBundle'], ['hasContacts']] as const)(
    'R140: without %s it is critical',
    part => {
      const { issues } = checkRecoveryPlan('prod', { ...whole, [part]: false });
      expect(issues).toEqual([expect.objectContaining({ severity: 'critical' })]);
    },
  );
});
