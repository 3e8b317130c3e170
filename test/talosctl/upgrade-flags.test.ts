import { describe, expect, it } from 'vitest';
import { isAtLeast } from '../../src/talosctl/releases.ts';
import { upgradeFlags } from '../../src/talosctl/upgrade-flags.ts';
import { refusal } from './refusal.ts';

describe('isAtLeast', () => {
  it.each([
    ['v1.13.7', 'v1.13.7', true],
    ['v1.13.6', 'v1.13.7', false],
    ['v1.14.0', 'v1.13.7', true],
    ['v1.9.10', 'v1.13.0', false],
    ['v2.0.0', 'v1.13.7', true],
    ['v1.13.7-rc.0', 'v1.13.7', true],
  ])('%s, %s: %s', (tag, release, expected) => expect(isAtLeast(tag, release)).toBe(expected));
  it('does not guess', () => expect(refusal(() => isAtLeast('latest', 'v1.13.7'))).toBe('unintelligible'));
});

describe('upgradeFlags', () => {
  const [drain, wait, alone] = ['--drain=false', '--wait=false', '--no-reboot'];
  it.each([
    ['an old talosctl has no --drain', 'v1.12.11', 'v1.12.11', true, [wait]],
    [
      'D16: a newer one drains and waits unless told not to, against old nodes too',
      'v1.13.9',
      'v1.12.11',
      true,
      [drain, wait],
    ],
    ['new talosctl, new node', 'v1.13.9', 'v1.13.9', true, [drain, wait]],
    ['install alone', 'v1.13.9', 'v1.13.7', false, [drain, wait, alone]],
    ['an unknown talosctl counts as the release of the node', undefined, 'v1.12.11', true, [wait]],
  ])('%s', (_, client, server, reboots, flags) => expect(upgradeFlags(client, server, reboots)).toEqual(flags));

  it.each([
    ['the node would reboot all the same', 'v1.13.9', 'v1.12.11'],
    ['the node is of 1.13 but older than the flag', 'v1.13.9', 'v1.13.6'],
    ['talosctl has no such flag', 'v1.13.6', 'v1.13.9'],
  ])('an install alone is unsupported where %s', (_, client, server) =>
    expect(refusal(() => upgradeFlags(client, server, false))).toBe('unsupported'),
  );
});
