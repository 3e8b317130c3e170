import {
  type Allotment,
  type BudgetAlert,
  type BudgetDay,
  type CategoryBudget,
  type LedgerEntry,
  type Reservation,
  type TokenCategory,
  tokenCategories,
} from '../../model/budget.ts';
import { sortedBy } from '../verdict.ts';
import { tokensOfBytes } from './tokens.ts';

/** Alerts by percent of the day's tokens used (gm-common, ledger D4): defer what can wait at 90, stop and ask at 100. */
export const alertLevels: readonly { percent: number; alert: BudgetAlert }[] = [
  { percent: 100, alert: 'exhausted' },
  { percent: 90, alert: 'critical' },
  { percent: 75, alert: 'warning' },
];

/** Of an overrun a tenth of the daily tokens is the division's own (seed line 116, R66). */
export const overrunLimit = (dailyTokens: number): number => Math.floor((dailyTokens * 11) / 10);

export type UsedEntry = Extract<LedgerEntry, { kind: 'used' }>;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Each entry once, in an order that does not depend on the files it was read from. */
function distinct(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return sortedBy([...new Map(entries.map(entry => [entry.entry_id, entry])).values()], entry => entry.entry_id);
}

const tokensOf = (used: readonly UsedEntry[], source: UsedEntry['source']): number =>
  sum(used.filter(entry => entry.source === source).map(entry => entry.tokens));

interface FoldedReservation extends Reservation {
  /** What was settled beyond the estimates already drawn. */
  beyondDrawn: number;
}

function foldReservation(
  made: readonly Extract<LedgerEntry, { kind: 'reserved' }>[],
  entries: readonly LedgerEntry[],
  drawn: readonly UsedEntry[],
): FoldedReservation[] {
  const [first] = made;
  if (!first) return [];
  const { reservation_id: id } = first;
  const settlements = entries.flatMap(entry =>
    entry.kind === 'settled' && entry.reservation_id === id ? [entry.tokens] : [],
  );
  const isRefunded = entries.some(entry => entry.kind === 'refunded' && entry.reservation_id === id);
  const estimated = tokensOf(drawn, 'estimated');
  const used = Math.max(estimated, tokensOf(drawn, 'reported'), ...settlements);
  // A settlement says that something was used, so it outweighs a refund, whichever was written first.
  const status = settlements.length > 0 ? 'settled' : isRefunded ? 'refunded' : 'open';
  const reserved = Math.max(...made.map(entry => entry.tokens));
  return [
    {
      reservation_id: id,
      category: first.category,
      status,
      reserved_tokens: reserved,
      used_tokens: used,
      held_tokens: status === 'open' ? Math.max(0, reserved - used) : 0,
      reason: first.reason,
      beyondDrawn: Math.max(0, ...settlements.map(tokens => tokens - estimated)),
    },
  ];
}

function foldCategory(
  category: TokenCategory,
  allotted: number,
  used: readonly UsedEntry[],
  reservations: readonly FoldedReservation[],
): CategoryBudget {
  const own = used.filter(entry => entry.category === category);
  const held = reservations.filter(reservation => reservation.category === category);
  const estimated = tokensOf(own, 'estimated') + sum(held.map(({ beyondDrawn }) => beyondDrawn));
  const reported = tokensOf(own, 'reported');
  const usedTokens = Math.max(estimated, reported);
  const reserved = sum(held.map(({ held_tokens: tokens }) => tokens));
  return {
    allotted_tokens: allotted,
    estimated_tokens: estimated,
    reported_tokens: reported,
    used_tokens: usedTokens,
    reserved_tokens: reserved,
    remaining_tokens: Math.max(0, allotted - usedTokens - reserved),
  };
}

/**
 * One day's budget from whatever lines there are, in any order, each kept once or more often: files of several processes are
 * read one after another (R43-R49). Lines of other days do not count.
 */
export function foldBudget(lines: readonly LedgerEntry[], day: string, allotment: Allotment): BudgetDay {
  const entries = distinct(lines.filter(entry => entry.day === day));
  const used = entries.filter((entry): entry is UsedEntry => entry.kind === 'used');
  const made = entries.filter(entry => entry.kind === 'reserved');
  const ids = [...new Set(made.map(entry => entry.reservation_id))].sort();
  const reservations = ids.flatMap(id =>
    foldReservation(
      made.filter(entry => entry.reservation_id === id),
      entries,
      used.filter(entry => entry.task_id === id),
    ),
  );
  const folded = (category: TokenCategory): CategoryBudget =>
    foldCategory(category, allotment.categories[category], used, reservations);
  const categories: Record<TokenCategory, CategoryBudget> = {
    coordination: folded('coordination'),
    supervision: folded('supervision'),
    reporting: folded('reporting'),
    emergency_reserve: folded('emergency_reserve'),
  };
  const all = tokenCategories.map(category => categories[category]);
  const usedTokens = sum(all.map(({ used_tokens: tokens }) => tokens));
  const reserved = sum(all.map(({ reserved_tokens: tokens }) => tokens));
  const projected = usedTokens + reserved;
  const { daily_tokens: daily } = allotment;
  const usedPercent = daily > 0 ? Math.round((1000 * usedTokens) / daily) / 10 : 0;
  const answers = entries.filter(entry => entry.kind === 'answered');
  const answeredBytes = sum(answers.map(({ bytes }) => bytes));
  const read = entries.filter(entry => entry.kind === 'read');
  const readBytes = sum(read.map(({ bytes }) => bytes));
  return {
    day,
    daily_tokens: daily,
    overrun_limit_tokens: overrunLimit(daily),
    used_tokens: usedTokens,
    reserved_tokens: reserved,
    projected_tokens: projected,
    remaining_tokens: Math.max(0, daily - projected),
    used_percent: usedPercent,
    alert: alertLevels.find(({ percent }) => usedTokens * 100 >= daily * percent)?.alert ?? 'none',
    is_overrun: projected > daily,
    needs_coo: projected > overrunLimit(daily),
    categories,
    reservations: reservations.map(({ beyondDrawn: _beyond, ...reservation }) => reservation),
    emergencies: used
      .filter(entry => entry.category === 'emergency_reserve' && entry.tokens > 0)
      .map(({ entry_id, at, tokens, reason, task_id }) => ({
        entry_id,
        at,
        tokens,
        reason: reason ?? 'no reason was given',
        ...(task_id !== undefined && { task_id }),
      })),
    contractor_answers: {
      calls: sum(answers.map(({ calls }) => calls)),
      bytes: answeredBytes,
      tokens_estimated: tokensOfBytes(answeredBytes),
    },
    resource_readings: {
      readings: sum(read.map(({ readings }) => readings)),
      bytes: readBytes,
      tokens_estimated: tokensOfBytes(readBytes),
    },
    notified: entries.flatMap(entry => (entry.kind === 'notified' ? [entry.notification_id] : [])),
  };
}

/** Estimated and reported tokens of one task, whatever their day: the larger of the two counts. */
export function tokensOfTask(lines: readonly LedgerEntry[], taskId: string): number {
  const used = distinct(lines).filter((entry): entry is UsedEntry => entry.kind === 'used' && entry.task_id === taskId);
  return Math.max(tokensOf(used, 'estimated'), tokensOf(used, 'reported'));
}
