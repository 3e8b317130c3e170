import { describe, expect, it } from 'vitest';
import {
  foldBudget,
  judgeSpending,
  notificationsDue,
  overrunLimit,
  refund,
  reserve,
  settle,
  tokensOfTask,
} from '../../../src/decisions/budget.ts';
import type { LedgerEntry, Spending } from '../../../src/model/budget.ts';
import { DivisionYaml } from '../../../src/model/config.ts';
import { allotment, DAY, line, reserved, used } from './ledger-lines.ts';

const day = (...lines: LedgerEntry[]) => foldBudget(lines, DAY, allotment);
const spending = (tokens: number, more: Partial<Spending> = {}): Spending => ({
  id: 'op-1',
  category: 'supervision',
  tokens,
  reason: 'talos_upgrade',
  isEmergency: false,
  ...more,
});
const emergency = { category: 'emergency_reserve', isEmergency: true, reason: 'etcd lost quorum' } as const;

describe('the daily budget', () => {
  it('R43, R49: is 15,000 tokens in categories that add up to it, as configured by default', () => {
    const { budget } = DivisionYaml.parse({ clusters: {} });
    expect(budget).toEqual(allotment);
    expect(Object.values(budget.categories).reduce((sum, tokens) => sum + tokens, 0)).toBe(budget.daily_tokens);
    const percentages = Object.values(budget.categories).map(tokens =>
      Math.round((100 * tokens) / budget.daily_tokens),
    );
    expect(percentages).toEqual([27, 53, 13, 7]);
  });

  it('R44: is 7.5 % of the 200,000 of all divisions', () => {
    expect(allotment.daily_tokens / 200_000).toBe(0.075);
  });

  it('R45, R46, R47: is counted by category; nothing used leaves all of it', () => {
    const { categories, used_tokens, remaining_tokens } = day(used('coordination', 100), used('reporting', 30));
    expect(categories.coordination).toMatchObject({ allotted_tokens: 4000, used_tokens: 100, remaining_tokens: 3900 });
    expect(categories.supervision).toMatchObject({ allotted_tokens: 8000, used_tokens: 0, remaining_tokens: 8000 });
    expect(categories.reporting).toMatchObject({ allotted_tokens: 2000, used_tokens: 30, remaining_tokens: 1970 });
    expect({ used_tokens, remaining_tokens }).toEqual({ used_tokens: 130, remaining_tokens: 14_870 });
  });

  it('R43: a line of another day does not count', () => {
    const yesterday = line(
      { kind: 'used', source: 'reported', category: 'reporting', tokens: 900, what: 'coo' },
      '2026-11-21',
    );
    expect(day(yesterday, used('reporting', 5)).used_tokens).toBe(5);
  });

  it('estimated and reported are kept apart; the larger of the two counts, never their sum', () => {
    const { categories, used_tokens } = day(
      used('supervision', 300),
      used('supervision', 500, { source: 'reported' }),
      used('reporting', 80),
      used('reporting', 20, { source: 'reported' }),
    );
    expect(categories.supervision).toMatchObject({ estimated_tokens: 300, reported_tokens: 500, used_tokens: 500 });
    expect(categories.reporting).toMatchObject({ estimated_tokens: 80, reported_tokens: 20, used_tokens: 80 });
    expect(used_tokens).toBe(580);
  });

  it('contractors’ answers are told apart and use nothing', () => {
    const { used_tokens, contractor_answers } = day(
      line({ kind: 'answered', contractor: 'talos', calls: 3, bytes: 3500 }),
      line({ kind: 'answered', contractor: 'talos', calls: 2, bytes: 350 }),
    );
    expect(used_tokens).toBe(0);
    expect(contractor_answers).toEqual({ calls: 5, bytes: 3850, tokens_estimated: 1100 });
  });
});

describe('reservations', () => {
  it('hold tokens back until they are settled; what was not used goes back', () => {
    const held = day(reserved('op-1', 4500));
    expect(held).toMatchObject({
      used_tokens: 0,
      reserved_tokens: 4500,
      projected_tokens: 4500,
      remaining_tokens: 10_500,
    });
    const closing = settle(held, 'op-1', 1200);
    expect(closing).toMatchObject({ refunded_tokens: 3300, beyond_tokens: 0 });
    const after = day(reserved('op-1', 4500), line(closing?.line ?? expect.fail('no line')));
    expect(after).toMatchObject({ used_tokens: 1200, reserved_tokens: 0, remaining_tokens: 13_800 });
    expect(settle(after, 'op-1', 1200), 'a second time').toBeUndefined();
  });

  it('are drawn on by what is told of their task: nothing is counted twice', () => {
    const drawn = day(reserved('op-1', 1000), used('supervision', 400, { task_id: 'op-1' }), used('coordination', 50));
    expect(drawn).toMatchObject({ used_tokens: 450, reserved_tokens: 600, projected_tokens: 1050 });
    expect(settle(drawn, 'op-1', 300), 'less than was drawn').toMatchObject({
      line: { kind: 'settled', tokens: 400 },
      refunded_tokens: 600,
    });
  });

  it('used beyond what was held count whole', () => {
    const closing = settle(day(reserved('op-1', 100)), 'op-1', 250);
    expect(closing).toMatchObject({ refunded_tokens: 0, beyond_tokens: 150 });
    expect(day(reserved('op-1', 100), line(closing?.line ?? expect.fail('no line'))).used_tokens).toBe(250);
  });

  it('given back leave the day as it was; settled and given back, the use counts', () => {
    const id = { reservation_id: 'op-1' };
    expect(refund(day(reserved('op-1', 100)), 'op-1')).toMatchObject({ refunded_tokens: 100 });
    expect(day(reserved('op-1', 100), line({ kind: 'refunded', ...id }))).toMatchObject({ projected_tokens: 0 });
    expect(
      day(line({ kind: 'refunded', ...id }), line({ kind: 'settled', tokens: 70, ...id }), reserved('op-1', 100)),
    ).toMatchObject({ used_tokens: 70, projected_tokens: 70 });
    expect(refund(day(), 'op-unknown')).toBeUndefined();
  });

  it('R51: of the same task are made once', () => {
    const again = reserve(day(reserved('op-1', 4500)), spending(4500));
    expect(again).toMatchObject({ verdict: { verdict: 'allowed', projected_tokens: 4500 } });
    expect(again.line).toBeUndefined();
  });
});

