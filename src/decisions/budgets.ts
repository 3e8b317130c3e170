import type { BudgetFacts, PodFacts } from '../model/facts.ts';
import { matchesLabels } from './selector.ts';

/** Succeeded or Failed: no container of it runs any more. */
export const isFinished = (pod: Pick<PodFacts, 'phase'>): boolean =>
  pod.phase === 'Succeeded' || pod.phase === 'Failed';

export const podName = (pod: Pick<PodFacts, 'namespace' | 'name'>): string => `${pod.namespace}/${pod.name}`;

export const budgetName = (budget: Pick<BudgetFacts, 'namespace' | 'name'>): string =>
  `${budget.namespace}/${budget.name}`;

/** The budgets that protect a pod: same namespace, selector matches (policy/v1). */
export const budgetsOf = (pod: PodFacts, budgets: readonly BudgetFacts[]): BudgetFacts[] =>
  budgets.filter(budget => budget.namespace === pod.namespace && matchesLabels(budget.selector, pod.labels));

/** The API server lets these go without asking a budget: pending, finished, terminating (rolling-upgrades 3.2). */
export const bypassesBudgets = (pod: PodFacts): boolean =>
  pod.phase === 'Pending' || isFinished(pod) || pod.terminatingSince !== undefined;

/** Disruptions the budget allows now; none while its status lags behind its spec (the API server answers 429 then). */
export const allowedNow = (budget: BudgetFacts): number =>
  budget.observedGeneration < budget.generation ? 0 : Math.max(0, Math.floor(budget.disruptionsAllowed) || 0);

/**
 * The budget can't allow a disruption however long one waits: even with every expected pod healthy none may go
 * (maxUnavailable 0, or minAvailable at or above the replicas).
 */
export const neverAllows = (budget: BudgetFacts): boolean =>
  budget.observedGeneration >= budget.generation &&
  budget.disruptionsAllowed <= 0 &&
  budget.expectedPods - budget.desiredHealthy <= 0;

/**
 * A pod that is not ready goes without using its budget: always with AlwaysAllow, else only while enough others are healthy
 * (KEP-3017).
 */
export const goesUnhealthy = (pod: PodFacts, budget: BudgetFacts): boolean =>
  !pod.isReady &&
  (budget.unhealthyPodEvictionPolicy === 'AlwaysAllow' ||
    (budget.desiredHealthy > 0 && budget.currentHealthy >= budget.desiredHealthy));
