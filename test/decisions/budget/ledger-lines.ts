/** Ledger lines for tests of the budget. */
import type { Allotment, LedgerBody, LedgerEntry, TokenCategory } from '../../../src/model/budget.ts';

export const allotment: Allotment = {
  daily_tokens: 15_000,
  categories: { coordination: 4000, supervision: 8000, reporting: 2000, emergency_reserve: 1000 },
};

export const DAY = '2026-11-22';

let lines = 0;

export function line(body: LedgerBody, day = DAY): LedgerEntry {
  lines += 1;
  return { entry_id: `entry-${String(lines).padStart(6, '0')}`, at: `${day}T10:00:00.000Z`, day, ...body };
}

export const used = (
  category: TokenCategory,
  tokens: number,
  more: { source?: 'estimated' | 'reported'; task_id?: string; reason?: string } = {},
): LedgerEntry => line({ kind: 'used', source: 'estimated', category, tokens, what: 'cluster_health', ...more });

export const reserved = (reservationId: string, tokens: number, category: TokenCategory = 'supervision'): LedgerEntry =>
  line({ kind: 'reserved', reservation_id: reservationId, category, tokens, reason: 'talos_upgrade' });
