import type { KnownWorld, Owner } from '../../../src/decisions/understanding.ts';
import type { PlaybookName, Task } from '../../../src/model/task.ts';

export interface Expectation {
  /** Compared whole. */
  task?: Task;
  /** A question; `missing` in it all of these, the playbook this one. */
  question?: { playbook?: PlaybookName | undefined; missing: readonly string[]; candidates?: readonly string[] };
  owner?: Owner;
  /** Part of the reason or the rule. */
  refused?: string;
}

export interface Row {
  says: string;
  expects: Expectation;
  /** What is known; the seed's two clusters unless said. */
  world?: KnownWorld;
}

export const row = (says: string, expects: Expectation, known?: Row['world']): Row => ({
  says,
  expects,
  ...(known === undefined ? {} : { world: known }),
});

export const task = (wanted: Task): Expectation => ({ task: wanted });
export const asks = (playbook: PlaybookName | undefined, ...missing: string[]): Expectation => ({
  question: { playbook, missing },
});
export const asksOf = (missing: string, ...candidates: string[]): Expectation => ({
  question: { missing: [missing], candidates },
});
export const owner = (name: Owner): Expectation => ({ owner: name });
export const refused = (text: string): Expectation => ({ refused: text });

const [staging, production] = ['staging', 'production'];
export const kubernetes = (clusters: readonly string[], to: string): Expectation =>
  task({ playbook: 'kubernetes_upgrade', clusters: [...clusters], to_version: to });
export const talos = (clusters: readonly string[], to: string): Expectation =>
  task({ playbook: 'talos_upgrade', clusters: [...clusters], to_version: to });
export const workers = (count: number, cluster = production): Expectation =>
  task({ playbook: 'scale_cluster', cluster, count, role: 'worker' });
export const maintain = (node: string, reason: string, minutes?: number): Expectation =>
  task({
    playbook: 'maintain_node',
    cluster: production,
    node,
    reason,
    ...(minutes === undefined ? {} : { minutes }),
  });
export const remove = (node: string, reason?: string): Expectation =>
  task({ playbook: 'remove_node', cluster: production, node, ...(reason === undefined ? {} : { reason }) });
export const health = (...clusters: string[]): Expectation =>
  task({ playbook: 'daily_health_check', ...(clusters.length > 0 ? { clusters } : {}) });

type Looking =
  | 'node_management'
  | 'workload_monitoring'
  | 'cluster_optimization'
  | 'certificate_management'
  | 'backup_validation'
  | 'version_planning'
  | 'capacity_planning';
export const look = (playbook: Looking, ...clusters: string[]): Expectation =>
  task({ playbook, ...(clusters.length > 0 ? { clusters } : {}) });

export const both = [staging, production];
