import { describe, expect, it } from 'vitest';
import { standsAgainst, statusOf } from '../../../src/decisions/checks/check.ts';
import { checkReleases, planUpgrade } from '../../../src/decisions/checks/upgrade-planning.ts';
import {
  checkRemovedApis,
  checkStagingRecord,
  checkVersionPath,
  checkWindow,
  type RunningVersions,
} from '../../../src/decisions/checks/versions.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const DAY = 86_400_000;
const running = (change: Partial<RunningVersions> = {}): RunningVersions => ({
  cluster: 'prod',
  environment: 'production',
  kubernetes: 'v1.34.6',
  talos: ['v1.12.11'],
  ...change,
});

describe('what is supported', () => {
  it.each([
    ['v1.36.4', ['v1.13.9'], 'healthy', null],
    ['v1.35.4', ['v1.13.9'], 'healthy', '1.36'],
    ['v1.34.6', ['v1.12.11'], 'degraded', '1.35'],
    ['v1.31.2', ['v1.13.9'], 'degraded', '1.32'],
    ['v1.36.4', ['v1.12.11'], 'degraded', null],
    // The oldest machine counts: 1.9 supports no 1.33.
    ['v1.32.1', ['v1.12.11', 'v1.9.6'], 'degraded', null],
    ['v1.99.0', ['v1.13.9'], 'unknown', null],
  ])('R150: %s on Talos %j is %s and goes to %s next, by the bundled matrix', (kubernetes, talos, status, next) => {
    const { issues, figures } = checkReleases(running({ kubernetes, talos }), NOW);
    expect(statusOf(issues)).toBe(status);
    expect(figures.next_minor).toBe(next);
  });

  it.each([
    [60, 'healthy'],
    [59, 'degraded'],
    [-1, 'degraded'],
  ])('R150: %d days before the end of support is %s', (days, status) => {
    const now = Date.parse('2027-02-28T00:00:00Z') - days * DAY;
    expect(statusOf(checkReleases(running({ kubernetes: 'v1.35.4', talos: ['v1.13.9'] }), now).issues)).toBe(status);
  });

  it('a version that is not known is unknown', () => {
    expect(statusOf(checkReleases(running({ kubernetes: undefined }), NOW).issues)).toBe('unknown');
  });
});

describe('the gate of the way there', () => {
  it.each([
    ['v1.34.6', '1.35.4', []],
    ['v1.34.6', '1.34.9', []],
    ['v1.33.1', '1.35.4', ['1.33 to 1.35 takes 2 upgrades: plan 1.34 first']],
    ['v1.35.4', '1.34.0', ['v1.35.4 to 1.34.0 is a downgrade or another major: Kubernetes only goes up']],
    ['v1.35.4', '1.36.0', ['Talos 1.12 runs Kubernetes 1.30 to 1.35, not 1.36']],
  ])('SAFETY 10: %s to %s has against it %j', (kubernetes, to, messages) => {
    const { issues } = checkVersionPath(running({ kubernetes }), to);
    expect(issues.map(({ message }) => message)).toEqual(messages);
    expect(issues.every(standsAgainst)).toBe(true);
  });

  it('is not passed where a version is not known', () => {
    expect(checkVersionPath(running({ kubernetes: undefined }), '1.35.0').issues.some(standsAgainst)).toBe(true);
    expect(checkVersionPath(running({ talos: [] }), '1.35.0').issues.some(standsAgainst)).toBe(true);
  });
});

describe('the gate of removed APIs', () => {
  const written = {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta3',
    kind: 'FlowSchema',
    namespace: undefined,
    name: 'probes',
    manager: 'helm',
  };

  it('R330: names who writes what the target serves no more, and only then', () => {
    const against = (from: string, to: string) =>
      checkRemovedApis(running({ kubernetes: from }), to, [written]).issues.map(({ message }) => message);
    expect(against('v1.31.2', '1.32.0')).toEqual([
      'helm writes FlowSchema probes as flowcontrol.apiserver.k8s.io/v1beta3, which 1.32 serves no more',
    ]);
    expect(against('v1.30.0', '1.31.0')).toEqual([]);
    expect(against('v1.32.0', '1.33.0')).toEqual([]);
  });
});

describe('the gate of a staging record', () => {
  const wanted = {
    cluster: 'prod',
    environment: 'production' as const,
    playbook: 'kubernetes_upgrade',
    toVersion: 'v1.35.4',
  };
  const done = {
    playbook: 'kubernetes_upgrade',
    environment: 'staging' as const,
    cluster: 'staging',
    toVersion: '1.35.4',
    at: 'x',
  };

  it.each([
    ['nothing', [], false],
    ['the same on staging', [done], true],
    ['another version', [{ ...done, toVersion: '1.35.3' }], false],
    ['another playbook', [{ ...done, playbook: 'talos_upgrade' }], false],
    ['the same on production', [{ ...done, environment: 'production' as const }], false],
  ])('R152, R331: after %s production passes: %s', (_what, past, passes) => {
    expect(checkStagingRecord(wanted, past).issues.length === 0).toBe(passes);
  });

  it('R152: staging itself needs none', () => {
    expect(checkStagingRecord({ ...wanted, environment: 'staging' }, []).issues).toEqual([]);
  });
});

describe('windows', () => {
  const windows = [{ cron: '0 2 * * 6', duration: '4h', timezone: 'UTC' }];

  it('R332: the gate is closed outside them, open inside, and never passed by one that can’t be read', () => {
    expect(checkWindow('prod', windows, Date.parse('2026-11-21T03:00:00Z')).issues).toEqual([]);
    expect(checkWindow('prod', windows, NOW).issues).toEqual([expect.objectContaining({ severity: 'critical' })]);
    expect(checkWindow('prod', [{ cron: 'never', duration: '1h', timezone: 'UTC' }], NOW).issues).toEqual([
      expect.objectContaining({ severity: 'unknown' }),
    ]);
  });

  it('R151: production goes a week after the others, when its window opens', () => {
    const plan = planUpgrade({ ...running(), windows }, undefined, NOW);
    expect(plan.figures.proposal).toMatchObject({ to_minor: '1.35', window_start: '2026-12-05T02:00:00.000Z' });
    const staging = planUpgrade({ ...running({ environment: 'staging' }), windows }, undefined, NOW);
    expect(staging.figures.proposal).toMatchObject({ window_start: '2026-11-28T02:00:00.000Z' });
  });

  it('R151: nothing is proposed where nothing newer is supported', () => {
    expect(planUpgrade({ ...running({ kubernetes: 'v1.35.4' }), windows }, undefined, NOW).figures.proposal).toBeNull();
  });
});
