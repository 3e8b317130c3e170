import type { AuthorityLevel } from '../../model/plan.ts';
import type { Role } from '../../model/principal.ts';

/** One row of the authority matrix: an action, who decides it, and the seed's line that says so. */
export interface MatrixRow {
  action: string;
  level: AuthorityLevel;
  rule: string;
}

const row = (level: AuthorityLevel, seedLine: number, words: string, ...actions: string[]): MatrixRow[] =>
  actions.map(action => ({ action, level, rule: `seed line ${seedLine}: ${words}` }));

/** Seed lines 105 to 125 under CONTRACT's action ids (ledger R57 to R73). */
export const authorityMatrix: readonly MatrixRow[] = [
  ...row('autonomous', 105, 'routine node management', 'node.add', 'node.remove', 'node.upgrade'),
  ...row('autonomous', 106, 'pod scheduling and deployment', 'pod.schedule', 'workload.deploy'),
  ...row('autonomous', 107, 'namespace management', 'namespace.manage'),
  ...row('autonomous', 108, 'ConfigMap and Secret updates', 'config.update', 'secret.update'),
  ...row('autonomous', 109, 'service mesh configuration', 'mesh.configure'),
  ...row('autonomous', 110, 'ingress controller updates', 'ingress.update'),
  ...row('autonomous', 111, 'node cordoning and draining', 'node.cordon', 'node.drain'),
  ...row('coo', 114, 'a Kubernetes version', 'kubernetes.upgrade'),
  ...row('coo', 115, 'multi-cluster architecture changes', 'multicluster.architecture'),
  ...row('coo', 116, 'a budget overrun beyond 10 %', 'budget.overrun'),
  ...row('coo', 117, 'cross-division workload migrations', 'workload.migrate'),
  ...row('coo', 118, 'new cluster creation', 'cluster.create'),
  ...row('cortex-prime', 121, 'Kubernetes architecture changes', 'kubernetes.architecture'),
  ...row('cortex-prime', 122, 'multi-cluster strategy changes', 'multicluster.strategy'),
  ...row('cortex-prime', 123, 'vendor or platform changes', 'vendor.change'),
  ...row('cortex-prime', 124, 'the strategic container roadmap', 'roadmap.strategic'),
  ...row('cortex-prime', 125, 'major cluster topology changes', 'topology.major'),
];

/** An action that is in no row (CONTRACT, Authority action ids; supersedes ledger R74 here). */
export const unknownAction = (action: string): MatrixRow => ({
  action,
  level: 'cortex-prime',
  rule: 'CONTRACT: an unknown action is Cortex Prime’s',
});

const rank: Readonly<Record<AuthorityLevel, number>> = { autonomous: 0, coo: 1, 'cortex-prime': 2 };
const reach: Readonly<Record<Role, number>> = { viewer: -1, operator: 0, coo: 1, 'cortex-prime': 2 };

/** True when somebody in this role may decide what is of this level: nobody above their own. */
export const mayDecide = (role: Role, level: AuthorityLevel): boolean => reach[role] >= rank[level];

/** The row of the higher level; of two as high, the first. Ledger R74: a mixed plan takes the highest. */
export function highest(rows: readonly [MatrixRow, ...MatrixRow[]]): MatrixRow {
  const [first, ...others] = rows;
  return others.reduce((top, each) => (rank[each.level] > rank[top.level] ? each : top), first);
}

/** Below zero when `left` is decided lower than `right`. */
export const compareLevels = (left: AuthorityLevel, right: AuthorityLevel): number => rank[left] - rank[right];
