import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRestored, type ListedObject } from '../../../src/decisions/checks/restored.ts';

const TAKEN = Date.parse('2026-11-22T10:00:00Z');
const object = (name: string, createdAt: number | undefined = TAKEN - 1, uid = `uid of ${name}`): ListedObject => ({
  kind: 'Deployment',
  namespace: 'web',
  name,
  uid,
  createdAt,
});

describe('what a restored backup is measured by', () => {
  it.each<[string, ListedObject[], ListedObject[], string[], object]>([
    ['all of it', [object('a'), object('b')], [object('a'), object('b')], [], { missing: 0, since: 0, back: 0 }],
    [
      'one is missing',
      [object('a'), object('b')],
      [object('a')],
      ['Deployment web/b'],
      { live: 2, restored: 1, missing: 1 },
    ],
    ['one was made since', [object('a'), object('b', TAKEN + 1)], [object('a')], [], { missing: 0, since: 1 }],
    ['one was made at that very moment', [object('a', TAKEN)], [], ['Deployment web/a'], { missing: 1, since: 0 }],
    [
      'one does not say when it was made',
      [{ ...object('a'), createdAt: undefined }],
      [],
      ['Deployment web/a'],
      { missing: 1 },
    ],
    ['one was deleted since', [], [object('a')], [], { live: 0, restored: 1, back: 1 }],
    [
      'one was made again before',
      [object('a', TAKEN - 1, 'new')],
      [object('a')],
      ['Deployment web/a'],
      { missing: 1, back: 1 },
    ],
  ])('R139: %s', (_what, live, restored, missing, counts) => {
    const compared = compareRestored(live, restored, TAKEN);
    expect(compared.missing).toEqual(missing);
    expect(compared.kinds.Deployment).toMatchObject(counts);
  });

  it('a backup of what lives now lacks nothing, and each object counts once', () => {
    const listed = fc
      .uniqueArray(fc.string({ minLength: 1 }), { maxLength: 20 })
      .map(names => names.map(name => object(name)));
    fc.assert(
      fc.property(listed, fc.nat(), (live, seed) => {
        expect(compareRestored(live, live, TAKEN).missing).toEqual([]);
        const kept = live.filter((_each, index) => (seed >> (index % 30)) % 2 === 0);
        const { kinds, missing } = compareRestored(live, kept, TAKEN);
        expect(missing.length).toBe(live.length - kept.length);
        expect(kinds.Deployment?.restored ?? 0).toBe(kept.length);
      }),
    );
  });
});
