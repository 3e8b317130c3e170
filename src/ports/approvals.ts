import type { Approval, KnownApproval } from '../model/approval.ts';

/** Recorded decisions about plans. What they are worth is `decisions/authority`'s to say. [INTERNAL when the disk refuses] */
export interface Approvals {
  /** Those that name the plan, whole hash; unreadable ones are logged and left out. */
  of(planHash: string): Promise<{ approvals: readonly KnownApproval[]; areKeysConfigured: boolean }>;
  /** Idempotent: the same decision is the same record. */
  save(approval: Omit<Approval, 'approval_id'>): Promise<Approval>;
}

/** Questions to the person at a host; each is answered once, also across a restart. [INTERNAL when the disk refuses] */
export interface Questions {
  /** On disk when it resolves: an unguessable token for the question about `subject`. */
  ask(subject: string): Promise<string>;
  /** What the token's question was about; undefined for one that is not open (any more). It is not open afterwards. */
  take(token: string): Promise<string | undefined>;
}
