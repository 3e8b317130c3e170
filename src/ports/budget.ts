import type { BudgetDay, BudgetNotification, BudgetVerdict, Spending, TokenCategory } from '../model/budget.ts';

/** Something we returned, or are about to. */
export interface EstimatedUse {
  category: TokenCategory;
  /** UTF-8 bytes. */
  bytes: number;
  what: string;
  /** The operation it is about. */
  task_id?: string;
}

export interface ReportedUse {
  category: TokenCategory;
  tokens: number;
  /** Who reports it. */
  what: string;
  task_id?: string;
  /** The emergency, when it was the emergency reserve. */
  reason?: string;
}

/** The division's tokens, counted by every process of it. [INTERNAL when the disk refuses] */
export interface Budget {
  /** As of now, with all that this process counted. */
  today(): Promise<BudgetDay>;
  /** When the division's day turns, RFC 3339. */
  resetsAt(): string;
  /** Counts without being waited for; what the disk refuses is logged, never thrown. */
  count(use: EstimatedUse): void;
  /** A resource was read: counted apart, as an application reads it, not surely a model. Not waited for. */
  countReading(bytes: number): void;
  /** What contractors answered since the last time; counted apart, no model reads it. */
  countAnswers(answers: { contractor: string; calls: number; bytes: number }): void;
  /** On disk when it resolves; the day with it. */
  report(use: ReportedUse): Promise<BudgetDay>;
  /** Tokens of one task on all its days. */
  tokensOfTask(taskId: string): Promise<number>;
  /** All that is to be told and was not yet. */
  notificationsDue(): Promise<BudgetNotification[]>;
  /** After it was sent. */
  markNotified(notification: BudgetNotification): Promise<void>;
}

/** The executor's side: it alone reserves, so that what is judged is what is then written. */
export interface BudgetWriter extends Budget {
  /** Holds tokens back if the verdict is `allowed`, or `needs_coo` and the COO agreed. The same id again holds nothing more. */
  reserve(spending: Spending, isApproved?: boolean): Promise<BudgetVerdict>;
  /** Closes a reservation with what was used of it; one that is closed, or was never made, stays so. */
  settle(reservationId: string, usedTokens: number): Promise<void>;
  refund(reservationId: string): Promise<void>;
}
