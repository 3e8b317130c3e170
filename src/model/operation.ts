import * as z from 'zod';
import { StepProgress } from './step.ts';

export const OperationStatus = z.enum([
  'awaiting_approval',
  'queued',
  'running',
  'waiting',
  'paused',
  'succeeded',
  'failed',
  'halted',
  'cancelled',
]);
export type OperationStatus = z.infer<typeof OperationStatus>;

export const endedStatuses: readonly OperationStatus[] = ['succeeded', 'failed', 'halted', 'cancelled'];

export const NodeState = z.enum([
  'pending',
  'cordoned',
  'draining',
  'installing',
  'rebooting',
  'validating',
  'done',
  'skipped',
  'rolled_back',
  'in_doubt',
  'failed',
]);
export type NodeState = z.infer<typeof NodeState>;

export const Attempt = z.object({
  attempt_id: z.string(),
  kind: z.enum(['install', 'reboot']),
  system_uuid: z.string(),
  boot_id: z.string(),
  /** True when this dispatch also reboots. */
  reboots: z.boolean(),
  image: z.string().optional(),
  intended_at: z.string(),
  /** Set when the contractor answered the dispatch; absent means: not known whether it was dispatched. */
  dispatched_at: z.string().optional(),
  /** Dispatches that were answered with a refusal or a failure. */
  failures: z.number(),
  last_failure: z.string().optional(),
  /** Proved, or resolved by a human, not to have been started: the node is as it was (SAFETY 3b, 3c). */
  not_started: z.boolean(),
});
export type Attempt = z.infer<typeof Attempt>;

export const NodeProgress = z.object({
  cluster: z.string(),
  node: z.string(),
  state: NodeState,
  state_since: z.string().optional(),
  reason: z.string().optional(),
  /** What was seen when something was last observed of it. */
  evidence: z.array(z.string()).optional(),
  /** The attempt that this proved not to have been started. */
  not_started: z.string().optional(),
  /** What was last refused for good on this node: an eviction denied, a dispatch that failed. */
  problem: z.string().optional(),
  /** Our cordon on this node, recorded before it is made: the state to give back. */
  cordon: z.object({ prior_unschedulable: z.boolean(), at: z.string() }).optional(),
  /** Pod UIDs we evicted, so none is evicted twice by us. */
  evicted: z.array(z.string()),
  /** Controllers of those pods: a pod of theirs that is here again came back over the cordon. */
  evicted_controllers: z.array(z.string()),
  evictions_refused: z.number(),
  /** What the last eviction that was not carried out was answered. */
  last_refusal: z.string().optional(),
  attempts: z.array(Attempt),
  /** A human's answer to a doubt (SAFETY 3c). */
  resolved: z.object({ as: z.enum(['done', 'not_started', 'abandon']), reason: z.string(), at: z.string() }).optional(),
  /** A human resumed after this node's failure: it no longer stops the others. */
  failure_accepted: z.boolean().optional(),
  started_at: z.string().optional(),
  finished_at: z.string().optional(),
});
export type NodeProgress = z.infer<typeof NodeProgress>;

export const OperationMetrics = z.object({
  minutes: z.number(),
  minutes_lower_bound: z.number(),
  ratio_to_bound: z.number(),
  evictions: z.number(),
  evictions_refused: z.number(),
  pdb_violations: z.number(),
  control_plane_overlaps: z.number(),
  contractor_calls: z.number(),
  tokens_estimated: z.number(),
});
export type OperationMetrics = z.infer<typeof OperationMetrics>;

/** The record a front end reads: a projection of the operation's journal up to `sequence` (SAFETY 11). */
export const Operation = z.looseObject({
  record_version: z.literal(1),
  sequence: z.number(),
  operation_id: z.string(),
  plan_hash: z.string(),
  playbook: z.string(),
  simulated: z.boolean(),
  clusters: z.array(z.string()),
  status: OperationStatus,
  phase: z.string(),
  progress: z.object({ done: z.number(), total: z.number() }),
  nodes: z.array(NodeProgress),
  /** Of a procedure, in plan order. */
  steps: z.array(StepProgress).optional(),
  nodes_by_state: z.record(z.string(), z.number()),
  active: z.array(z.string()),
  waiting_for: z.object({ reason: z.string(), what_ends_it: z.string(), since: z.string() }).optional(),
  in_doubt: z.array(z.string()).optional(),
  /** Why it stopped: set with halted and failed. */
  stopped: z
    .object({ code: z.string(), reason: z.string(), remedy: z.string(), evidence: z.array(z.string()) })
    .optional(),
  requested_by: z.string(),
  snapshots: z.array(
    z.object({ cluster: z.string(), path: z.string(), bytes: z.number(), sha256: z.string(), at: z.string() }),
  ),
  started_at: z.string(),
  updated_at: z.string(),
  finished_at: z.string().optional(),
  eta_at: z.string().optional(),
  poll_after_seconds: z.number(),
  metrics: OperationMetrics,
  result_summary: z.string(),
});
export type Operation = z.infer<typeof Operation>;
