import type { HealthThresholds } from '../decisions/health-issues.ts';
import type { BudgetWriter } from '../ports/budget.ts';

export interface ContractorState {
  name: string;
  status: string;
  /** RFC 3339; null before the first call. */
  last_check: string | null;
}

/** What the executor knows of the division beside its records: for the files that others read. */
export interface Outlook {
  budget: BudgetWriter;
  /** IANA name: where a day turns. */
  timezone: string;
  thresholds: HealthThresholds;
  /** When this executor began, RFC 3339. */
  startedAt: string;
  contractors(): readonly ContractorState[];
  /** Calls of all contractors so far, and how many failed. */
  calls(): { calls: number; failures: number; maxLatencyMs: number };
}
