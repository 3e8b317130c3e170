import type { Plan } from '../model/plan.ts';

/** The version a plan brings nodes or clusters to; undefined where it brings none. */
export function targetVersion({ requested }: Pick<Plan, 'requested'>): string | undefined {
  if (requested.kind === 'talos') return requested.to_version;
  return 'to_version' in requested.task ? requested.task.to_version : undefined;
}

/** Nodes that a plan acts on, of all its clusters. */
export const countNodes = (plan: Pick<Plan, 'clusters'>): number =>
  plan.clusters.reduce((sum, { nodes, targets }) => sum + (targets ?? nodes).length, 0);

/** What a plan does, for people: its playbook, how much of which clusters, and where to. */
export function planWords(plan: Pick<Plan, 'playbook' | 'clusters' | 'requested'>): string {
  const nodes = countNodes(plan);
  const names = plan.clusters.map(cluster => cluster.name).join(', ');
  const version = targetVersion(plan);
  return [
    plan.playbook,
    nodes > 0 && `of ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`,
    names !== '' && `of ${names}`,
    version !== undefined && `to ${version}`,
  ]
    .filter(Boolean)
    .join(' ');
}
