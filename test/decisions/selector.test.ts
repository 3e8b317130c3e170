import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { matchesLabels, parseSelector } from '../../src/decisions/selector.ts';

const labels = { app: 'web', tier: 'front', 'topology.kubernetes.io/zone': 'a', empty: '' };

describe('matchesLabels', () => {
  it.each([
    [undefined, false],
    [{}, true],
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'web', tier: 'back' } }, false],
    [{ matchLabels: { missing: 'x' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['db', 'web'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: [] }] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
    [{ matchExpressions: [{ key: 'missing', operator: 'NotIn', values: ['web'] }] }, true],
    [{ matchExpressions: [{ key: 'empty', operator: 'Exists' }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
    [{ matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, false],
    [{ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['back'] }] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'Gt', values: ['1'] }] }, true],
  ])('%j matches: %s', (selector, matches) => {
    expect(matchesLabels(selector, labels)).toBe(matches);
  });
});

describe('parseSelector', () => {
  it.each([
    ['app=web', true],
    ['app==web', true],
    ['app = web', true],
    ['app!=web', false],
    ['missing!=web', true],
    ['empty=', true],
    ['app in (web, db),tier notin (back)', true],
    ['app in (db)', false],
    ['topology.kubernetes.io/zone=a', true],
    ['app,!gpu', true],
    ['gpu', false],
    ['! app', false],
  ])('%j selects a node with app=web: %s', (text, selects) => {
    const parsed = parseSelector(text);
    expect(parsed.ok && matchesLabels(parsed.selector, labels)).toBe(selects);
    expect(parsed.ok).toBe(true);
  });

  it.each([
    '',
    ',',
    'app=web,',
    'app in ()',
    'app in (a',
    'app=a=b',
    'app>1',
    '=web',
    'app=we b',
    'Äpp=1',
    'app in (a,b))',
  ])('refuses %j whole, with the way to write it', text => {
    expect(parseSelector(text)).toMatchObject({ ok: false, code: 'INPUT_INVALID' });
  });

  law.prop([fc.string()])('never throws', text => {
    expect(typeof parseSelector(text).ok).toBe('boolean');
  });
});
