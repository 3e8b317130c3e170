import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkCertificates,
  checkChain,
  checkRotation,
  inventoryOf,
  type MachineCertificates,
} from '../../../src/decisions/checks/certificates.ts';
import { statusOf } from '../../../src/decisions/checks/check.ts';
import type { CertificateFacts } from '../../../src/model/machine-facts.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-22T10:00:00Z');

const certificate = (daysLeft: number, change: Partial<CertificateFacts> = {}): CertificateFacts => ({
  kind: 'kubernetes',
  name: 'apiServer',
  notBefore: NOW - 200 * DAY,
  expiresAt: NOW + daysLeft * DAY,
  ...change,
});

const machine = (certificates: readonly CertificateFacts[], change: Partial<MachineCertificates> = {}) => ({
  node: 'cp-1',
  certificates,
  unanswered: [],
  ...change,
});

const expiry = (daysLeft: number, change: Partial<CertificateFacts> = {}) =>
  checkCertificates([machine([certificate(daysLeft, change)])], NOW, 30);

describe('when a certificate ends', () => {
  it.each([
    [31, 'healthy'],
    [30, 'healthy'],
    [29, 'degraded'],
    [0, 'critical'],
    [-1, 'critical'],
  ])('R108, R133: %d days left is %s', (daysLeft, status) => {
    expect(statusOf(expiry(daysLeft).issues)).toBe(status);
  });

  it.each([
    [0.6, 'healthy'],
    [0.26, 'healthy'],
    [0.24, 'degraded'],
    [-0.1, 'critical'],
  ])('one that lives a day and renews itself is judged by its own life: %d days left is %s', (daysLeft, status) => {
    const notBefore = NOW - (1 - daysLeft) * DAY;
    expect(statusOf(expiry(daysLeft, { kind: 'talos', notBefore }).issues)).toBe(status);
  });

  it('one that is not valid yet is told', () => {
    expect(statusOf(expiry(300, { notBefore: NOW + 1 }).issues)).toBe('degraded');
  });

  it('R108: what could not be read is unknown: a machine, a part of it, all', () => {
    for (const machines of [
      [],
      [machine([], { error: 'TIMEOUT' })],
      [machine([certificate(300)], { unanswered: ['etcd'] })],
    ]) {
      expect(statusOf(checkCertificates(machines, NOW, 30).issues)).toBe('unknown');
    }
  });

  it('law: fewer days never look better', () => {
    const worst = ['healthy', 'degraded', 'unknown', 'critical'];
    const rank = (days: number) => worst.indexOf(statusOf(expiry(days).issues));
    fc.assert(
      fc.property(fc.integer({ min: -400, max: 400 }), fc.nat(400), (days, more) => rank(days) >= rank(days + more)),
    );
  });

  it('what is the same on all machines is listed once', () => {
    const client = certificate(300, { kind: 'client', name: 'talosconfig' });
    const machines = [machine([client]), machine([client], { node: 'cp-2' })];
    expect(checkCertificates(machines, NOW, 30).figures.certificates).toBe(1);
  });
});

describe('what is rotated', () => {
  it('R134: client credentials and authorities; a server certificate renews itself and is looked at', () => {
    const due = [
      certificate(10, { kind: 'client', name: 'talosconfig' }),
      certificate(10, { kind: 'authority', name: 'kubernetes' }),
      certificate(10),
      certificate(300, { kind: 'etcd', name: 'peer' }),
    ];
    const { issues, figures } = checkRotation([machine(due)], NOW, 30);
    expect(figures.rotate).toEqual([
      expect.objectContaining({ what: 'client', name: 'talosconfig' }),
      expect.objectContaining({ what: 'kubernetes-ca', name: 'kubernetes' }),
    ]);
    expect(issues.map(({ message }) => message)).toContainEqual(expect.stringContaining('renews itself and did not'));
  });
});

describe('the chain', () => {
  const server = (change: object = {}) => ({
    url: 'https://10.0.0.1:6443',
    reachable: true,
    version: 'v1.35.4',
    etcdReady: true as const,
    error: undefined,
    ...change,
  });
  const chain = (change: object) => checkChain([server(change)], [machine([certificate(300)])]).issues;

  it('R135: a leaf of another authority is critical, silence is unknown, a server that answered was verified', () => {
    expect(chain({})).toEqual([]);
    expect(
      statusOf(chain({ reachable: false, error: 'no API server answered (UNABLE_TO_VERIFY_LEAF_SIGNATURE)' })),
    ).toBe('critical');
    expect(statusOf(chain({ reachable: false, error: 'no API server answered (ECONNREFUSED)' }))).toBe('unknown');
  });

  it('R135: no server asked is unknown', () => {
    expect(statusOf(checkChain([], [machine([certificate(300)])]).issues)).toBe('unknown');
  });
});

it('R136: the inventory has names and dates', () => {
  expect(inventoryOf([machine([certificate(29)])])).toEqual([
    {
      node: 'cp-1',
      kind: 'kubernetes',
      name: 'apiServer',
      not_before: '2026-05-06T10:00:00.000Z',
      expires_at: '2026-12-21T10:00:00.000Z',
    },
  ]);
});
