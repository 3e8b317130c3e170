/** Approvals that come as handoffs: a reply file, or our own request with its status changed in place (CONTRACT, Principals 4). */
import { readApprovalReply, requestedPlanHash } from '../../decisions/handoff-approval.ts';
import type { Approval } from '../../model/approval.ts';
import type { Handoff } from '../../model/handoff.ts';
import type { Plan } from '../../model/plan.ts';
import type { Role } from '../../model/principal.ts';
import type { FrontEnd } from '../../ports.ts';

/** A reply that names no expiry holds for a day. */
const REPLY_LIFETIME_MS = 24 * 3_600_000;

export interface RefusedReply {
  handoff_id: string;
  reason: string;
}

/** Whose word an unsigned reply is: that of whom the file comes from. A signed one is its key's, which the record's reader checks. */
function roleOf(handoff: Handoff): Role {
  const party = handoff.direction === 'outgoing' ? handoff.reading.to : handoff.reading.from;
  if (party?.kind === 'coo') return 'coo';
  return party?.kind === 'prime' ? 'cortex-prime' : 'viewer';
}

/**
 * Records every decision about the plan that lies among the handoffs, and says which can't be read in one way only, or name another
 * plan under our request for this one. Recording is not believing: `decisions/authority` judges the record. Reading one twice is
 * the same record.
 */
export async function takeReplies(front: FrontEnd, plan: Plan): Promise<RefusedReply[]> {
  const [{ handoffs: incoming }, { handoffs: outgoing }] = await Promise.all([
    front.handoffs.incoming(),
    front.handoffs.outgoing(),
  ]);
  const requests = outgoing.filter(({ reading }) => requestedPlanHash(reading) === plan.plan_hash);
  const refused: RefusedReply[] = [];
  for (const handoff of [...incoming.filter(({ reading }) => reading.type === 'approval_response'), ...requests]) {
    if (handoff.direction === 'outgoing' && handoff.versions.length < 2 && handoff.conflict === undefined) continue;
    const request = requests.find(({ id }) => id === handoff.reading.inResponseTo);
    const reply = readApprovalReply(handoff, request?.reading);
    if ('ambiguous' in reply) {
      const isAboutThisPlan = request !== undefined || requests.includes(handoff);
      if (isAboutThisPlan) refused.push({ handoff_id: handoff.id, reason: reply.ambiguous });
    } else if (reply.planHash === plan.plan_hash) {
      await front.approvals.save(approvalOf(front, handoff, reply));
    }
  }
  for (const { handoff_id, reason } of refused) front.log.warn('approval.refused', { handoff_id, reason });
  return refused;
}

/**
 * Takes the reply that a decision was read from out of the inbox, once it counted: one that is refused may still be corrected. What
 * can't be marked now is marked the next time.
 */
export async function markCounted(front: FrontEnd, { source }: Approval): Promise<void> {
  if (source === undefined) return;
  const { handoffs, log, principal } = front;
  try {
    const reply = await handoffs.one(source.handoff_id);
    if (reply?.direction !== 'incoming' || reply.state !== 'open' || reply.answers?.by !== 'in_response_to') return;
    await handoffs.handle(reply.id, { action: 'complete', note: 'kept as a decision about its plan', principal });
  } catch (error) {
    log.warn('approval.reply_unmarked', { handoff_id: source.handoff_id, error: String(error) });
  }
}

function approvalOf(
  front: FrontEnd,
  handoff: Handoff,
  reply: Exclude<ReturnType<typeof readApprovalReply>, { ambiguous: string }>,
): Omit<Approval, 'approval_id'> {
  const at = handoff.reading.createdAt ?? new Date(handoff.versions[0]?.writtenAtMs ?? front.clock.now()).toISOString();
  const signer =
    typeof reply.signature === 'string'
      ? front.config.approvers.find(({ name }) => name === reply.approver)
      : undefined;
  const hasChanges = reply.decision === 'changes_requested';
  return {
    record_version: 1,
    plan_hash: reply.planHash,
    decision: reply.decision === 'approved' ? 'approve' : 'reject',
    role: signer?.role ?? roleOf(handoff),
    approver: reply.approver.slice(0, 80),
    way: 'handoff',
    ...(hasChanges && { reason: 'changes were requested' }),
    conditions: [...reply.conditions],
    ...(typeof reply.signature === 'string' && { signature: reply.signature }),
    source: { handoff_id: reply.handoffId, sha256: reply.contentHash },
    at,
    expires_at: reply.expiresAt ?? new Date(Date.parse(at) + REPLY_LIFETIME_MS).toISOString(),
  };
}
