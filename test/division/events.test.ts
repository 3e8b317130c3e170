import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventOf, MESSAGE_LIMIT } from '../../src/division/events.ts';
import type { Effect } from '../../src/model/effect.ts';
import type { JournalBody } from '../../src/model/journal.ts';
import { AT, hashOf } from './fixtures/records.ts';

const target = { cluster: 'staging', node: 'w1', address: '10.0.0.5', endpoints: ['10.0.0.2'] };
const attempt = { ...target, attempt_id: 'a1', system_uuid: 's1', boot_id: 'b1' };
const cordon: Effect = {
  kind: 'cordon',
  cluster: 'staging',
  node: 'w1',
  resource_version: '5',
  prior_unschedulable: false,
};
const evict: Effect = {
  kind: 'evict',
  cluster: 'staging',
  node: 'w1',
  pods: [{ namespace: 'shop', name: 'cart', uid: 'u1' }],
};

const cases: [JournalBody, string | undefined, string][] = [
  [
    { kind: 'queued', plan_hash: hashOf('ab12'), requested_by: 'coo' },
    undefined,
    'queued plan ab12000000000000 for coo',
  ],
  [
    { kind: 'authorized', level: 'coo', rule: 'seed line 114', approved_by: 'alice' },
    undefined,
    'authorized: coo, alice (seed line 114)',
  ],
  [{ kind: 'started' }, undefined, 'started'],
  [{ kind: 'phase', name: 'staging: workers' }, undefined, 'phase staging: workers'],
  [{ kind: 'intent', effect: cordon, reason: 'next in the plan' }, 'w1', 'cordon w1: next in the plan'],
  [
    { kind: 'intent', effect: { kind: 'hold_lease', cluster: 'staging' }, reason: '' },
    undefined,
    'hold the lease of staging',
  ],
  [
    { kind: 'intent', effect: { kind: 'install', ...attempt, image: 'x', reboots: true }, reason: '' },
    'w1',
    'install and reboot w1',
  ],
  [
    { kind: 'outcome', effect: { kind: 'reboot', ...attempt }, result: 'unknown', detail: 'timed out' },
    'w1',
    'reboot w1: unknown, timed out',
  ],
  [
    { kind: 'outcome', effect: evict, result: 'refused', detail: '', evicted: [], evictions_refused: 1 },
    'w1',
    'evict 1 pod from w1: 0 evicted, 1 refused',
  ],
  [
    { kind: 'observed', cluster: 'staging', node: 'w1', state: 'in_doubt', reason: 'no receipt', evidence: [] },
    'w1',
    'w1 is in doubt: no receipt',
  ],
  [
    { kind: 'waiting', reason: 'shop/cart allows no disruption', what_ends_it: 'a cart pod is Ready' },
    undefined,
    'waiting, shop/cart allows no disruption; ends when a cart pod is Ready',
  ],
  [
    { kind: 'control', action: 'resolve', reason: 'saw it boot', by: 'coo', node: 'w1', as: 'not_started' },
    'w1',
    'coo asked to resolve w1 as not started: saw it boot',
  ],
  [
    { kind: 'stopped', status: 'halted', code: 'OUTCOME_UNKNOWN', reason: 'w1 is in doubt', remedy: 'r', evidence: [] },
    undefined,
    'halted, OUTCOME_UNKNOWN: w1 is in doubt',
  ],
  [{ kind: 'finished', status: 'succeeded', summary: '6 nodes' }, undefined, 'succeeded: 6 nodes'],
];

describe('an event', () => {
  test.each(cases)('of %j names node %s and says: %s', (body, node, message) => {
    expect(eventOf({ sequence: 7, at: AT, ...body })).toEqual({
      cursor: 7,
      at: AT,
      kind: body.kind,
      message,
      ...(node === undefined ? {} : { node }),
    });
  });

  test('is one line of at most 120 characters, whatever its reason', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), reason => {
        const { message } = eventOf({ sequence: 1, at: AT, kind: 'intent', effect: cordon, reason });
        expect(message.length).toBeLessThanOrEqual(MESSAGE_LIMIT);
        expect(message).not.toMatch(/[\r\n]/);
        expect(message.startsWith('cordon w1')).toBe(true);
      }),
    );
  });

  test('keeps foreign text inside its fence to the end, however long it is and wherever it is cut', () => {
    const text = fc.string({ unit: 'grapheme-ascii', maxLength: 150 }).map(piece => piece.replaceAll('<', ''));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 4 }), pieces => {
        const detail = pieces.map(([ours, theirs]) => `${ours}<untrusted>${theirs}</untrusted>`).join('');
        const { message } = eventOf({ sequence: 1, at: AT, kind: 'outcome', effect: cordon, result: 'failed', detail });
        expect(message.length).toBeLessThanOrEqual(MESSAGE_LIMIT);
        const marks = [...message.matchAll(/<(\/?)untrusted>/g)].map(([, slash]) => slash);
        expect(marks).toEqual(marks.map((_, index) => (index % 2 === 0 ? '' : '/')));
        expect(marks.length % 2).toBe(0);
        expect(message.replaceAll(/<\/?untrusted>/g, '')).not.toContain('<');
      }),
      { numRuns: 1000 },
    );
  });

  test('of a reason that only opens a fence closes it', () => {
    const reason = 'see <untrusted>this';
    const { message } = eventOf({ sequence: 1, at: AT, kind: 'control', action: 'pause', by: 'coo', reason });
    expect(message).toBe('coo asked to pause: see <untrusted>this…</untrusted>');
  });
});
