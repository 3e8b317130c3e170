import { type BudgetDay, tokenCategories } from '../model/budget.ts';
import type { FrontEnd } from '../ports.ts';

const RESERVATIONS_MAX = 20;

/** The day's budget as tools and gm://division/budget show it; every number of tokens says so in its name. */
export function budgetView(front: FrontEnd, budget: BudgetDay): Record<string, unknown> {
  const { reservations, notified: _notified, emergencies, ...day } = budget;
  const open = reservations.filter(({ status }) => status === 'open');
  return {
    simulated: front.config.simulated,
    ...day,
    timezone: front.config.timezone,
    resets_at: front.budget.resetsAt(),
    emergencies: emergencies.slice(0, RESERVATIONS_MAX),
    emergencies_total: emergencies.length,
    reservations: open.slice(0, RESERVATIONS_MAX),
    reservations_total: open.length,
    estimated_of:
      'tool results and prompts returned to hosts: UTF-8 bytes / 3.5. Contractors’ answers are read by no model, resources by applications: told apart, not counted as used',
  };
}

/** "2,310 of 15,000 tokens used (15.4 %): coordination 1,200, …" */
export function budgetSentence(budget: BudgetDay): string {
  const number = (tokens: number): string => tokens.toLocaleString('en-US');
  const used = tokenCategories.filter(category => budget.categories[category].used_tokens > 0);
  const parts = used.map(category => `${category} ${number(budget.categories[category].used_tokens)}`);
  const alert = budget.alert === 'none' ? '' : ` Alert: ${budget.alert}.`;
  const coo = budget.needs_coo ? ' Beyond 110 %: the COO decides.' : '';
  return `${budget.day}: ${number(budget.used_tokens)} of ${number(budget.daily_tokens)} tokens used (${budget.used_percent} %)${
    parts.length > 0 ? `: ${parts.join(', ')}` : ''
  }; ${number(budget.reserved_tokens)} reserved.${alert}${coo}`;
}
