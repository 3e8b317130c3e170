import { type KubeObject, kubeTime } from '../world/store.ts';
import type { ApiCluster } from './api-cluster.ts';
import { checkPreconditions, type DeletionOptions, deleteObject } from './deletion.ts';
import { budgetsOf, stillProcessed, takeDisruption } from './disruption-budgets.ts';
import { asNumber, asObject, asObjects, asText, at, type JsonObject } from './json.ts';
import { ApiError, badRequest, notFound } from './status.ts';

const POD = { group: '', plural: 'pods' };

/** Pods that are no longer, or not yet, of use to anybody: budgets are not asked. */
const bypassesBudgets = (pod: KubeObject): boolean =>
  ['Succeeded', 'Failed', 'Pending'].includes(asText(at(pod, 'status', 'phase'))) ||
  pod.metadata.deletionTimestamp !== undefined;

const isReady = (pod: KubeObject): boolean =>
  asObjects(at(pod, 'status', 'conditions')).some(({ type, status }) => type === 'Ready' && status === 'True');

/** A pod that is not ready may go without a disruption: always, or when the budget has all it asks for. */
function isFree(pod: KubeObject, budget: KubeObject): boolean {
  if (isReady(pod)) return false;
  if (at(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return true;
  const desired = asNumber(at(budget, 'status', 'desiredHealthy'));
  return asNumber(at(budget, 'status', 'currentHealthy')) >= desired && desired > 0;
}

const dryRunOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(part => asText(part)) : []);

/** Delete options of the body, with the request's dryRun; both given and different is 400. */
function optionsOf(eviction: JsonObject, requestDryRun: readonly string[]): DeletionOptions {
  const { gracePeriodSeconds, preconditions, dryRun } = asObject(eviction.deleteOptions);
  const own = dryRunOf(dryRun);
  if (own.length > 0 && requestDryRun.length > 0 && own.join() !== requestDryRun.join())
    throw badRequest(
      `Non-matching dry-run options in request and content: [${requestDryRun.join(' ')}] and [${own.join(' ')}]`,
    );
  const given = asObject(preconditions);
  return {
    ...(typeof gracePeriodSeconds === 'number' ? { gracePeriodSeconds } : {}),
    preconditions: {
      ...(typeof given.uid === 'string' ? { uid: given.uid } : {}),
      ...(typeof given.resourceVersion === 'string' ? { resourceVersion: given.resourceVersion } : {}),
    },
    dryRun: own.includes('All') || requestDryRun.includes('All'),
  };
}

/** 500 with neither reason nor details, as the real one writes it. */
const twoBudgets = (): ApiError =>
  new ApiError(
    500,
    '',
    'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  );

/**
 * Evicts a pod as pkg/registry/core/pod/storage/eviction.go does (rolling-upgrades 3.2): finished, pending
 * and terminating pods bypass budgets; two budgets are 500; the budget is charged before the preconditions are checked,
 * so an eviction refused with 409 has spent one disruption until the controller forgets it. Returns the success Status.
 * Throws ApiError 400, 403, 404, 409, 429, 500.
 */
export function evictPod(
  cluster: ApiCluster,
  namespace: string,
  name: string,
  eviction: JsonObject,
  requestDryRun: readonly string[],
): JsonObject {
  const named = asText(at(eviction, 'metadata', 'name'));
  if (named !== name) throw badRequest('name in URL does not match name in Eviction object');
  const options = optionsOf(eviction, requestDryRun);
  const pod = cluster.store.get('pods', namespace, name);
  if (pod === undefined) throw notFound(POD, name);
  const wasTerminating = pod.metadata.deletionTimestamp !== undefined;
  const budget = bypassesBudgets(pod) ? undefined : budgetOf(cluster, pod);
  const free = budget !== undefined && isFree(pod, budget);
  if (budget !== undefined && !free) charge(cluster, budget, pod, options);
  try {
    remove(cluster, pod, options);
  } catch (error) {
    const isConflict = error instanceof ApiError && error.code === 409;
    if (isConflict && free && options.preconditions?.resourceVersion === undefined)
      throw stillProcessed(budget.metadata.name);
    throw error;
  }
  if (options.dryRun !== true && !wasTerminating) cluster.ledger.evictionAccepted(pod.metadata.uid);
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}

function budgetOf(cluster: ApiCluster, pod: KubeObject): KubeObject | undefined {
  const [budget, second] = budgetsOf(cluster.store, pod);
  if (second !== undefined) throw twoBudgets();
  return budget;
}

function charge(cluster: ApiCluster, budget: KubeObject, pod: KubeObject, options: DeletionOptions): void {
  try {
    takeDisruption(cluster.store, budget, pod, { nowMs: cluster.now(), dryRun: options.dryRun === true });
  } catch (error) {
    const isRefusal = error instanceof ApiError && error.code === 429 && options.dryRun !== true;
    if (isRefusal) cluster.ledger.evictionRefused();
    throw error;
  }
}

/** Marks the pod as disrupted by the Eviction API and deletes it. */
function remove(cluster: ApiCluster, pod: KubeObject, options: DeletionOptions): void {
  const { namespace, name } = pod.metadata;
  checkPreconditions(pod, options.preconditions);
  cluster.ledger.because('eviction', () => {
    if (options.dryRun !== true && pod.metadata.deletionTimestamp === undefined) markDisrupted(cluster, pod);
    const { resourceVersion: _checked, ...preconditions } = options.preconditions ?? {};
    deleteObject(cluster, 'pods', namespace, name, { ...options, preconditions });
  });
}

function markDisrupted(cluster: ApiCluster, pod: KubeObject): void {
  const type = 'DisruptionTarget';
  const others = asObjects(at(pod, 'status', 'conditions')).filter(condition => condition.type !== type);
  const condition = {
    type,
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    lastTransitionTime: kubeTime(cluster.now()),
  };
  cluster.store.replace('pods', { ...pod, status: { ...asObject(pod.status), conditions: [...others, condition] } });
}
