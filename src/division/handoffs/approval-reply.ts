/** The reply that a person's decision at the terminal is written as, for the division to read like any other (CONTRACT, Principals). */
import { join } from 'node:path';
import { DivisionError } from '../../errors.ts';
import { redact } from '../../redaction/redact.ts';
import { diskFileSystem } from '../file-system.ts';
import type { SignedDecision } from '../signature.ts';
import { createOnce } from './create-once.ts';
import { handoffPlaces } from './places.ts';

export interface ApprovalReplyFile extends SignedDecision {
  role: 'coo' | 'cortex-prime';
  /** Our handoff that it answers. */
  in_response_to: string;
  reason?: string;
  /** Compact JWS; absent: unsigned. */
  signature?: string;
}

const REPLIES_MAX = 100;
const senders = { coo: 'coo', 'cortex-prime': 'prime' } as const;

/** Lays the reply into handoffs/incoming/, under a name of its own; returns its id. @throws DivisionError INTERNAL, OPERATION_CONFLICT */
export async function leaveApprovalReply(directory: string, reply: ApprovalReplyFile): Promise<string> {
  const { role, in_response_to, decision, at, reason, ...signed } = reply;
  const sender = senders[role];
  for (let number = 1; number <= REPLIES_MAX; number += 1) {
    const id = `${sender}-to-containers-approval-${reply.plan_hash.slice(0, 16)}-${String(number).padStart(3, '0')}`;
    const handoff = {
      handoff_id: id,
      from: sender,
      to_division: 'containers',
      handoff_type: 'approval_response',
      priority: 'high',
      in_response_to,
      decision: decision === 'approve' ? 'approved' : 'rejected',
      ...signed,
      context: {
        summary:
          reason === undefined ? `the plan is ${decision === 'approve' ? 'approved' : 'rejected'}` : redact(reason),
      },
      created_at: at,
      status: 'completed',
    };
    const path = join(handoffPlaces(directory).incoming, `${id}.json`);
    if (await createOnce(diskFileSystem, path, `${JSON.stringify(handoff, null, 2)}\n`)) return id;
  }
  throw new DivisionError(
    'OPERATION_CONFLICT',
    'this plan has too many replies',
    'move old ones out of handoffs/incoming',
  );
}