describe('what may be spent', () => {
  it.each([
    [14_000, 0, 'allowed', ['category_exceeded']],
    [14_000, 1, 'allowed', ['category_exceeded', 'ordinary_tokens_spent']],
    [14_000, 1001, 'allowed', ['category_exceeded', 'ordinary_tokens_spent', 'overrun']],
    [16_000, 500, 'allowed', ['category_exceeded', 'ordinary_tokens_spent', 'overrun']],
    [16_000, 501, 'needs_coo', undefined],
    [16_501, 0, 'needs_coo', undefined],
  ] as const)('R48, R66: with %i used, %i more are %s', (before, more, verdict, flags) => {
    const answer = judgeSpending(day(used('supervision', before)), spending(more));
    expect(answer.verdict).toBe(verdict);
    expect(answer.projected_tokens).toBe(before + more);
    if (answer.verdict === 'allowed') expect(answer.flags).toEqual(flags);
    if (answer.verdict === 'needs_coo')
      expect(answer).toMatchObject({ action: 'budget.overrun', rule: expect.stringContaining('R66') });
  });

  it('R66: an overrun that the COO agreed to is reserved; without that it is not', () => {
    const full = day(used('supervision', 16_000));
    expect(reserve(full, spending(501)).line).toBeUndefined();
    expect(reserve(full, spending(501), true).line).toMatchObject({ kind: 'reserved', tokens: 501 });
  });

  it('R66: the limit follows the configured day, in whole tokens', () => {
    expect([15_000, 10_001, 1, 0].map(overrunLimit)).toEqual([16_500, 11_001, 1, 0]);
  });

  it('R48, R52: the emergency reserve is for emergencies, and the COO is told with the reason', () => {
    expect(judgeSpending(day(), spending(10, { category: 'emergency_reserve' }))).toMatchObject({
      verdict: 'refused',
      code: 'BUDGET_EXHAUSTED',
    });
    expect(judgeSpending(day(), spending(1000, emergency))).toMatchObject({
      verdict: 'allowed',
      flags: [],
      notify: { to: 'coo', priority: 'critical', summary: '1,000 tokens of the emergency reserve: etcd lost quorum' },
    });
    expect(judgeSpending(day(used('emergency_reserve', 400)), spending(601, emergency)).verdict).toBe('needs_coo');
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('%s is no number of tokens', tokens => {
    expect(judgeSpending(day(), spending(tokens))).toMatchObject({ verdict: 'refused', code: 'INPUT_INVALID' });
  });
});

describe('what is to be told', () => {
  const idsOf = (...lines: LedgerEntry[]) => notificationsDue(day(...lines)).map(({ notification_id: id }) => id);

  it.each([
    [11_249, 'none', []],
    [11_250, 'warning', ['75']],
    [13_499, 'warning', ['75']],
    [13_500, 'critical', ['90', '75']],
    [15_000, 'exhausted', ['100', '90', '75']],
  ])('D4: with %i tokens used: %s', (tokens, alert, percents) => {
    expect(day(used('supervision', tokens)).alert).toBe(alert);
    expect(idsOf(used('supervision', tokens))).toEqual(percents.map(percent => `budget-alert-${DAY}-${percent}`));
  });

  it('an alert at 100 % and an overrun are for the COO', () => {
    const due = notificationsDue(day(used('supervision', 16_501)));
    expect(due.filter(({ to }) => to === 'coo').map(({ notification_id: id }) => id)).toEqual([
      `budget-overrun-${DAY}`,
      `budget-alert-${DAY}-100`,
    ]);
  });

  it('D4: each use of the emergency reserve by itself, and once it was told no more', () => {
    const use = used('emergency_reserve', 200, { reason: 'two of three members lost' });
    const drawn = used('emergency_reserve', 50, { task_id: 'op-2' });
    const lines = [use, drawn, reserved('op-2', 300, 'emergency_reserve')];
    expect(idsOf(...lines)).toEqual(['budget-emergency-op-2', `budget-emergency-${use.entry_id}`]);
    const told = line({ kind: 'notified', notification_id: 'budget-emergency-op-2' });
    expect(idsOf(...lines, told)).toEqual([`budget-emergency-${use.entry_id}`]);
    expect(notificationsDue(day(use))[0]).toMatchObject({
      to: 'coo',
      priority: 'critical',
      summary: expect.stringContaining('two of three'),
    });
  });
});

describe('the tokens of one task', () => {
  it('are those of all its days, the larger of estimated and reported', () => {
    const lines = [
      used('supervision', 300, { task_id: 'op-1' }),
      line(
        { kind: 'used', source: 'estimated', category: 'reporting', tokens: 40, what: 'x', task_id: 'op-1' },
        '2026-11-23',
      ),
      used('supervision', 200, { task_id: 'op-1', source: 'reported' }),
      used('supervision', 900, { task_id: 'op-2' }),
    ];
    expect(tokensOfTask(lines, 'op-1')).toBe(340);
    expect(tokensOfTask(lines, 'op-3')).toBe(0);
  });
});
