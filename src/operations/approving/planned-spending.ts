import type { PlannedSpending } from '../../decisions/authority.ts';
import type { Plan } from '../../model/plan.ts';
import type { FrontEnd } from '../../ports.ts';

/** What today's tokens come to if the plan is started now (seed line 116, ledger R66). */
export async function plannedSpending(front: FrontEnd, plan: Plan): Promise<PlannedSpending> {
  const { projected_tokens, overrun_limit_tokens } = await front.budget.today();
  return { tokens_projected: projected_tokens + plan.estimate.tokens, tokens_limit: overrun_limit_tokens };
}
