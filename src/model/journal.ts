import * as z from 'zod';
import { Effect } from './effect.ts';
import { NodeState } from './operation.ts';
import { StepResult, StepState } from './step.ts';

/** What an operation writes down, in order; everything else about it is folded from these (SAFETY 11). */
export const JournalBody = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('queued'), plan_hash: z.string(), requested_by: z.string() }),
  z.object({
    kind: z.literal('authorized'),
    cluster: z.string().optional(),
    level: z.string(),
    rule: z.string(),
    approved_by: z.string(),
    /** The approval it was derived from; absent where none is needed. */
    approval_id: z.string().optional(),
  }),
  z.object({ kind: z.literal('started') }),
  z.object({ kind: z.literal('phase'), name: z.string() }),
  /** On disk before the effect is performed. */
  z.object({ kind: z.literal('intent'), effect: Effect, reason: z.string(), step: z.string().optional() }),
  /** What performing it answered: a claim, not a proof. */
  z.object({
    kind: z.literal('outcome'),
    effect: Effect,
    /** The step of a procedure that it belongs to. */
    step: z.string().optional(),
    result: z.enum(['ok', 'refused', 'failed', 'unknown']),
    /** Of the error that ended it. */
    code: z.string().optional(),
    detail: z.string(),
    evicted: z.array(z.string()).optional(),
    evictions_refused: z.number().optional(),
    snapshot: z.object({ path: z.string(), bytes: z.number(), sha256: z.string() }).optional(),
  }),
  /** What was observed, from where: moves a node's state. */
  z.object({
    kind: z.literal('observed'),
    cluster: z.string(),
    node: z.string(),
    state: NodeState,
    reason: z.string(),
    evidence: z.array(z.string()),
    /** Attempt proved not to have started (SAFETY 3b). */
    not_started: z.string().optional(),
  }),
  /** What became of a procedure's step, from what was looked at. */
  z.object({
    kind: z.literal('step'),
    step: z.string(),
    state: StepState,
    reason: z.string(),
    what_ends_it: z.string().optional(),
    /** Of a failure: an error code, and what to do. */
    code: z.string().optional(),
    remedy: z.string().optional(),
    evidence: z.array(z.string()),
    result: StepResult.optional(),
  }),
  z.object({ kind: z.literal('waiting'), reason: z.string(), what_ends_it: z.string() }),
  z.object({
    kind: z.literal('control'),
    action: z.enum(['pause', 'resume', 'cancel', 'resolve']),
    reason: z.string(),
    by: z.string(),
    request_id: z.string().optional(),
    node: z.string().optional(),
    as: z.enum(['done', 'not_started', 'abandon']).optional(),
    /** Resolve of a cluster's Lease: `node` is the cluster, this the holder that is gone for good. */
    holder: z.string().optional(),
  }),
  z.object({
    kind: z.literal('stopped'),
    status: z.enum(['halted', 'failed']),
    code: z.string(),
    reason: z.string(),
    remedy: z.string(),
    evidence: z.array(z.string()),
  }),
  z.object({ kind: z.literal('finished'), status: z.enum(['succeeded', 'cancelled']), summary: z.string() }),
]);
export type JournalBody = z.infer<typeof JournalBody>;

/** What stands before each body. `sequence` counts from 1 without gaps; `at` is the cluster clock. */
export const JournalStamp = z.object({ sequence: z.number().int().min(1), at: z.string() });

/** One journal line. */
export const JournalEntry = z.intersection(JournalStamp, JournalBody);
export type JournalEntry = z.infer<typeof JournalEntry>;

/** A front end's wish, left in the directory for the executor (SAFETY 7); it proves nothing. */
export const Request = z.discriminatedUnion('kind', [
  z.object({
    record_version: z.literal(1),
    kind: z.literal('start'),
    request_id: z.string(),
    plan_hash: z.string(),
    principal: z.string(),
    at: z.string(),
  }),
  z.object({
    record_version: z.literal(1),
    kind: z.literal('control'),
    request_id: z.string(),
    operation_id: z.string(),
    action: z.enum(['pause', 'resume', 'cancel', 'resolve']),
    reason: z.string(),
    node: z.string().optional(),
    as: z.enum(['done', 'not_started', 'abandon']).optional(),
    /** Resolve of a cluster's Lease: `node` is the cluster, this the holder that is gone for good. */
    holder: z.string().optional(),
    principal: z.string(),
    at: z.string(),
  }),
]);
export type Request = z.infer<typeof Request>;

/** One line a person or a model can read; `cursor` is the journal's sequence number. */
export const OperationEvent = z.object({
  cursor: z.number(),
  at: z.string(),
  node: z.string().optional(),
  kind: z.string(),
  message: z.string(),
});
export type OperationEvent = z.infer<typeof OperationEvent>;
