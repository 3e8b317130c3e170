import { describe, expect, it } from 'vitest';
import { partyNamed, priorityOf, recipients, slugFor, wordOf } from '../../src/decisions/handoff-fields.ts';
import { readTime } from '../../src/decisions/handoff-time.ts';

describe('R84: a priority', () => {
  it.each([
    ['critical', 'critical'],
    ['CRITICAL', 'critical'],
    ['p0', 'critical'],
    ['P0', 'critical'],
    ['immediate', 'critical'],
    ['high', 'high'],
    ['HIGH', 'high'],
    ['p1', 'high'],
    ['medium', 'medium'],
    ['normal', 'medium'],
    ['p2', 'medium'],
    [2, 'medium'],
    [' low ', 'low'],
    ['p3', 'low'],
    ['', undefined],
    ['soon', undefined],
    ['constructor', undefined],
    [7, undefined],
    [null, undefined],
    [['high'], undefined],
  ])('%j is %s', (given, expected) => expect(priorityOf(given)).toBe(expected));
});

describe('R86: a time', () => {
  it.each([
    ['2025-12-09T10:00:00Z', '2025-12-09T10:00:00.000Z'],
    ['2025-12-09t10:00:00z', '2025-12-09T10:00:00.000Z'],
    ['2025-12-09T10:00:00+0000', '2025-12-09T10:00:00.000Z'],
    ['2025-12-09T04:00:00-0600', '2025-12-09T10:00:00.000Z'],
    ['2025-12-09T04:00:00-06:00', '2025-12-09T10:00:00.000Z'],
    ['2025-12-09T11:00:00+01', '2025-12-09T10:00:00.000Z'],
    ['2025-12-09 10:00:00 UTC', '2025-12-09T10:00:00.000Z'],
    ['2025-12-09T10:00:00.123456789Z', '2025-12-09T10:00:00.123Z'],
    ['2025-12-09T10:00Z', '2025-12-09T10:00:00.000Z'],
    [1765274400, '2025-12-09T10:00:00.000Z'],
    [1765274400000, '2025-12-09T10:00:00.000Z'],
    ['1765274400', '2025-12-09T10:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('%j is %s', (given, expected) => expect(readTime(given)?.at).toBe(expected));

  it.each([
    '',
    'now',
    '2025-02-29T00:00:00Z',
    '2025-13-01T00:00:00Z',
    '2025-12-09T24:00:00Z',
    '2025-12-09T10:60:00Z',
    '2025-12-09T10:00:00+15:00',
    '1969-12-31T23:59:59Z',
    '2100-01-01T00:00:00Z',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
    {},
  ])('%j is none', given => expect(readTime(given)).toBeUndefined());

  it('says when it had no zone', () => {
    expect(readTime('2025-12-09T10:00:00')).toEqual({ at: '2025-12-09T10:00:00.000Z', hasZone: false });
    expect(readTime('2025-12-09')?.hasZone).toBe(false);
    expect(readTime('2025-12-09T10:00:00+00:00')?.hasZone).toBe(true);
  });
});

describe('R182: the alias table', () => {
  it.each([
    ['infra', 'infrastructure'],
    ['config', 'configuration'],
    ['mon', 'monitoring'],
    ['dev', 'development'],
    ['sec', 'security'],
    ['inv', 'inventory'],
    ['coord', 'coordinator'],
  ])('%s is %s, both ways', (slug, name) => {
    const party = partyNamed(slug);
    expect(party?.name).toBe(name);
    expect(partyNamed(name)).toEqual(party);
    expect(party && slugFor(party)).toBe(slug);
  });

  it('finds every recipient again by name and by abbreviation, and none is ourselves', () => {
    for (const party of recipients) {
      expect(partyNamed(party.name)).toEqual(party);
      expect(partyNamed(slugFor(party).toUpperCase())).toEqual(party);
    }
    expect(recipients.map(({ name }) => name)).not.toContain('containers');
  });

  it('keeps strangers as strangers, as a name', () => {
    expect(partyNamed('__proto__')).toEqual({ kind: 'other', name: 'proto' });
    expect(partyNamed('Coo; rm -rf /')).toEqual({ kind: 'other', name: 'coo-rm-rf' });
    expect(partyNamed('///')).toBeUndefined();
    expect(partyNamed(3)).toBeUndefined();
  });
});

it.each([
  ['Pending Approval', 'pending_approval'],
  ['IN-PROGRESS', 'in_progress'],
  ['a'.repeat(61), undefined],
  ['approved!', undefined],
  ['', undefined],
  [1, undefined],
])('a status or type written %j is %s', (given, expected) => expect(wordOf(given)).toBe(expected));
