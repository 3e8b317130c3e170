import type { BudgetDay, BudgetNotification } from '../../model/budget.ts';
import { alertLevels } from './fold.ts';

const numbered = (tokens: number): string => tokens.toLocaleString('en-US');

/** An emergency's use of the reserve, told to the COO at once (gm-common, ledger D4). */
export function emergencyNotification(
  day: string,
  emergency: { id: string; tokens: number; reason: string },
): BudgetNotification {
  return {
    notification_id: `budget-emergency-${emergency.id}`,
    to: 'coo',
    priority: 'critical',
    summary: `${numbered(emergency.tokens)} tokens of the emergency reserve: ${emergency.reason}`,
    rule: 'ledger D4: use of the emergency reserve is told to the COO at once',
    day,
    tokens: emergency.tokens,
  };
}

/** Reservations of the reserve, and uses of it that drew on none of them. */
function emergenciesOf(budget: BudgetDay): { id: string; tokens: number; reason: string }[] {
  const reserved = budget.reservations.filter(
    ({ category, status }) => category === 'emergency_reserve' && status !== 'refunded',
  );
  const names = new Set(reserved.map(({ reservation_id: id }) => id));
  return [
    ...reserved.map(({ reservation_id: id, reserved_tokens: tokens, reason }) => ({ id, tokens, reason })),
    ...budget.emergencies
      .filter(({ task_id: task }) => task === undefined || !names.has(task))
      .map(({ entry_id: id, tokens, reason }) => ({ id, tokens, reason })),
  ];
}

function alertNotification(budget: BudgetDay, percent: number): BudgetNotification {
  const isExhausted = percent >= 100;
  return {
    notification_id: `budget-alert-${budget.day}-${percent}`,
    to: isExhausted ? 'coo' : 'division',
    priority: isExhausted ? 'high' : 'medium',
    summary: `${numbered(budget.used_tokens)} of ${numbered(budget.daily_tokens)} tokens used on ${budget.day} (${percent} % reached)`,
    rule: `ledger D4: alert at ${percent} %`,
    day: budget.day,
    tokens: budget.used_tokens,
  };
}

function overrunNotification(budget: BudgetDay): BudgetNotification {
  return {
    notification_id: `budget-overrun-${budget.day}`,
    to: 'coo',
    priority: 'high',
    summary: `${numbered(budget.used_tokens)} tokens used on ${budget.day}, more than ${numbered(budget.overrun_limit_tokens)}`,
    rule: 'seed line 116, R66: a budget overrun beyond 10 % is the COO’s',
    day: budget.day,
    tokens: budget.used_tokens,
  };
}

/**
 * All that is to be told of this day and was not yet: each alert level reached, each use of the emergency reserve, the overrun.
 * Derived from the ledger alone, so a crash between finding and telling loses none; who tells one twice tells the same id.
 */
export function notificationsDue(budget: BudgetDay): BudgetNotification[] {
  const alerts = alertLevels
    .filter(({ percent }) => budget.used_tokens * 100 >= budget.daily_tokens * percent)
    .map(({ percent }) => alertNotification(budget, percent));
  const emergencies = emergenciesOf(budget).map(emergency => emergencyNotification(budget.day, emergency));
  const overrun = budget.used_tokens > budget.overrun_limit_tokens ? [overrunNotification(budget)] : [];
  const told = new Set(budget.notified);
  return [...emergencies, ...overrun, ...alerts].filter(({ notification_id: id }) => !told.has(id));
}
