import * as z from 'zod';

/** The files of knowledge-base/ (seed lines 608-612). */
export const knowledgeFiles = [
  'cluster-patterns.jsonl',
  'incident-responses.json',
  'deployment-strategies.json',
  'capacity-planning.json',
  'talos-operations.json',
] as const;
export type KnowledgeFile = (typeof knowledgeFiles)[number];
/** Those that hold a list of dated entries. */
export type EntryFile = Exclude<KnowledgeFile, 'cluster-patterns.jsonl'>;

/** How an operation ended, as far as success is concerned: a cancelled one counts for neither. */
export const LessonOutcome = z.enum(['succeeded', 'failed', 'cancelled']);
export type LessonOutcome = z.infer<typeof LessonOutcome>;

/** One operation that a pattern was learnt from. */
export const LearntOperation = z.looseObject({
  operation_id: z.string(),
  outcome: LessonOutcome,
  /** When it ended, RFC 3339. */
  at: z.string(),
  clusters: z.array(z.string()),
  versions: z.array(z.string()),
  minutes: z.number(),
  minutes_lower_bound: z.number(),
  /** The one thing that took longest of all it waited for. */
  waited_longest: z.object({ reason: z.string(), minutes: z.number() }).optional(),
  /** Why it stopped. */
  stopped: z.object({ code: z.string(), reason: z.string() }).optional(),
});
export type LearntOperation = z.infer<typeof LearntOperation>;

/**
 * A line of cluster-patterns.jsonl as we write it: the divisions' common pattern (gm-common) and what our operations add to it.
 * `success_rate` is in percent of the operations that succeeded or failed; null before the first.
 */
export const Pattern = z.looseObject({
  record_version: z.literal(1),
  pattern_id: z.string(),
  name: z.string(),
  description: z.string(),
  use_cases: z.array(z.string()),
  success_rate: z.number().min(0).max(100).nullable(),
  /** Operations that were counted. */
  observations: z.number().int().min(0),
  outcomes: z.object({ succeeded: z.number().int().min(0), failed: z.number().int().min(0) }),
  context: z.looseObject({ clusters: z.array(z.string()), versions: z.array(z.string()) }),
  /** The newest of them, newest last. */
  operations: z.array(LearntOperation),
  /** Who keeps its text: our operations, or whoever recorded the lesson. */
  kept_by: z.enum(['operations', 'lesson']),
  simulated: z.boolean(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type Pattern = z.infer<typeof Pattern>;

/** What one ended operation teaches. */
export interface OperationLesson {
  patternId: string;
  name: string;
  useCases: readonly string[];
  playbook: string;
  approach: { contractors: string[]; steps: string[]; duration_minutes: number; tokens: number };
  operation: LearntOperation;
  simulated: boolean;
}

/** A lesson that somebody records. */
export interface RecordedLesson {
  /** Absent: made of the name. */
  patternId?: string;
  name: string;
  summary: string;
  useCases: readonly string[];
  playbook?: string;
  clusters: readonly string[];
  versions: readonly string[];
  simulated: boolean;
  /** RFC 3339. */
  at: string;
}

/** A dated entry of one of the other files; `entry_id` is unique in its file. */
export interface KnowledgeEntry extends Record<string, unknown> {
  entry_id: string;
  /** RFC 3339. */
  at: string;
}

/** Something that can be found again: a pattern of ours, another tool's, or an entry of the other files. Its texts are foreign. */
export interface KnownPattern {
  patternId: string;
  file: KnowledgeFile;
  name: string;
  summary: string;
  useCases: readonly string[];
  /** Everything else that may be searched for: playbook, clusters, versions, contractors, steps. */
  context: readonly string[];
  /** Percent; undefined when nothing was counted. */
  successRate: number | undefined;
  observations: number;
  simulated: boolean;
  /** Operations counted, as `operation_id outcome at`. */
  counted: readonly string[];
}

/** What in a file could not be read; it was left as it is. */
export interface KnowledgeProblem {
  file: KnowledgeFile;
  /** Counts from 1. */
  line?: number;
  reason: string;
}
