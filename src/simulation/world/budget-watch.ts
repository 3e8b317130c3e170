import { asNumber, at } from '../kubernetes-api/json.ts';
import type { DisruptionCause } from '../ledger.ts';
import type { SimCluster } from './cluster.ts';
import { isFinished, isReady, isTerminating, nodeOf } from './pods.ts';
import { selects } from './selectors.ts';
import type { KubeObject } from './store.ts';

const BUDGETS = 'poddisruptionbudgets.policy';

type Watched = Pick<SimCluster, 'store' | 'machines' | 'ledger' | 'pods'>;

/**
 * Follows the pods that really serve for each budget (ready, not terminating, on a machine whose kubelet runs), and
 * tells the ledger when that number falls, and why. Independent of the status evictions are decided by.
 */
export class BudgetWatch {
  readonly #cluster: Watched;
  readonly #healthy = new Map<string, Set<string>>();

  constructor(cluster: Watched) {
    this.#cluster = cluster;
    this.recount();
    cluster.store.onEvent(({ resource, type, object, previous }) => {
      if (resource === BUDGETS) this.#followBudget(object, type === 'DELETED');
      if (resource !== 'pods') return;
      if (type === 'DELETED') this.#lose(object, cluster.ledger.cause);
      else if (this.#serves(object)) this.#gain(object);
      else
        this.#lose(
          object,
          isTerminating(object) && !isTerminating(previous ?? object) ? cluster.ledger.cause : whyUnready(cluster),
        );
    });
  }

  /** Counts anew from the store, without blaming anybody. */
  recount(): void {
    this.#healthy.clear();
    for (const budget of this.#cluster.store.list(BUDGETS)) this.#followBudget(budget, false);
  }

  /** The machine's pods stop serving at this moment, whatever the API still says of them. */
  machineStopped(node: string): void {
    for (const pod of this.#cluster.pods.onNode(node)) this.#lose(pod, 'node_down');
  }

  #serves(pod: KubeObject): boolean {
    if (!isReady(pod) || isTerminating(pod) || isFinished(pod)) return false;
    return this.#cluster.machines.get(nodeOf(pod) ?? '')?.kubelet_runs === true;
  }

  #followBudget(budget: KubeObject, isGone: boolean): void {
    const key = `${budget.metadata.namespace}/${budget.metadata.name}`;
    if (isGone) this.#healthy.delete(key);
    else if (!this.#healthy.has(key)) {
      const selected = this.#cluster.pods.selected(budget.metadata.namespace, at(budget, 'spec', 'selector'));
      const pods = selected.filter(pod => this.#serves(pod));
      this.#healthy.set(key, new Set(pods.map(pod => pod.metadata.uid)));
    }
  }

  #budgetsOf(pod: KubeObject): { key: string; desired: number; serving: Set<string> }[] {
    return this.#cluster.store.list(BUDGETS, pod.metadata.namespace).flatMap(budget => {
      const key = `${budget.metadata.namespace}/${budget.metadata.name}`;
      const serving = this.#healthy.get(key);
      if (serving === undefined || !selects(at(budget, 'spec', 'selector'), pod.metadata.labels)) return [];
      return [{ key, serving, desired: asNumber(at(budget, 'status', 'desiredHealthy')) }];
    });
  }

  #gain(pod: KubeObject): void {
    for (const { serving } of this.#budgetsOf(pod)) serving.add(pod.metadata.uid);
  }

  #lose(pod: KubeObject, cause: DisruptionCause): void {
    for (const { key, serving, desired } of this.#budgetsOf(pod)) {
      const from = serving.size;
      if (!serving.delete(pod.metadata.uid)) continue;
      const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
      this.#cluster.ledger.budgetHealth(key, { pod: name, cause, from, to: from - 1, desired });
    }
  }
}

/** A pod that turns unready without being deleted: its node fell silent, or it failed by itself. */
const whyUnready = (cluster: Watched): DisruptionCause =>
  cluster.ledger.cause === 'node_down' ? 'node_down' : 'failure';
