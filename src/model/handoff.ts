import * as z from 'zod';

/** Urgency in the words we write; what others write is mapped to them (decisions/handoff-fields). */
export const HandoffPriority = z.enum(['critical', 'high', 'medium', 'low']);
export type HandoffPriority = z.infer<typeof HandoffPriority>;

export const HandoffAction = z.enum(['accept', 'reject', 'complete']);
export type HandoffAction = z.infer<typeof HandoffAction>;

/** Who a handoff comes from or goes to; `name` is made of a-z, 0-9 and dashes, whatever the file says. */
export const Party = z.object({
  kind: z.enum(['division', 'master', 'coo', 'prime', 'other']),
  name: z.string().regex(/^[a-z0-9-]{1,40}$/),
});
export type Party = z.infer<typeof Party>;

const HandoffId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/);

/** What is to be sent: all of a handoff but the number that its id may need. Kept until every copy is written. */
export const HandoffDraft = z.object({
  record_version: z.literal(1),
  to: Party,
  handoff_type: z.string().regex(/^[a-z][a-z0-9_]{1,59}$/),
  priority: HandoffPriority,
  status: z.string().regex(/^[a-z][a-z_]{1,39}$/),
  /** The id is containers-to-NAME-TASK; with `numbered` from TASK-001 on, else TASK itself as long as it is free. */
  task_id: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?$/),
  numbered: z.boolean(),
  context: z.record(z.string(), z.unknown()),
  in_response_to: z.string().max(500).optional(),
  plan_hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  created_at: z.iso.datetime(),
  completed_at: z.iso.datetime().optional(),
});
export type HandoffDraft = z.infer<typeof HandoffDraft>;

/** What was decided about a received handoff: one numbered file each, made once and never changed. */
export const HandoffStep = z.object({
  record_version: z.literal(1),
  handoff_id: HandoffId,
  step: z.number().int().min(1),
  action: HandoffAction,
  at: z.iso.datetime(),
  by: z.string(),
  note: z.string().optional(),
  context: z.record(z.string(), z.unknown()).optional(),
  /** Which content was decided about. */
  content_hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** What tells the sender; absent when the handoff is itself an answer. */
  reply: HandoffDraft.optional(),
});
export type HandoffStep = z.infer<typeof HandoffStep>;

/** A handoff as one file says it. Texts in `raw`, `context` and `summary` are foreign: fenced and redacted before anybody is shown them. */
export interface HandoffReading {
  /** The file's own handoff_id where that may be a name, else `handoff-` and 32 digits of its sha256: never a path, never a sentence. */
  id: string;
  from: Party;
  to: Party | undefined;
  /** Open set; a-z, 0-9 and underscores. */
  type: string;
  status: string | undefined;
  priority: HandoffPriority;
  taskId: string | undefined;
  /** Id of the handoff it answers, made safe as `id` is. */
  inResponseTo: string | undefined;
  /** RFC 3339 UTC. */
  createdAt: string | undefined;
  deadline: string | undefined;
  summary: string;
  context: Readonly<Record<string, unknown>>;
  /** What is missing or not understood, in our words. */
  problems: readonly string[];
  /** Every field, known or not. */
  raw: Readonly<Record<string, unknown>>;
  /** Names that occur twice in one object; JSON keeps the last. */
  duplicateKeys: readonly string[];
  /** The text can be written again from `raw` without loss: no key twice, no number beyond a double, no broken character. */
  isExact: boolean;
  /** sha256 of the content, however it is formatted; of the bytes when not exact. */
  hash: string;
}

/** One content of a handoff and the files that hold it, relative to the coordination folder. */
export interface HandoffVersion {
  reading: HandoffReading;
  sources: readonly string[];
  /** When the oldest of its files was last written, epoch milliseconds. */
  writtenAtMs: number;
}

export interface HandoffClock {
  /** created_at or the file's own time, whichever is earlier (C-14 of the research: the worse one is shown). */
  started_at: string;
  due_at: string;
  state: 'running' | 'late' | 'met' | 'missed' | 'stopped';
  /** Beyond the due time; 0 when in time. */
  late_minutes: number;
}

/** How a received handoff was found to answer one of ours; anything but `in_response_to` is a guess. */
export interface HandoffAnswer {
  handoffId: string;
  by: 'in_response_to' | 'task_id' | 'named_in_text' | 'type_and_time';
}

/** One id, one handoff: every file with that id in one direction. */
export interface Handoff {
  id: string;
  direction: 'incoming' | 'outgoing';
  /** The content that counts; the first of `versions`. */
  reading: HandoffReading;
  /** More than one: a conflict, or our own handoff with its status changed in place. */
  versions: readonly HandoffVersion[];
  state: 'open' | 'accepted' | 'completed' | 'rejected' | 'withdrawn' | 'waiting' | 'answered';
  /** Why it can be read in two ways; nothing may follow from it until a person removes the wrong file. */
  conflict: string | undefined;
  clock: HandoffClock;
  steps: readonly HandoffStep[];
  /** Incoming: which of ours it answers. */
  answers: HandoffAnswer | undefined;
  /** Outgoing: ids of the received ones that answer it. */
  answeredBy: readonly string[];
}

/** A file that could not be read as a handoff; `file` is relative to the coordination folder and foreign, `reason` is ours. */
export interface UnreadableHandoff {
  file: string;
  reason: string;
  state: 'perhaps being written' | 'left in place' | 'quarantined';
}
