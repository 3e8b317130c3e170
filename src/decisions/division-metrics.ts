import type { BudgetDay } from '../model/budget.ts';
import { endedStatuses, type Operation } from '../model/operation.ts';
import { dayOf } from './budget.ts';
import { evaluateKpis } from './kpis.ts';

export interface MetricsInput {
  operations: readonly Operation[];
  /** Epoch milliseconds of the clusters' clock. */
  now: number;
  timezone: string;
  budget: BudgetDay;
  calls: { calls: number; failures: number; maxLatencyMs: number };
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
const percent = (part: number, whole: number): number | undefined =>
  whole > 0 ? rounded((100 * part) / whole) : undefined;
const mean = (values: readonly number[]): number | undefined =>
  values.length > 0 ? rounded(values.reduce((total, value) => total + value, 0) / values.length) : undefined;

/** Operations that ended on the day of `now`, in the division's time zone. */
export function endedToday({ operations, now, timezone }: Pick<MetricsInput, 'operations' | 'now' | 'timezone'>) {
  const today = dayOf(now, timezone);
  return operations.filter(
    ({ status, finished_at: at }) =>
      endedStatuses.includes(status) && at !== undefined && dayOf(Date.parse(at), timezone) === today,
  );
}

/** Of what was reserved today, how far the use was from it (R231). */
function budgetVariance({ reservations }: BudgetDay): number | undefined {
  const settled = reservations.filter(({ status, reserved_tokens: planned }) => status === 'settled' && planned > 0);
  const total = (field: 'reserved_tokens' | 'used_tokens'): number =>
    settled.reduce((sum, reservation) => sum + reservation[field], 0);
  return percent(Math.abs(total('used_tokens') - total('reserved_tokens')), total('reserved_tokens'));
}

/** context/metrics.json: the divisions' common report (gm-common), and the KPIs as far as operations and the ledger give them. */
export function divisionMetrics(input: MetricsInput): Record<string, unknown> {
  const { budget, calls, now } = input;
  const ended = endedToday(input);
  const succeeded = ended.filter(({ status }) => status === 'succeeded');
  const judged = ended.filter(({ status }) => status !== 'cancelled');
  const reserveUsed = budget.categories.emergency_reserve.used_tokens;
  const utilization = percent(budget.used_tokens, budget.daily_tokens);
  const errorRate = percent(calls.failures, calls.calls);
  return {
    division: 'containers',
    period: budget.day,
    as_of: new Date(now).toISOString(),
    metrics: {
      operational: {
        tasks_completed: succeeded.length,
        success_rate_percent: percent(succeeded.length, judged.length) ?? null,
        avg_completion_time_minutes: mean(succeeded.map(({ metrics }) => metrics.minutes)) ?? null,
      },
      resource: {
        tokens_allocated: budget.daily_tokens,
        tokens_used: budget.used_tokens,
        utilization_percent: utilization ?? null,
        emergency_reserve_used_tokens: reserveUsed,
      },
      quality: {
        contractor_success_rate_percent: percent(calls.calls - calls.failures, calls.calls) ?? null,
        error_rate_percent: errorRate ?? null,
        contractor_calls: calls.calls,
      },
    },
    kpis: evaluateKpis({
      task_success_rate: percent(calls.calls - calls.failures, calls.calls),
      error_rate: errorRate,
      response_time: calls.calls > 0 ? Math.round((1000 * calls.maxLatencyMs) / 60_000) / 1000 : undefined,
      token_utilization: utilization,
      emergency_reserve_usage: percent(reserveUsed, budget.used_tokens),
      budget_variance: budgetVariance(budget),
    }),
  };
}
