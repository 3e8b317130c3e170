import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { foldBudget, judgeSpending, refund, reserve, settle, tokensOfBytes } from '../../../src/decisions/budget.ts';
import { type LedgerBody, type LedgerEntry, tokenCategories } from '../../../src/model/budget.ts';
import { allotment, DAY, line } from './ledger-lines.ts';

const tokens = fc.integer({ min: 0, max: 9000 });
const category = fc.constantFrom(...tokenCategories);
const id = fc.constantFrom('op-1', 'op-2', 'op-3');
const bodies: fc.Arbitrary<LedgerBody> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('used' as const),
      source: fc.constantFrom('estimated' as const, 'reported' as const),
      category,
      tokens,
      what: fc.constant('cluster_health'),
      task_id: id,
    },
    { requiredKeys: ['kind', 'source', 'category', 'tokens', 'what'] },
  ),
  fc.record({ kind: fc.constant('reserved' as const), reservation_id: id, category, tokens, reason: fc.constant('x') }),
  fc.record({ kind: fc.constant('settled' as const), reservation_id: id, tokens }),
  fc.record({ kind: fc.constant('refunded' as const), reservation_id: id }),
  fc.record({ kind: fc.constant('answered' as const), contractor: id, calls: tokens, bytes: tokens }),
  fc.record({ kind: fc.constant('notified' as const), notification_id: id }),
);
const ledger: fc.Arbitrary<LedgerEntry[]> = fc.array(
  bodies.map(body => line(body)),
  { maxLength: 30 },
);
const fold = (lines: readonly LedgerEntry[]) => foldBudget(lines, DAY, allotment);

describe('the budget of a day, whatever was written', () => {
  test.prop([ledger])('is never negative, and its parts add up', lines => {
    const budget = fold(lines);
    const categories = tokenCategories.map(name => budget.categories[name]);
    for (const part of categories) {
      for (const value of Object.values(part)) expect(value).toBeGreaterThanOrEqual(0);
      expect(part.used_tokens).toBe(Math.max(part.estimated_tokens, part.reported_tokens));
    }
    const sum = (field: 'used_tokens' | 'reserved_tokens') =>
      categories.reduce((total, part) => total + part[field], 0);
    expect(sum('used_tokens')).toBe(budget.used_tokens);
    expect(sum('reserved_tokens')).toBe(budget.reserved_tokens);
    expect(budget.projected_tokens).toBe(budget.used_tokens + budget.reserved_tokens);
    expect(budget.remaining_tokens).toBe(Math.max(0, budget.daily_tokens - budget.projected_tokens));
    for (const { held_tokens, reserved_tokens } of budget.reservations) {
      expect(held_tokens).toBeGreaterThanOrEqual(0);
      expect(held_tokens).toBeLessThanOrEqual(reserved_tokens);
    }
  });

  test.prop([
    ledger.chain(lines =>
      fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length }), fc.subarray(lines)),
    ),
  ])('does not depend on the order of the lines, nor on one that was kept twice', ([lines, shuffled, twice]) => {
    // A reservation made twice in two categories belongs to one of them, by the lines' ids.
    expect(fold([...shuffled, ...twice])).toEqual(fold(lines));
  });

  test.prop([ledger, category, tokens])('a use never frees tokens', (lines, name, more) => {
    const before = fold(lines);
    const after = fold([
      ...lines,
      line({ kind: 'used', source: 'estimated', category: name, tokens: more, what: 'x' }),
    ]);
    expect(after.used_tokens).toBeGreaterThanOrEqual(before.used_tokens);
    expect(after.remaining_tokens).toBeLessThanOrEqual(before.remaining_tokens);
  });

  test.prop([ledger, tokens, category])('what is reserved and refunded leaves it as it was', (lines, amount, name) => {
    const before = fold(lines);
    const asked = { id: 'op-new', category: name, tokens: amount, reason: 'x', isEmergency: true };
    const { line: reservation } = reserve(before, asked, true);
    fc.pre(reservation !== undefined);
    const held = [...lines, line(reservation)];
    const closing = refund(fold(held), 'op-new');
    const { reservations: _with, ...after } = fold([...held, line(closing?.line ?? expect.fail('was not open'))]);
    const { reservations: _without, ...was } = before;
    expect(after).toEqual(was);
    expect(closing?.refunded_tokens).toBe(amount);
  });

  test.prop([tokens, tokens])('what is settled is used or given back, to the token', (amount, actual) => {
    const held = [
      line({ kind: 'reserved', reservation_id: 'op-new', category: 'supervision', tokens: amount, reason: 'x' }),
    ];
    const closing = settle(fold(held), 'op-new', actual) ?? expect.fail('was not open');
    const after = fold([...held, line(closing.line)]);
    expect(after.used_tokens).toBe(actual);
    expect(after.used_tokens).toBe(amount - closing.refunded_tokens + closing.beyond_tokens);
    expect(after.used_tokens - closing.beyond_tokens).toBeLessThanOrEqual(amount);
    expect(after.reserved_tokens).toBe(0);
  });

  test.prop([ledger, tokens, tokens, category])(
    'asking for more never gets an easier answer',
    (lines, some, further, name) => {
      const budget = fold(lines);
      const strictness = (amount: number) =>
        ['allowed', 'needs_coo', 'refused'].indexOf(
          judgeSpending(budget, { id: 'x', category: name, tokens: amount, reason: 'x', isEmergency: false }).verdict,
        );
      expect(strictness(some + further)).toBeGreaterThanOrEqual(strictness(some));
    },
  );

  test.prop([ledger, tokens])('who reserves only what is allowed never projects beyond 110 %', (lines, amount) => {
    const before = fold(lines);
    const { line: reservation } = reserve(before, {
      id: 'op-new',
      category: 'supervision',
      tokens: amount,
      reason: 'x',
      isEmergency: false,
    });
    fc.pre(reservation !== undefined);
    expect(fold([...lines, line(reservation)]).projected_tokens).toBeLessThanOrEqual(16_500);
  });
});

test.prop([fc.nat(1e9), fc.nat(1e9)])(
  'the tokens of two texts are those of both, but for the rounding',
  (one, other) => {
    const apart = tokensOfBytes(one) + tokensOfBytes(other);
    expect(apart - tokensOfBytes(one + other)).toBeGreaterThanOrEqual(0);
    expect(apart - tokensOfBytes(one + other)).toBeLessThanOrEqual(1);
  },
);
