import { nameOfLevel, planAuthority } from '../../decisions/authority.ts';
import { requestedPlanHash } from '../../decisions/handoff-approval.ts';
import { operationId } from '../../decisions/plan-hash.ts';
import type { Plan } from '../../model/plan.ts';
import type { FrontEnd } from '../../ports.ts';

export interface WaitingPlan {
  plan: Plan;
  waitingFor: string;
  /** The handoff that asked for it; undefined: nobody was asked yet. */
  handoffId: string | undefined;
}

/** Plans that could start but for an approval, newest first. */
export async function plansWaiting(front: FrontEnd): Promise<WaitingPlan[]> {
  const { handoffs } = await front.handoffs.outgoing();
  const waiting: WaitingPlan[] = [];
  for (const plan of await front.division.plans()) {
    const { level } = planAuthority(plan);
    const isOpen =
      !plan.simulated &&
      level !== 'autonomous' &&
      plan.preflight.blocked.length === 0 &&
      Date.parse(plan.expires_at) > front.clock.now();
    if (!isOpen || (await front.division.operation(operationId(plan.plan_hash)))) continue;
    const asked = handoffs.find(({ reading }) => requestedPlanHash(reading) === plan.plan_hash);
    waiting.push({ plan, waitingFor: nameOfLevel(level), handoffId: asked?.id });
  }
  return waiting.toSorted((left, right) => Date.parse(right.plan.created_at) - Date.parse(left.plan.created_at));
}
