import { describe, expect, it } from 'vitest';
import { readServerVersion, readVersion } from '../../../src/talosctl/readers/version.ts';
import { clientOnlyText, versionText } from '../fixtures.ts';
import { refusal } from '../refusal.ts';

describe('readVersion', () => {
  it('reads one entry a node (version.multi)', () =>
    expect(readVersion(versionText('v1.9.1', { '10.4.64.2': 'v1.9.1', '10.4.64.1': 'v1.9.0' }))).toEqual({
      client: 'v1.9.1',
      servers: [
        { node: '10.4.64.2', tag: 'v1.9.1' },
        { node: '10.4.64.1', tag: 'v1.9.0' },
      ],
    }));

  it('reads the short form of the client', () =>
    expect(readVersion('Client:\nTalos v1.13.9\nServer:\n\tNODE: a\n\tTag:         v1.12.11\n')).toEqual({
      client: 'v1.13.9',
      servers: [{ node: 'a', tag: 'v1.12.11' }],
    }));

  it.each(['', 'talosctl 1.2', 'Usage: talosctl', '{}'])('does not understand %j', text =>
    expect(refusal(() => readVersion(text))).toBe('unintelligible'),
  );
});

describe('readServerVersion', () => {
  it("never takes the client's version for the server's (version.mixed)", () =>
    expect(readServerVersion(versionText('v1.13.9', { '10.0.0.2': 'v1.13.8' }))).toEqual({
      client: 'v1.13.9',
      server: 'v1.13.8',
    }));

  it.each([
    ['version.client-only', clientOnlyText('v1.13.9')],
    ['an empty Server block', `${clientOnlyText('v1.13.9')}Server:\n`],
    ['two servers', versionText('v1.9.1', { a: 'v1.9.1', b: 'v1.9.1' })],
    ['a server tag that is no version', versionText('v1.9.1', { a: 'undefined' })],
  ])('does not understand %s', (_, text) => expect(refusal(() => readServerVersion(text))).toBe('unintelligible'));
});
