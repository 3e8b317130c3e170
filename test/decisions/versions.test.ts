import { fc, test as law } from '@fast-check/vitest';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import {
  clientFits,
  installsSeparately,
  isSameVersion,
  kubernetesFits,
  normalVersion,
  singleHop,
  talosMinors,
  talosPath,
  talosVersionOfImage,
  usesLegacyUpgrade,
} from '../../src/decisions/versions.ts';

describe('talosPath', () => {
  it.each([
    { from: 'v1.12.11', to: 'v1.13.9', path: ['v1.13.9'], legacyAt: ['v1.12.11'] },
    { from: '1.12.11', to: '1.13.9', path: ['v1.13.9'], legacyAt: ['v1.12.11'] },
    { from: 'v1.13.1', to: 'v1.13.9', path: ['v1.13.9'], legacyAt: [] },
    { from: 'v1.13.9', to: 'v1.13.12', path: ['v1.13.12'], legacyAt: [] },
    { from: 'v1.13.9', to: 'v1.13.9', path: [], legacyAt: [] },
    { from: 'v1.11.2', to: 'v1.13.9', path: ['v1.12.11', 'v1.13.9'], legacyAt: ['v1.11.2', 'v1.12.11'] },
    { from: 'v1.8.4', to: 'v1.9.6', path: ['v1.9.6'], legacyAt: ['v1.8.4'] },
    { from: 'v1.13.9', to: 'v1.14.0-beta.1', path: ['v1.14.0-beta.1'], legacyAt: [] },
  ])('goes from $from to $to by $path', ({ from, to, path, legacyAt }) => {
    expect(talosPath({ from, to })).toEqual({ ok: true, path, legacyAt });
  });

  it.each([
    { from: 'v1.9.6', to: 'v1.13.9', says: 'v1.9.6 → v1.10.9 → v1.11.6 → v1.12.11 → v1.13.9' },
    { from: 'v1.8.0', to: 'v1.11.6', says: 'v1.9.6' },
    { from: 'v1.13.9', to: 'v1.12.11', says: 'boot the other slot' },
    { from: 'v1.13.9', to: 'v1.13.8', says: 'boot the other slot' },
    { from: 'v1.12.11', to: 'v1.15.0', says: 'choose a version of 1.9 to 1.14' },
    { from: 'v1.6.0', to: 'v1.9.6', says: 'one minor at a time' },
    { from: 'v0.14.0', to: 'v1.9.6', says: 'one minor at a time' },
  ])('refuses $from to $to and names what to do', ({ from, to, says }) => {
    const answer = talosPath({ from, to });
    expect(answer).toMatchObject({ ok: false, code: 'VERSION_SKEW' });
    expect(answer.ok ? '' : answer.remedy).toContain(says);
  });

  it.each([
    '',
    'v1.13',
    '1',
    'latest',
    'v1.13.9 ',
    ' v1.13.9',
    'v1.13.9+dirty',
    '01.2.3',
    'v1.13.9;reboot',
    '-v1.13.9',
  ])('refuses the malformed version %j on either side', version => {
    expect(talosPath({ from: version, to: 'v1.13.9' })).toMatchObject({ ok: false, code: 'VERSION_SKEW' });
    expect(talosPath({ from: 'v1.12.11', to: version })).toMatchObject({ ok: false, code: 'VERSION_SKEW' });
  });

  const minors = talosMinors.map(({ minor }) => Number(minor.split('.')[1]));
  const anyVersion = fc
    .tuple(fc.integer({ min: Math.min(...minors) - 2, max: Math.max(...minors) + 1 }), fc.integer({ min: 0, max: 12 }))
    .map(([minor, patch]) => `v1.${minor}.${patch}`);

  law.prop([anyVersion, anyVersion])('a path only goes up, ends at the target and never skips a minor', (from, to) => {
    const answer = talosPath({ from, to });
    if (!answer.ok) {
      expect(answer.remedy).not.toBe('');
      return;
    }
    const stops = [from, ...answer.path];
    expect(stops.at(-1)).toBe(to);
    stops.slice(1).forEach((stop, index) => {
      const before = stops[index] ?? '';
      expect(semver.gt(stop, before)).toBe(true);
      expect(semver.minor(stop) - semver.minor(before)).toBeLessThanOrEqual(1);
    });
  });
});

