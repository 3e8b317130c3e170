import type { EvictionOutcome } from '../ports.ts';
import type { ApiStatus } from './api-status.ts';

const TWO_BUDGETS = /more than one PodDisruptionBudget/i;
const BUDGET_REFUSAL = /^Cannot evict pod as it would violate the pod's disruption budget/;
const BUDGET_NAME = /disruption budget (\S{1,253}) (?:needs|is|does)/;

/**
 * What a refused eviction means (eviction.go of the API server; rolling-upgrades 3.2). 404 and 409 are `unsure`: whether our pod is
 * gone is asked of the API, not read from a text.
 */
export function evictionOutcome(status: ApiStatus): EvictionOutcome | { kind: 'unsure' } {
  const message = status.message === '' ? `HTTP ${status.code}` : status.message;
  if (status.code === 404 || status.code === 409) return { kind: 'unsure' };
  if (status.code === 429) return tooMany(status, message);
  if (status.code === 500 && TWO_BUDGETS.test(status.message)) return { kind: 'blocked', message };
  if (status.code === 403) return forbidden(status, message);
  return status.code >= 400 && status.code < 500 ? { kind: 'denied', message } : { kind: 'transient', message };
}

/** A budget says so in a cause; priority and fairness, which also answers 429, names none. */
function tooMany(status: ApiStatus, message: string): EvictionOutcome {
  const cause = status.causes.find(({ reason }) => reason === 'DisruptionBudget');
  if (cause === undefined && !BUDGET_REFUSAL.test(status.message)) return { kind: 'transient', message };
  const budget = BUDGET_NAME.exec(cause?.message ?? '')?.[1];
  return { kind: 'refused', message: cause?.message || message, budget, retryAfterMs: status.retryAfterMs };
}

/** A budget with too many disruptions in flight, a namespace that is going, or a no for good. */
function forbidden(status: ApiStatus, message: string): EvictionOutcome {
  if (status.subject.resource === 'poddisruptionbudgets') {
    return { kind: 'refused', message, budget: status.subject.name, retryAfterMs: status.retryAfterMs };
  }
  const isNamespaceGoing = status.causes.some(({ reason }) => reason === 'NamespaceTerminating');
  return { kind: isNamespaceGoing ? 'transient' : 'denied', message };
}
