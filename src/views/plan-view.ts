import { planWords, targetVersion } from '../decisions/plan-words.ts';
import { DivisionError } from '../errors.ts';
import type { Plan } from '../model/plan.ts';
import type { FrontEnd } from '../ports.ts';
import { planAddress } from './addresses.ts';
import { counted, listOf, say, shortHash, simulatedMark, toTheSecond } from './wording.ts';

/** A finding is a sentence with its remedy; the first few say what kind of thing is wrong. */
const FINDINGS_MAX = 8;

/** `at`: epoch milliseconds of the cluster's clock. */
export const isExpired = (plan: Plan, at: number): boolean => Date.parse(plan.expires_at) <= at;

/** By the whole hash or its first 16 or more digits. Throws NOT_FOUND. */
export async function planNamed(front: FrontEnd, planHash: string): Promise<Plan> {
  const plan = await front.division.plan(planHash);
  if (plan !== undefined) return plan;
  throw new DivisionError(
    'NOT_FOUND',
    'no plan has this plan_hash',
    'rolling_upgrade without arguments lists the plans; with clusters and to_version it plans anew',
  );
}

export const plansNewestFirst = async (front: FrontEnd): Promise<Plan[]> =>
  (await front.division.plans()).toSorted((left, right) => Date.parse(right.created_at) - Date.parse(left.created_at));

/** A line of a list of plans. */
export function planLine(plan: Plan): Record<string, unknown> {
  return {
    plan_hash: shortHash(plan.plan_hash),
    clusters: plan.clusters.map(cluster => cluster.name),
    playbook: plan.playbook,
    to_version: targetVersion(plan),
    blocked: plan.preflight.blocked.length,
    simulated: plan.simulated,
    expires_at: plan.expires_at,
  };
}

/** The tool that starts a plan. */
export const startsWith = ({ requested }: Plan): string =>
  requested.kind === 'procedure' ? 'execute_plan' : 'rolling_upgrade';

export function nextForPlan(plan: Plan): string {
  if (plan.preflight.blocked.length > 0) return 'report the blockers; when they are gone, plan again; end your turn.';
  return `show it to the user; when they agree, ${startsWith(plan)} with plan_hash ${shortHash(plan.plan_hash)}.`;
}

/** A plan as tools show it (CONTRACT, Plan); whole at its address. */
export function planView(plan: Plan): Record<string, unknown> {
  const address = planAddress(plan.plan_hash);
  const isOfOne = plan.clusters.length === 1;
  // Which cluster is said once, where there is one.
  const inOne = <Of extends { cluster?: string | undefined }>({ cluster, ...rest }: Of) => ({
    ...(isOfOne ? {} : { cluster }),
    ...rest,
  });
  const { blocked, warnings } = plan.preflight;
  return {
    plan_hash: shortHash(plan.plan_hash),
    playbook: plan.playbook,
    simulated: plan.simulated,
    kind: plan.requested.kind,
    to_version: targetVersion(plan),
    ...listOf(
      'clusters',
      plan.clusters.map(({ name, environment, nodes, targets, skipped }) => ({
        name,
        environment,
        nodes: (targets ?? nodes).length,
        skipped: skipped.length,
        from_versions: [...new Set((targets ?? nodes).map(node => node.from_version))],
      })),
      address,
    ),
    ...listOf(
      'phases',
      plan.phases.map(({ name, cluster, mode, gate, nodes, minutes }) => ({
        name,
        ...(isOfOne ? {} : { cluster }),
        mode,
        gate,
        nodes: nodes.length,
        minutes,
      })),
      address,
    ),
    authority: plan.authority,
    preflight: {
      ...listOf('blocked', blocked.map(inOne), address, FINDINGS_MAX),
      ...listOf('warnings', warnings.map(inOne), address, FINDINGS_MAX),
    },
    estimate: plan.estimate,
    knowledge: plan.knowledge.slice(0, 20),
    expires_at: toTheSecond(plan.expires_at),
    address,
  };
}

export function planText(plan: Plan, next: string): string {
  const { blocked, warnings } = plan.preflight;
  return say(
    [
      simulatedMark(plan.simulated),
      `Plan ${shortHash(plan.plan_hash)}: ${planWords(plan)},`,
      `about ${Math.round(plan.estimate.minutes_expected)} minutes, authority ${plan.authority.level}.`,
      blocked.length > 0
        ? `Blocked by ${blocked.length}: ${blocked
            .slice(0, 2)
            .map(finding => `${finding.code} ${finding.subject}: ${finding.message}`)
            .join('; ')}.`
        : `Nothing blocks it, ${counted(warnings.length, 'warning')}.`,
    ],
    next,
  );
}
