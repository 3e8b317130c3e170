/** What a plan goes by: patterns are looked up before its tasks are given to anybody (seed line 614, R294). */
import { citedPatterns } from '../decisions/knowledge.ts';
import { targetVersion } from '../decisions/plan-words.ts';
import { DivisionError } from '../errors.ts';
import type { Plan } from '../model/plan.ts';
import type { Knowledge } from '../ports/knowledge.ts';

/** Ids of the patterns about this plan, best first. A knowledge base that can't be read keeps nobody from planning. */
export async function cited(
  knowledge: Pick<Knowledge, 'patterns'> | undefined,
  plan: Pick<Plan, 'playbook' | 'requested' | 'clusters' | 'simulated'>,
): Promise<string[]> {
  if (knowledge === undefined) return [];
  try {
    const { patterns } = await knowledge.patterns();
    const before = plan.clusters.flatMap(({ nodes }) => nodes.map(node => node.from_version));
    const to = targetVersion(plan);
    return citedPatterns(patterns, {
      playbook: plan.playbook,
      clusters: plan.clusters.map(cluster => cluster.name),
      versions: [...new Set([...before, ...(to === undefined ? [] : [to])])],
      simulated: plan.simulated,
    });
  } catch (error) {
    if (error instanceof DivisionError) return [];
    throw error;
  }
}
