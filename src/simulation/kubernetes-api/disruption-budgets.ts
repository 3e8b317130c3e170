import { deepEqual } from '../world/deep.ts';
import { type KubeObject, kubeTime, type ObjectStore } from '../world/store.ts';
import { asNumber, asObject, asObjects, at, isObject, type JsonObject } from './json.ts';
import { readLabelSelector } from './label-selectors.ts';
import { type ApiError, forbidden, type StatusCause, tooManyRequests } from './status.ts';

const BUDGETS = 'poddisruptionbudgets.policy';
const VIOLATION = "Cannot evict pod as it would violate the pod's disruption budget.";
/** Evictions accepted but not yet seen by the disruption controller, at most. */
const DISRUPTED_PODS_MAXIMUM = 2000;

/** Budgets whose selector matches the pod: an empty selector matches every pod of the namespace, none matches none. */
export function budgetsOf(store: ObjectStore, pod: KubeObject): KubeObject[] {
  return store.list(BUDGETS, pod.metadata.namespace).filter(budget => {
    const selector = at(budget, 'spec', 'selector');
    if (isObject(selector) && deepEqual(emptied(selector), {})) return true;
    return readLabelSelector(selector)?.(pod.metadata.labels) === true;
  });
}

const emptied = (selector: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(selector).filter(
      ([, part]) => Object.keys(isObject(part) || Array.isArray(part) ? part : {}).length > 0,
    ),
  );

const cause = (message: string): StatusCause[] => [{ reason: 'DisruptionBudget', message }];

/** 429 with Retry-After: the controller has not caught up with the budget. */
export const stillProcessed = (budget: string): ApiError =>
  tooManyRequests(VIOLATION, 10, cause(`The disruption budget ${budget} is still being processed by the server.`));

/**
 * Takes one disruption from a budget, or throws why it can't be had: 429 (not observed yet; none left), 403 (negative;
 * too many unconfirmed). The status is written at once, so that a second eviction sees it. rolling-upgrades 3.2.
 */
export function takeDisruption(
  store: ObjectStore,
  budget: KubeObject,
  pod: KubeObject,
  { nowMs, dryRun }: { nowMs: number; dryRun: boolean },
): void {
  const { name, generation } = budget.metadata;
  const status = asObject(budget.status);
  const named = { group: 'policy', plural: 'poddisruptionbudget' };
  const allowed = asNumber(status.disruptionsAllowed);
  const disruptedPods = asObject(status.disruptedPods);
  if (asNumber(status.observedGeneration) < (generation ?? 0)) throw stillProcessed(name);
  if (allowed < 0) throw forbidden(named, name, 'pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > DISRUPTED_PODS_MAXIMUM)
    throw forbidden(named, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  if (allowed === 0) {
    const needs = asNumber(status.desiredHealthy);
    const has = asNumber(status.currentHealthy);
    throw tooManyRequests(
      VIOLATION,
      0,
      cause(`The disruption budget ${name} needs ${needs} healthy pods and has ${has} currently`),
    );
  }
  if (dryRun) return;
  store.replace(BUDGETS, {
    ...budget,
    status: {
      ...status,
      disruptionsAllowed: allowed - 1,
      disruptedPods: { ...disruptedPods, [pod.metadata.name]: kubeTime(nowMs) },
      conditions: allowed === 1 ? exhausted(budget, nowMs) : status.conditions,
    },
  });
}

function exhausted(budget: KubeObject, nowMs: number): JsonObject[] {
  const type = 'DisruptionAllowed';
  const others = asObjects(at(budget, 'status', 'conditions')).filter(condition => condition.type !== type);
  const condition = {
    type,
    status: 'False',
    reason: 'InsufficientPods',
    message: '',
    lastTransitionTime: kubeTime(nowMs),
    observedGeneration: budget.metadata.generation,
  };
  return [...others, condition];
}
