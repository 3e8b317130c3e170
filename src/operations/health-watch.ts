import type { TurnFacts } from '../decisions/upgrade-turn.ts';
import { noObservations, type RunObservations } from './project.ts';

/**
 * Counts, from what the turns happen to see, the moments that must not be: a budget below its minimum that was not so at first
 * sight, and more than one control plane node away. Seen by polling, so it may miss short ones; it never invents one.
 */
export class HealthWatch {
  #counts: RunObservations = noObservations;
  readonly #brokenBudgets = new Map<string, ReadonlySet<string>>();
  #wasOverlapping = false;

  see(facts: TurnFacts, contractorCalls: number): RunObservations {
    let { pdbViolations, controlPlaneOverlaps } = this.#counts;
    const { cluster } = facts;
    if (cluster) {
      const broken = new Set(
        cluster.budgets
          .filter(budget => budget.currentHealthy < budget.desiredHealthy)
          .map(budget => `${budget.namespace}/${budget.name}`),
      );
      const known = this.#brokenBudgets.get(cluster.cluster);
      if (known) pdbViolations += [...broken].filter(name => !known.has(name)).length;
      this.#brokenBudgets.set(cluster.cluster, broken);
      const away = cluster.nodes.filter(node => node.role === 'control-plane' && node.ready !== true).length;
      if (away > 1 && !this.#wasOverlapping) controlPlaneOverlaps += 1;
      this.#wasOverlapping = away > 1;
    }
    this.#counts = { ...this.#counts, pdbViolations, controlPlaneOverlaps, contractorCalls };
    return this.#counts;
  }
}
