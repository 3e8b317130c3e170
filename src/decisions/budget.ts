/** The division's daily tokens: what may be spent, what is held back, what has to be asked (seed lines 80-97, R43-R51, R66). */
import type { BudgetDay, BudgetFlag, BudgetVerdict, LedgerBody, Spending, TokenCategory } from '../model/budget.ts';
import { emergencyNotification } from './budget/notifications.ts';

export { dayOf, nextDayAt } from './budget/day.ts';
export { foldBudget, overrunLimit, tokensOfTask } from './budget/fold.ts';
export { notificationsDue } from './budget/notifications.ts';
export { tokensOfBytes } from './budget/tokens.ts';

const ORDINARY: readonly TokenCategory[] = ['coordination', 'supervision', 'reporting'];
const RESERVE_RULE = 'seed line 87, R48: the emergency reserve is for emergencies';
const OVERRUN_RULE = 'seed line 116, R66: a budget overrun beyond 10 % is the COO’s';

/**
 * May `spending` be added to the day? Up to the daily tokens freely, up to a tenth more flagged, beyond that by the COO only; the
 * emergency reserve in an emergency only, and then the COO is told. It judges one asker at a time: who reserves must be alone.
 */
export function judgeSpending(budget: BudgetDay, spending: Spending): BudgetVerdict {
  const { category, tokens, isEmergency, id, reason } = spending;
  const projected = budget.projected_tokens + tokens;
  if (!Number.isSafeInteger(tokens) || tokens < 0) {
    return {
      verdict: 'refused',
      code: 'INPUT_INVALID',
      projected_tokens: budget.projected_tokens,
      reason: `${tokens} is no whole number of tokens`,
      rule: 'a budget counts whole tokens',
    };
  }
  const reserve = budget.categories.emergency_reserve;
  if (category === 'emergency_reserve' && !isEmergency) {
    return {
      verdict: 'refused',
      code: 'BUDGET_EXHAUSTED',
      projected_tokens: projected,
      reason: 'this is no emergency',
      rule: RESERVE_RULE,
    };
  }
  if (category === 'emergency_reserve' && tokens > reserve.remaining_tokens) {
    return {
      verdict: 'needs_coo',
      action: 'budget.overrun',
      projected_tokens: projected,
      reason: `the emergency reserve has ${reserve.remaining_tokens} tokens left, ${tokens} are needed`,
      rule: RESERVE_RULE,
    };
  }
  if (projected > budget.overrun_limit_tokens) {
    return {
      verdict: 'needs_coo',
      action: 'budget.overrun',
      projected_tokens: projected,
      reason: `${projected} tokens would be used of ${budget.daily_tokens}, more than ${budget.overrun_limit_tokens}`,
      rule: OVERRUN_RULE,
    };
  }
  return {
    verdict: 'allowed',
    projected_tokens: projected,
    flags: flagsOf(budget, spending, projected),
    reason: `${projected} of ${budget.daily_tokens} tokens`,
    rule: OVERRUN_RULE,
    ...(category === 'emergency_reserve' &&
      tokens > 0 && { notify: emergencyNotification(budget.day, { id, tokens, reason }) }),
  };
}

function flagsOf(budget: BudgetDay, { category, tokens }: Spending, projected: number): BudgetFlag[] {
  const own = budget.categories[category];
  const total = (field: 'used_tokens' | 'reserved_tokens' | 'allotted_tokens'): number =>
    ORDINARY.reduce((sum, name) => sum + budget.categories[name][field], 0);
  const ordinary = total('used_tokens') + total('reserved_tokens') + (category === 'emergency_reserve' ? 0 : tokens);
  const flags: [BudgetFlag, boolean][] = [
    ['category_exceeded', own.used_tokens + own.reserved_tokens + tokens > own.allotted_tokens],
    ['ordinary_tokens_spent', ordinary > total('allotted_tokens')],
    ['overrun', projected > budget.daily_tokens],
  ];
  return flags.flatMap(([flag, isRaised]) => (isRaised ? [flag] : []));
}

export interface Reserving {
  verdict: BudgetVerdict;
  /** The line that makes the reservation; absent when it may not be made, or is there already. */
  line?: LedgerBody;
}

/** Holds tokens back for a task. The same id again reserves nothing more; `isApproved`: the COO agreed to the overrun. */
export function reserve(budget: BudgetDay, spending: Spending, isApproved = false): Reserving {
  const isHeld = budget.reservations.some(({ reservation_id: id }) => id === spending.id);
  const verdict = judgeSpending(budget, isHeld ? { ...spending, tokens: 0 } : spending);
  const isAllowed = verdict.verdict === 'allowed' || (verdict.verdict === 'needs_coo' && isApproved);
  if (isHeld || !isAllowed) return { verdict };
  const { id, category, tokens, reason } = spending;
  return { verdict, line: { kind: 'reserved', reservation_id: id, category, tokens, reason } };
}

export interface Closing {
  line: LedgerBody;
  /** What goes back to the day. */
  refunded_tokens: number;
  /** What was used beyond the reservation: it counts all the same. */
  beyond_tokens: number;
}

/** Closes an open reservation with what was used of it; undefined when there is none, or it is closed already. */
export function settle(budget: BudgetDay, reservationId: string, usedTokens: number): Closing | undefined {
  const open = openReservation(budget, reservationId);
  if (!open) return undefined;
  const used = Math.max(open.used_tokens, Math.max(0, Math.ceil(usedTokens)));
  return {
    line: { kind: 'settled', reservation_id: reservationId, tokens: used },
    refunded_tokens: Math.max(0, open.reserved_tokens - used),
    beyond_tokens: Math.max(0, used - open.reserved_tokens),
  };
}

/** Gives an open reservation back whole, but for what was drawn on it; undefined as for `settle`. */
export function refund(budget: BudgetDay, reservationId: string): Closing | undefined {
  const open = openReservation(budget, reservationId);
  if (!open) return undefined;
  return {
    line: { kind: 'refunded', reservation_id: reservationId },
    refunded_tokens: open.held_tokens,
    beyond_tokens: 0,
  };
}

const openReservation = (budget: BudgetDay, id: string) =>
  budget.reservations.find(reservation => reservation.reservation_id === id && reservation.status === 'open');