describe('singleHop', () => {
  it('refuses a path of two hops and names the first one as the plan to make', () => {
    const answer = singleHop({ from: 'v1.11.6', to: 'v1.13.9' });
    expect(answer).toMatchObject({
      ok: false,
      code: 'VERSION_SKEW',
      remedy: 'plan the upgrade to v1.12.11 first, then plan again',
    });
  });

  it('is the path itself for one hop, none, or a refusal', () => {
    for (const to of ['v1.13.9', 'v1.12.11', 'v1.12.1', 'nonsense']) {
      expect(singleHop({ from: 'v1.12.11', to })).toEqual(talosPath({ from: 'v1.12.11', to }));
    }
  });
});

describe('what a version can do', () => {
  it.each([
    ['v1.13.7', 'v1.13.7', true],
    ['v1.13.9', 'v1.14.0', true],
    ['v1.13.6', 'v1.13.9', false],
    ['v1.13.9', 'v1.13.6', false],
    ['v1.12.11', 'v1.13.9', false],
    [undefined, 'v1.13.9', false],
    ['v1.13.9', undefined, false],
    ['unknown', 'v1.13.9', false],
  ])('server %s with talosctl %s installs separately: %s', (server, client, separately) => {
    expect(installsSeparately(server, client)).toBe(separately);
  });

  it.each([
    ['v1.12.11', true],
    ['v1.13.0-alpha.1', true],
    ['v1.13.0-alpha.2', true],
    ['v1.13.0-beta.0', false],
    ['v1.13.0', false],
    ['v1.14.0', false],
    ['garbage', true],
  ])('%s uses the legacy upgrade call: %s', (server, legacy) => {
    expect(usesLegacyUpgrade(server)).toBe(legacy);
  });

  it.each([
    ['v1.13.9', 'v1.35.4', true],
    ['v1.13.9', 'v1.31.0', true],
    ['v1.13.9', 'v1.36.9+k3s1', true],
    ['v1.13.9', 'v1.30.9', false],
    ['v1.13.9', 'v1.37.0', false],
    ['v1.9.6', '1.27', true],
    ['v1.10.9', 'v1.9.0', false],
    ['v1.15.0', 'v1.35.4', false],
    ['v1.13.9', '', false],
    ['v1.13.9', 'unknown', false],
  ])('Talos %s runs Kubernetes %s: %s', (talos, kubernetes, ok) => {
    expect(kubernetesFits(talos, kubernetes).ok).toBe(ok);
  });

  it.each([
    ['v1.13.9', 'v1.12.11', true],
    ['v1.12.11', 'v1.13.9', true],
    ['v1.13.1', 'v1.13.9', true],
    ['v1.14.0', 'v1.12.11', false],
    ['v1.10.9', 'v1.12.11', false],
    [undefined, 'v1.13.9', false],
    ['v1.13.9', 'unknown', false],
  ])('talosctl %s fits Talos %s: %s', (client, server, ok) => {
    expect(clientFits(client, server).ok).toBe(ok);
  });
});

describe('reading versions', () => {
  it.each([
    ['Talos (v1.12.11)', 'v1.12.11'],
    ['Talos (v1.14.0-beta.0)', 'v1.14.0-beta.0'],
    ['Talos (1.12.11)', undefined],
    ['Ubuntu 24.04 LTS', undefined],
    ['', undefined],
  ])('the osImage %j names %s', (image, version) => {
    expect(talosVersionOfImage(image)).toBe(version);
  });

  it('equal versions are equal with and without v, unknown ones never', () => {
    expect(isSameVersion('1.13.9', 'v1.13.9')).toBe(true);
    expect(isSameVersion('v1.13.9', 'v1.13.8')).toBe(false);
    expect(isSameVersion(undefined, undefined)).toBe(false);
    expect(isSameVersion('unknown', 'unknown')).toBe(false);
  });

  law.prop([fc.string()])('a text is read as a version only if it is one, and then reads as itself', text => {
    const version = normalVersion(text);
    if (version !== undefined) {
      expect(normalVersion(version)).toBe(version);
      expect(semver.valid(version)).not.toBeNull();
    }
  });
});
