import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { jsonPatch } from '../../../../src/simulation/kubernetes-api/patches/json-patch.ts';
import { mergePatch } from '../../../../src/simulation/kubernetes-api/patches/merge-patch.ts';

describe('merge patch (RFC 7386, appendix A)', () => {
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j and %j give %j', (target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected);
  });

  test.prop([fc.jsonValue(), fc.jsonValue()])('never changes what it is given', (target, patch) => {
    const before = JSON.stringify([target, patch]);
    mergePatch(target, patch);
    expect(JSON.stringify([target, patch])).toBe(before);
  });
});

describe('JSON patch', () => {
  it.each([
    ['add', [{ op: 'add', path: '/a/-', value: 3 }], { a: [1, 2, 3] }],
    ['remove', [{ op: 'remove', path: '/a/0' }], { a: [2] }],
    ['replace the whole', [{ op: 'replace', path: '', value: { b: 1 } }], { b: 1 }],
    [
      'test that holds',
      [
        { op: 'test', path: '/a/1', value: 2 },
        { op: 'replace', path: '/a', value: [] },
      ],
      { a: [] },
    ],
    ['move', [{ op: 'move', from: '/a/0', path: '/a/1' }], { a: [2, 1] }],
    ['an escaped name', [{ op: 'add', path: '/x~1y', value: 1 }], { a: [1, 2], 'x/y': 1 }],
  ])('%s', (_title, patch, expected) => {
    expect(jsonPatch(Object.freeze({ a: Object.freeze([1, 2]) }), patch)).toEqual(expected);
  });

  it.each([
    ['no list', { op: 'add' }, 400],
    ['a test that fails', [{ op: 'test', path: '/a', value: 2 }], 422],
    ['a path that is not there', [{ op: 'replace', path: '/b/c', value: 2 }], 422],
    ['removing what is not there', [{ op: 'remove', path: '/b' }], 422],
    ['an unknown operation', [{ op: 'increment', path: '/a' }], 422],
    ['a move from nowhere', [{ op: 'move', path: '/a' }], 422],
    ['a prototype', [{ op: 'add', path: '/__proto__/x', value: 1 }], 422],
  ])('%s is refused', (_title, patch, code) => {
    expect(() => jsonPatch({ a: [1, 2] }, patch)).toThrow(expect.objectContaining({ code }));
  });
});
