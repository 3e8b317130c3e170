import { asNumber, asObject, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { conditionsWith, controllerOf, isFinished, isReady, isTerminating, replicasOf } from '../pods.ts';
import { selects } from '../selectors.ts';
import type { KubeObject } from '../store.ts';
import { kubeTime } from '../store.ts';
import { resolveCount } from './rollout.ts';
import { keyOf, splitKey, workQueue } from './work-queue.ts';

const BUDGETS = 'poddisruptionbudgets.policy';

/** An accepted eviction counts as a disruption this long although its pod is not yet gone (disruption controller). */
const DISRUPTED_POD_MS = 120_000;

/** Keeps the status of PodDisruptionBudgets: what evictions are decided by. */
export function runDisruptionBudgets(cluster: SimCluster): void {
  const enqueue = workQueue(cluster, 'budgets', 100, key => reconcile(cluster, ...splitKey(key)));
  cluster.store.onEvent(({ resource, type, object, previous }) => {
    if (resource === BUDGETS && type !== 'DELETED') enqueue(keyOf(object));
    if (resource === 'pods') {
      if (type === 'MODIFIED' && previous !== undefined && countsAlike(previous, object)) return;
      for (const budget of budgetsOf(cluster, object)) enqueue(keyOf(budget));
    }
    if (type === 'MODIFIED' && (resource === 'deployments.apps' || resource === 'statefulsets.apps')) {
      if (object.spec === previous?.spec) return;
      for (const budget of cluster.store.list(BUDGETS, object.metadata.namespace)) enqueue(keyOf(budget));
    }
  });
}

const countsAlike = (a: KubeObject, b: KubeObject): boolean =>
  isReady(a) === isReady(b) &&
  isTerminating(a) === isTerminating(b) &&
  isFinished(a) === isFinished(b) &&
  a.metadata.labels === b.metadata.labels;

export const budgetsOf = (cluster: SimCluster, pod: KubeObject): KubeObject[] =>
  cluster.store
    .list(BUDGETS, pod.metadata.namespace)
    .filter(budget => selects(at(budget, 'spec', 'selector'), pod.metadata.labels));

function reconcile(cluster: SimCluster, namespace: string, name: string): void {
  const budget = cluster.store.get(BUDGETS, namespace, name);
  if (budget === undefined || isTerminating(budget)) return;
  cluster.store.replace(BUDGETS, { ...budget, status: budgetStatus(cluster, budget) });
}

/** The status a budget has now: currentHealthy excludes terminating pods and those whose eviction is under way. */
export function budgetStatus(cluster: SimCluster, budget: KubeObject): Record<string, unknown> {
  const selected = cluster.pods.selected(budget.metadata.namespace, at(budget, 'spec', 'selector'));
  const pods = selected.filter(pod => !isFinished(pod));
  const disrupted = disruptedPods(cluster, budget, pods);
  const currentHealthy = pods.filter(
    pod => isReady(pod) && !isTerminating(pod) && disrupted[pod.metadata.name] === undefined,
  ).length;
  const { expectedPods, desiredHealthy } = expectation(cluster, budget, pods);
  const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
  const conditions = conditionsWith(budget, kubeTime(cluster.now()), [
    {
      type: 'DisruptionAllowed',
      status: disruptionsAllowed > 0 ? 'True' : 'False',
      reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
    },
  ]);
  return {
    ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
    conditions: conditions.map(condition => ({ ...condition, observedGeneration: budget.metadata.generation })),
    currentHealthy,
    desiredHealthy,
    disruptionsAllowed,
    expectedPods,
    observedGeneration: budget.metadata.generation,
  };
}

function disruptedPods(cluster: SimCluster, budget: KubeObject, pods: readonly KubeObject[]): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, since] of Object.entries(asObject(at(budget, 'status', 'disruptedPods')))) {
    const pod = pods.find(other => other.metadata.name === name);
    if (pod === undefined || isTerminating(pod)) continue;
    if (cluster.now() - Date.parse(String(since)) < DISRUPTED_POD_MS) kept[name] = since;
  }
  return kept;
}

/** maxUnavailable and percentages count against the scale of the pods' controllers; minAvailable: N does not. */
function expectation(
  cluster: SimCluster,
  budget: KubeObject,
  pods: readonly KubeObject[],
): { expectedPods: number; desiredHealthy: number } {
  const maxUnavailable = at(budget, 'spec', 'maxUnavailable');
  const minAvailable = at(budget, 'spec', 'minAvailable');
  if (maxUnavailable !== undefined) {
    const expectedPods = expectedScale(cluster, pods);
    const desired = expectedPods - resolveCount(maxUnavailable, expectedPods, 'up');
    return { expectedPods, desiredHealthy: Math.max(0, desired) };
  }
  if (typeof minAvailable === 'string') {
    const expectedPods = expectedScale(cluster, pods);
    return { expectedPods, desiredHealthy: resolveCount(minAvailable, expectedPods, 'up') };
  }
  return { expectedPods: pods.length, desiredHealthy: asNumber(minAvailable, 1) };
}

function expectedScale(cluster: SimCluster, pods: readonly KubeObject[]): number {
  const scales = new Map<string, number>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (owner === undefined) continue;
    const scaled = scaledController(cluster, pod.metadata.namespace, owner.kind, owner.name);
    if (scaled !== undefined) scales.set(scaled.metadata.uid, replicasOf(scaled));
  }
  return [...scales.values()].reduce((sum, scale) => sum + scale, 0);
}

function scaledController(
  cluster: SimCluster,
  namespace: string | undefined,
  kind: string,
  name: string,
): KubeObject | undefined {
  if (kind === 'StatefulSet') return cluster.store.get('statefulsets.apps', namespace, name);
  if (kind !== 'ReplicaSet') return undefined;
  const set = cluster.store.get('replicasets.apps', namespace, name);
  const deployment = set === undefined ? undefined : controllerOf(set);
  if (deployment?.kind !== 'Deployment') return set;
  return cluster.store.get('deployments.apps', namespace, deployment.name) ?? set;
}
