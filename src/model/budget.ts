import * as z from 'zod';

/** What the division's daily tokens are for (seed lines 82-87, R45-R48). */
export const TokenCategory = z.enum(['coordination', 'supervision', 'reporting', 'emergency_reserve']);
export type TokenCategory = z.infer<typeof TokenCategory>;

export const tokenCategories: readonly TokenCategory[] = TokenCategory.options;

/** The budget as configured: tokens a day, and how much of them each category is allotted. */
export interface Allotment {
  daily_tokens: number;
  categories: Readonly<Record<TokenCategory, number>>;
}

const Tokens = z.number().int().min(0).max(1_000_000_000);

/** A calendar day of the division's time zone. */
export const LedgerDay = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

export const LedgerBody = z.discriminatedUnion('kind', [
  /**
   * Tokens that were used. `estimated`: counted by us from the bytes we returned; `reported`: told by who runs the model. They
   * measure the same thing and are never added up.
   */
  z.object({
    kind: z.literal('used'),
    source: z.enum(['estimated', 'reported']),
    category: TokenCategory,
    tokens: Tokens,
    /** The tool, resource or prompt that answered, or who reported. */
    what: z.string(),
    /** The operation it was about; draws on the reservation of that name. */
    task_id: z.string().optional(),
    /** Why the emergency reserve was used. */
    reason: z.string().optional(),
  }),
  z.object({
    kind: z.literal('reserved'),
    reservation_id: z.string(),
    category: TokenCategory,
    tokens: Tokens,
    reason: z.string(),
  }),
  /** Closes a reservation: `tokens` were used of it, the rest is given back. */
  z.object({ kind: z.literal('settled'), reservation_id: z.string(), tokens: Tokens }),
  /** Closes a reservation as if it had never been made. */
  z.object({ kind: z.literal('refunded'), reservation_id: z.string() }),
  /** What contractors answered this program: read by no model, so kept apart from what is used. */
  z.object({
    kind: z.literal('answered'),
    contractor: z.string(),
    calls: z.number().int().min(0),
    bytes: z.number().int().min(0),
  }),
  /** Resources that were read since the last such line: an application reads them, a model only now and then. */
  z.object({ kind: z.literal('read'), readings: z.number().int().min(0), bytes: z.number().int().min(0) }),
  /** The notification was sent. */
  z.object({ kind: z.literal('notified'), notification_id: z.string() }),
]);
export type LedgerBody = z.infer<typeof LedgerBody>;

/** One line of the ledger. `day` is the division's day it counts for; a line kept twice counts once, by `entry_id`. */
export const LedgerEntry = z.intersection(
  z.object({ entry_id: z.string(), at: z.string(), day: LedgerDay }),
  LedgerBody,
);
export type LedgerEntry = z.infer<typeof LedgerEntry>;

export interface CategoryBudget {
  allotted_tokens: number;
  estimated_tokens: number;
  reported_tokens: number;
  /** The larger of estimated and reported: neither is known to be whole. */
  used_tokens: number;
  /** Held by open reservations, beyond what was drawn on them. */
  reserved_tokens: number;
  /** Never negative. */
  remaining_tokens: number;
}

export interface Reservation {
  reservation_id: string;
  category: TokenCategory;
  status: 'open' | 'settled' | 'refunded';
  reserved_tokens: number;
  used_tokens: number;
  /** What it still holds back; 0 once it is closed. */
  held_tokens: number;
  reason: string;
}

export type BudgetAlert = 'none' | 'warning' | 'critical' | 'exhausted';

/** The budget on one day, as gm://division/budget tells it. */
export interface BudgetDay {
  day: string;
  daily_tokens: number;
  /** Beyond this the COO decides: 110 % of the daily tokens (R66). */
  overrun_limit_tokens: number;
  used_tokens: number;
  reserved_tokens: number;
  /** used + reserved */
  projected_tokens: number;
  /** Never negative. */
  remaining_tokens: number;
  used_percent: number;
  alert: BudgetAlert;
  is_overrun: boolean;
  needs_coo: boolean;
  categories: Readonly<Record<TokenCategory, CategoryBudget>>;
  reservations: readonly Reservation[];
  emergencies: readonly { entry_id: string; at: string; tokens: number; reason: string; task_id?: string }[];
  /** Told apart, and counted as used by nobody. */
  contractor_answers: { calls: number; bytes: number; tokens_estimated: number };
  resource_readings: { readings: number; bytes: number; tokens_estimated: number };
  notified: readonly string[];
}

/** Something that has to be told at once; `notification_id` is the same whoever finds it due. */
export interface BudgetNotification {
  notification_id: string;
  to: 'coo' | 'division';
  priority: 'critical' | 'high' | 'medium';
  summary: string;
  rule: string;
  day: string;
  tokens: number;
}

export interface Spending {
  /** Names the reservation, or the task that asks. */
  id: string;
  category: TokenCategory;
  tokens: number;
  /** What the tokens are for; for the emergency reserve, what the emergency is. */
  reason: string;
  /** True only while a cluster is being recovered (seed line 92). */
  isEmergency: boolean;
}

export type BudgetFlag = 'category_exceeded' | 'ordinary_tokens_spent' | 'overrun';

/** May these tokens be spent? `projected_tokens`: the day's use and reservations with them. */
export type BudgetVerdict =
  | {
      verdict: 'allowed';
      projected_tokens: number;
      flags: readonly BudgetFlag[];
      reason: string;
      rule: string;
      notify?: BudgetNotification;
    }
  /** The COO has to agree (action id `budget.overrun`). */
  | { verdict: 'needs_coo'; action: 'budget.overrun'; projected_tokens: number; reason: string; rule: string }
  | {
      verdict: 'refused';
      code: 'INPUT_INVALID' | 'BUDGET_EXHAUSTED';
      projected_tokens: number;
      reason: string;
      rule: string;
    };
