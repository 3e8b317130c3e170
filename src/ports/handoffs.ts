import type { Handoff, HandoffAction, HandoffPriority, UnreadableHandoff } from '../model/handoff.ts';
import type { Role } from '../model/principal.ts';

/** What others ask of us and we of them. Their texts are foreign: fenced and redacted before anybody is shown them. */
export interface Inbox {
  /** RFC 3339; clocks are as of then. */
  asOf: string;
  /** Not yet completed or rejected, or in conflict; due first. */
  handoffs: readonly Handoff[];
  unreadable: readonly UnreadableHandoff[];
  /** Files that were not read because one folder holds too many. */
  leftOut: number;
}

export interface HandoffDecision {
  action: HandoffAction;
  note?: string;
  context?: Record<string, unknown>;
  principal: Role;
}

export interface HandledHandoff {
  handoff: Handoff;
  /** It had been done before: nothing was done now. */
  isRepeated: boolean;
  /** What told the sender; undefined when the handoff is itself an answer. */
  reply: SentHandoff | undefined;
}

export interface HandoffToSend {
  /** Full name, abbreviation or alias of a division, a master, coo or prime. */
  to: string;
  handoffType: string;
  priority: HandoffPriority;
  context: Record<string, unknown>;
  /** Names the file; a number is put behind it when it is taken. Without it the type and a number do. */
  taskId?: string;
  inResponseTo?: string;
  /** Whole, for an approval request. */
  planHash?: string;
  /** What it is sent for: sending that was cut short is gone on with, not begun again. */
  once?: string;
}

export interface SentHandoff {
  handoffId: string;
  /** Relative to the coordination folder. */
  paths: readonly string[];
  /** Secrets were taken out of the context before it was written. */
  isRedacted: boolean;
}

/**
 * Handoffs as the files say now; changes are told by Division.onChange as gm://handoffs/… . A front end may use all of it: every
 * file is made once, whole, over nothing that is there. [INTERNAL when the disk refuses]
 */
export interface Handoffs {
  incoming(): Promise<Inbox>;
  /** Newest first. */
  outgoing(): Promise<{ asOf: string; handoffs: readonly Handoff[] }>;
  /** Of either direction, also when it has ended; undefined when no file has the id. */
  one(handoffId: string): Promise<Handoff | undefined>;
  /** Records the decision, tells the sender, marks the file. [INPUT_INVALID, NOT_FOUND, OPERATION_CONFLICT] */
  handle(handoffId: string, decision: HandoffDecision): Promise<HandledHandoff>;
  /** [INPUT_INVALID naming every problem, OPERATION_CONFLICT] */
  send(handoff: HandoffToSend): Promise<SentHandoff>;
}
