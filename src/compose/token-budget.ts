/** The division's token ledger as the composition roots open it, and what contractors answer counted into it. */
import type { ContractorUsage } from '../contractors/usage.ts';
import { TokenLedger } from '../division/token-ledger/token-ledger.ts';
import type { Config } from '../model/config.ts';
import type { Outlook } from '../operations/outlook.ts';
import { type BudgetTeller, tellBudget } from '../operations/tell-budget.ts';
import type { Budget, BudgetWriter } from '../ports/budget.ts';
import type { Log } from '../ports.ts';

/** A line of answers is written this often, and at the end: a contractor is asked many times a second. */
const ANSWERS_EVERY_MS = 10_000;
/** Alerts are looked for this often; an emergency that is reported is told by who records it. */
const TOLD_EVERY_MS = 30_000;

export function openTokenLedger(config: Config, log: Log): TokenLedger {
  const { budget: allotment, timezone, divisionDirectory } = config;
  return new TokenLedger(divisionDirectory, { allotment, timezone, now: () => Date.now(), log });
}

export interface MeteredContractor {
  contractor: string;
  usage: ContractorUsage;
}

/** Counts what contractors answer from now on; the returned function counts the rest and ends it. Keeps no process alive. */
export function countAnswers(metered: readonly MeteredContractor[], budget: Budget): () => void {
  const counted = new Map<ContractorUsage, { calls: number; bytes: number }>();
  const count = (): void => {
    for (const { contractor, usage } of metered) {
      const before = counted.get(usage) ?? { calls: 0, bytes: 0 };
      const now = { calls: usage.calls, bytes: usage.answeredBytes };
      if (now.calls === before.calls) continue;
      counted.set(usage, now);
      budget.countAnswers({ contractor, calls: now.calls - before.calls, bytes: now.bytes - before.bytes });
    }
  };
  const timer = setInterval(count, ANSWERS_EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    count();
  };
}

/** Tells what is due, now and then, until the returned function is called. Keeps no process alive. */
export function tellRegularly(teller: BudgetTeller): () => void {
  const timer = setInterval(() => void tellBudget(teller), TOLD_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** What the calls so far say of each contractor: nothing is asked for it. */
function contractorStates(metered: readonly MeteredContractor[]): ReturnType<Outlook['contractors']> {
  const names = [...new Set(metered.map(({ contractor }) => contractor))].sort();
  return names.map(name => {
    const lasts = metered.flatMap(({ contractor, usage: { last } }) =>
      contractor === name && last !== undefined ? [last] : [],
    );
    const last = lasts.toSorted((one, other) => other.at - one.at)[0];
    if (last === undefined) return { name, status: 'unknown', last_check: null };
    return { name, status: last.hasFailed ? 'failing' : 'available', last_check: new Date(last.at).toISOString() };
  });
}

export function outlookOf(config: Config, metered: readonly MeteredContractor[], budget: BudgetWriter): Outlook {
  return {
    budget,
    timezone: config.timezone,
    thresholds: config.thresholds,
    startedAt: new Date().toISOString(),
    contractors: () => contractorStates(metered),
    calls: () => {
      const sum = (field: 'calls' | 'failures'): number =>
        metered.reduce((total, { usage }) => total + usage[field], 0);
      const longest = Math.max(0, ...metered.map(({ usage }) => usage.maxLatencyMs));
      return { calls: sum('calls'), failures: sum('failures'), maxLatencyMs: longest };
    },
  };
}
