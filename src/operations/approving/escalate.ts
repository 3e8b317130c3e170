import { requestedPlanHash } from '../../decisions/handoff-approval.ts';
import { planWords } from '../../decisions/plan-words.ts';
import { type AuthorityLevel, isUpgradePlan, type Plan } from '../../model/plan.ts';
import type { FrontEnd } from '../../ports.ts';

const addressee = (level: AuthorityLevel): 'coo' | 'prime' => (level === 'cortex-prime' ? 'prime' : 'coo');

const impactOf = (plan: Plan): string =>
  isUpgradePlan(plan)
    ? 'each node is drained and rebooted once, within its budgets'
    : `${plan.steps?.length ?? 0} steps, each behind its gate`;

/** The request for a plan's approval, sent once: the one that lies there is the one that is waited for (ledger R79 to R87). */
export async function escalatePlan(
  front: FrontEnd,
  plan: Plan,
  level: AuthorityLevel,
  reason?: string,
): Promise<string> {
  const { handoffs } = await front.handoffs.outgoing();
  const sent = handoffs.find(
    ({ reading, state }) => requestedPlanHash(reading) === plan.plan_hash && state !== 'withdrawn',
  );
  if (sent) return sent.id;
  const minutes = Math.round(plan.estimate.minutes_expected);
  const { handoffId } = await front.handoffs.send({
    to: addressee(level),
    handoffType: 'approval_request',
    priority: 'high',
    taskId: `${plan.playbook.replaceAll('_', '-')}-${plan.plan_hash.slice(0, 16)}`,
    planHash: plan.plan_hash,
    context: {
      summary: isUpgradePlan(plan) ? `${planWords(plan)}: one at a time` : planWords(plan),
      impact: `${impactOf(plan)}; ${plan.preflight.warnings.length} warnings`,
      cost: `${plan.estimate.tokens} tokens`,
      timeline: `about ${minutes} minutes, at most ${Math.round(plan.estimate.minutes_p90)}; the plan expires at ${plan.expires_at}`,
      action: plan.authority.action,
      rule: plan.authority.rule,
      ...(reason !== undefined && { reason }),
      answer_with:
        'handoff_type approval_response, in_response_to this handoff_id, decision approved or rejected, approver, plan_hash, expires_at',
    },
  });
  return handoffId;
}

/** An action that no plan stands for yet: whoever decides it is told what is wanted; nothing is authorised by the answer. */
export async function escalateAction(
  front: FrontEnd,
  wanted: { action: string; level: AuthorityLevel; rule: string; scope: Record<string, unknown>; reason?: string },
): Promise<string> {
  const { action, level, rule, scope, reason } = wanted;
  const { handoffId } = await front.handoffs.send({
    to: addressee(level),
    handoffType: 'approval_request',
    priority: 'medium',
    taskId: `decision-${action}`,
    context: {
      summary: `a decision is asked about ${action}`,
      impact: reason ?? 'not stated',
      cost: 'to be planned',
      timeline: 'nothing is done before a plan of it is approved by its hash',
      action,
      rule,
      scope,
    },
  });
  return handoffId;
}
