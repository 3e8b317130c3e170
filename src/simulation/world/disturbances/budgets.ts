import type { Fault } from '../../faults.ts';
import { asObject } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';

const BUDGETS = 'poddisruptionbudgets.policy';

/** A budget that allows nothing, or a second one over the same pods, for as long as the fault lasts. */
export function runBudgetFaults(cluster: SimCluster): void {
  cluster.faults.onChange((fault, change) => {
    if (fault.kind === 'budget_blocked') {
      if (change === 'armed') block(cluster, fault);
      else unblock(cluster, fault);
    }
    if (fault.kind === 'budget_second') {
      if (change === 'armed') addSecond(cluster, fault);
      else cluster.store.remove(BUDGETS, fault.namespace, secondName(fault));
    }
  });
}

const secondName = ({ budget = '' }: Fault): string => `${budget}-second`;

function block(cluster: SimCluster, { id, namespace, budget = '' }: Fault): void {
  const found = cluster.store.get(BUDGETS, namespace, budget);
  if (found === undefined) return;
  cluster.faults.keep(id, JSON.stringify(found.spec));
  const { minAvailable: _, ...spec } = asObject(found.spec);
  cluster.store.replace(BUDGETS, { ...found, spec: { ...spec, maxUnavailable: 0 } });
}

function unblock(cluster: SimCluster, { namespace, budget = '', kept }: Fault): void {
  const found = cluster.store.get(BUDGETS, namespace, budget);
  if (found === undefined || kept === undefined) return;
  cluster.store.replace(BUDGETS, { ...found, spec: JSON.parse(kept) as unknown });
}

function addSecond(cluster: SimCluster, fault: Fault): void {
  const { namespace = '', budget = '' } = fault;
  const first = cluster.store.get(BUDGETS, namespace, budget);
  const name = secondName(fault);
  if (first === undefined || cluster.store.get(BUDGETS, namespace, name) !== undefined) return;
  cluster.store.create(BUDGETS, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { namespace, name },
    spec: { maxUnavailable: 1, selector: asObject(first.spec).selector },
    status: {},
  });
}
