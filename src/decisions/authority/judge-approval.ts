import type { Approval, KnownApproval } from '../../model/approval.ts';
import type { AuthorityLevel } from '../../model/plan.ts';
import { mayDecide } from './matrix.ts';

export interface ApprovalQuestion {
  /** The whole hash, 64 hex digits. */
  planHash: string;
  level: AuthorityLevel;
  approvals: readonly KnownApproval[];
  /** True when approvers' keys are configured: then what reached us as a file counts only when it is signed by one of them. */
  areKeysConfigured: boolean;
  /** Epoch milliseconds at which the approval has to hold: now, or when the operation was taken up under it. */
  at: number;
}

export interface RefusedApproval {
  approval_id: string;
  reason: string;
}

export type ApprovalAnswer =
  | { verdict: 'approved'; approval: Approval; refused: readonly RefusedApproval[] }
  | { verdict: 'rejected'; approval: Approval; refused: readonly RefusedApproval[] }
  | { verdict: 'missing'; refused: readonly RefusedApproval[] };

/** An approver's clock may be ahead of ours by this much. */
const CLOCK_SKEW_MS = 5 * 60_000;

const asFile: readonly Approval['way'][] = ['handoff', 'terminal'];

/** Why an approval does not count for the question; undefined when it does. */
function refusal({ approval, signature }: KnownApproval, question: ApprovalQuestion): string | undefined {
  if (approval.plan_hash !== question.planHash) return 'it names another plan';
  if (signature === 'invalid') return 'its signature is not that of a configured approver, or what it says was changed';
  if (signature === 'absent' && question.areKeysConfigured && asFile.includes(approval.way)) {
    return 'it is unsigned, and approvers with keys are configured';
  }
  if (approval.decision === 'reject') {
    return mayDecide(approval.role, 'autonomous') ? undefined : `a ${approval.role} decides nothing`;
  }
  if (!mayDecide(approval.role, question.level)) return `a ${approval.role} can’t approve what is ${question.level}’s`;
  if (approval.conditions.length > 0) return `it is conditional: ${approval.conditions.join('; ')}`;
  if (!(Date.parse(approval.at) <= question.at + CLOCK_SKEW_MS)) return `it is dated ${approval.at}, which is not yet`;
  if (!(question.at < Date.parse(approval.expires_at))) return `it expired at ${approval.expires_at}`;
  return undefined;
}

/**
 * What the decisions about a plan come to: the last one that counts, by its own time; of two at the same time the rejection
 * (CONTRACT, Principals; ledger R64, R74, R87).
 */
export function judgeApproval(question: ApprovalQuestion): ApprovalAnswer {
  const judged = question.approvals.map(known => ({ ...known, reason: refusal(known, question) }));
  const refused = judged.flatMap(({ approval, reason }) =>
    reason === undefined ? [] : [{ approval_id: approval.approval_id, reason }],
  );
  const counting = judged.filter(({ reason }) => reason === undefined).map(({ approval }) => approval);
  const last = counting.reduce<Approval | undefined>((latest, each) => {
    const later = latest === undefined ? 1 : Date.parse(each.at) - Date.parse(latest.at);
    return later > 0 || (later === 0 && each.decision === 'reject') ? each : latest;
  }, undefined);
  if (!last) return { verdict: 'missing', refused };
  return { verdict: last.decision === 'approve' ? 'approved' : 'rejected', approval: last, refused };
}
