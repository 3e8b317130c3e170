/** What is decided about a plan: alone, by who asks here, by who answered elsewhere, or not yet. */
import {
  judgeApproval,
  mayDecide,
  nameOfLevel,
  planAuthority,
  type RefusedApproval,
  SIMULATION_APPROVES,
} from '../../decisions/authority.ts';
import { operationId } from '../../decisions/plan-hash.ts';
import { planWords } from '../../decisions/plan-words.ts';
import { DivisionError } from '../../errors.ts';
import type { Approval } from '../../model/approval.ts';
import { endedStatuses } from '../../model/operation.ts';
import type { Plan } from '../../model/plan.ts';
import type { FrontEnd } from '../../ports.ts';
import { escalatePlan } from './escalate.ts';
import { plannedSpending } from './planned-spending.ts';
import { markCounted, type RefusedReply, takeReplies } from './replies.ts';

/** An approval given here holds this long, and never longer than its plan. */
const APPROVAL_LIFETIME_MS = 24 * 3_600_000;

/** Asks the person at the host; `unavailable` where the host can't ask. */
export type Confirm = (question: string) => Promise<'accepted' | 'declined' | 'unavailable'>;

export interface PlanWish {
  decision?: 'approve' | 'reject' | 'escalate' | undefined;
  reason?: string | undefined;
  confirm: Confirm;
}

export interface PlanDecision {
  verdict: 'autonomous' | 'approved' | 'rejected' | 'escalated' | 'refused';
  level: Plan['authority']['level'];
  action: string;
  rule: string;
  /** By whom, when somebody decided. */
  decidedBy?: string;
  isUnsigned?: boolean;
  waitingFor?: string;
  handoffId?: string;
  reason?: string;
  /** What lies there and does not count, and why. */
  refused: readonly (RefusedApproval | RefusedReply)[];
}

/**
 * Decides about a plan as far as this connection may, else asks who may (CONTRACT, approve_or_escalate; ledger R57 to R74). Nothing
 * starts by it. [STALE_PLAN, DISRUPTION_BLOCKED, AUTHORITY_REFUSED for a viewer]
 */
export async function decidePlan(front: FrontEnd, plan: Plan, wish: PlanWish): Promise<PlanDecision> {
  const answer = planAuthority(plan, await plannedSpending(front, plan));
  assertDecidable(front, plan);
  const known = { ...answer, refused: [] };
  const used = await usedBy(front, plan);
  if (used !== undefined) return { ...known, verdict: 'refused', reason: used };
  if (plan.simulated) return { ...known, verdict: 'approved', decidedBy: SIMULATION_APPROVES };
  if (wish.decision === 'reject') return reject(front, plan, wish, known);
  if (answer.level === 'autonomous') return { ...known, verdict: 'autonomous' };
  const refusedReplies = await takeReplies(front, plan);
  const judged = judgeApproval({
    planHash: plan.plan_hash,
    level: answer.level,
    ...(await front.approvals.of(plan.plan_hash)),
    at: front.clock.now(),
  });
  const refused = [...refusedReplies, ...judged.refused];
  // Who may decide may decide anew; for everybody else what was decided stands.
  const decidesAnew = wish.decision !== undefined && mayDecide(front.principal, answer.level);
  if (judged.verdict === 'approved' || (judged.verdict === 'rejected' && !decidesAnew)) {
    await markCounted(front, judged.approval);
    return told(answer, judged, refused);
  }
  return (
    (await decideHere(front, plan, wish, { ...answer, refused })) ?? escalate(front, plan, wish, { ...answer, refused })
  );
}

type Known = Pick<PlanDecision, 'level' | 'action' | 'rule' | 'refused'>;

function told(
  answer: Omit<Known, 'refused'>,
  { verdict, approval }: { verdict: 'approved' | 'rejected'; approval: Approval },
  refused: PlanDecision['refused'],
): PlanDecision {
  return {
    ...answer,
    verdict,
    decidedBy: `${approval.approver} (${approval.role})`,
    isUnsigned: approval.signature === undefined,
    ...(approval.reason !== undefined && { reason: approval.reason }),
    refused,
  };
}

function assertDecidable(front: FrontEnd, plan: Plan): void {
  if (Date.parse(plan.expires_at) <= front.clock.now()) {
    throw new DivisionError('STALE_PLAN', `the plan expired at ${plan.expires_at}`, 'plan again with rolling_upgrade');
  }
  const [first] = plan.preflight.blocked;
  if (!first) return;
  const code = first.code === 'AUTHORITY_REFUSED' ? 'AUTHORITY_REFUSED' : 'DISRUPTION_BLOCKED';
  throw new DivisionError(code, `the plan can’t start: ${first.message}`, `${first.remedy}; then plan again`);
}

/** An approval is single-use: what it was given for has been carried out, or is under way. */
async function usedBy(front: FrontEnd, plan: Plan): Promise<string | undefined> {
  const operation = await front.division.operation(operationId(plan.plan_hash));
  if (!operation) return undefined;
  const isOver = operation.status === 'succeeded' || !endedStatuses.includes(operation.status);
  return isOver
    ? `this plan is operation ${operation.operation_id}, ${operation.status}: there is nothing to decide`
    : undefined;
}

async function save(front: FrontEnd, plan: Plan, wish: PlanWish, decision: Approval['decision'], way: Approval['way']) {
  const now = front.clock.now();
  const expires = Math.min(now + APPROVAL_LIFETIME_MS, Date.parse(plan.expires_at));
  return front.approvals.save({
    record_version: 1,
    plan_hash: plan.plan_hash,
    decision,
    role: front.principal,
    approver: front.principal,
    way,
    ...(wish.reason !== undefined && { reason: wish.reason }),
    conditions: [],
    at: new Date(now).toISOString(),
    expires_at: new Date(expires).toISOString(),
  });
}

async function reject(front: FrontEnd, plan: Plan, wish: PlanWish, known: Known): Promise<PlanDecision> {
  await save(front, plan, wish, 'reject', 'tool');
  return { ...known, verdict: 'rejected', decidedBy: front.principal };
}

/** This connection's own decision, where its level reaches; the host's dialog confirms and never raises. */
async function decideHere(
  front: FrontEnd,
  plan: Plan,
  wish: PlanWish,
  known: Known,
): Promise<PlanDecision | undefined> {
  if (wish.decision === 'escalate' || !mayDecide(front.principal, known.level)) return undefined;
  if (wish.decision === 'approve') {
    await save(front, plan, wish, 'approve', 'tool');
    return { ...known, verdict: 'approved', decidedBy: front.principal, isUnsigned: true };
  }
  const confirmed = await wish.confirm(`Approve plan ${plan.plan_hash.slice(0, 16)}: ${planWords(plan)}?`);
  if (confirmed === 'accepted') {
    await save(front, plan, wish, 'approve', 'elicitation');
    return { ...known, verdict: 'approved', decidedBy: front.principal, isUnsigned: true };
  }
  return {
    ...known,
    verdict: 'refused',
    waitingFor: nameOfLevel(known.level),
    reason: confirmed === 'declined' ? 'the person at the host declined' : 'a decision is missing: approve or reject',
  };
}

async function escalate(front: FrontEnd, plan: Plan, wish: PlanWish, known: Known): Promise<PlanDecision> {
  const handoffId = await escalatePlan(front, plan, known.level, wish.reason);
  return { ...known, verdict: 'escalated', waitingFor: nameOfLevel(known.level), handoffId };
}
