import * as z from 'zod';
import { Role } from './principal.ts';

/** How a decision reached us (CONTRACT, Principals): a tool call, a host's dialog, a terminal or key file, a handoff. */
export const ApprovalWay = z.enum(['tool', 'elicitation', 'terminal', 'handoff']);
export type ApprovalWay = z.infer<typeof ApprovalWay>;

/**
 * Somebody's decision about one plan, as it is kept: single-use (a plan is one operation), expiring, and bound to the plan's whole
 * hash. What it authorises is decided each time anew from it, by `decisions/authority`.
 */
export const Approval = z.object({
  record_version: z.literal(1),
  /** The same decision read twice has the same id. */
  approval_id: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,127}$/),
  plan_hash: z.string().regex(/^[0-9a-f]{64}$/),
  decision: z.enum(['approve', 'reject']),
  role: Role,
  approver: z.string(),
  way: ApprovalWay,
  reason: z.string().optional(),
  /** What the approver tied it to; a condition can't be checked, so an approval with one authorises nothing. */
  conditions: z.array(z.string()),
  /** The approver's compact JWS over the decision (Ed25519); absent: unsigned. */
  signature: z.string().optional(),
  /** The handoff it was read from. */
  source: z.object({ handoff_id: z.string(), sha256: z.string() }).optional(),
  at: z.string(),
  expires_at: z.string(),
});
export type Approval = z.infer<typeof Approval>;

/** An approval with what its signature is worth under the keys that are configured now. */
export interface KnownApproval {
  approval: Approval;
  signature: 'valid' | 'absent' | 'invalid';
}
