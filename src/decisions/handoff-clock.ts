/** How long an answer may take, from which moment, and whether it is late. */
import type { HandoffClock, HandoffPriority, Party } from '../model/handoff.ts';

type Minutes = Readonly<Record<HandoffPriority, number>>;

/** Our own promise (seed lines 556-559, R270-R273). */
const OUR_MINUTES: Minutes = { critical: 10, high: 30, medium: 120, low: 720 };
/** Theirs, where it is another (C-6): what we send is late by the receiver's table. */
const COMMON_MINUTES: Minutes = { critical: 15, high: 60, medium: 240, low: 1440 };
const MINUTES_BY_RECEIVER = new Map<string, Minutes>([
  ['configuration', OUR_MINUTES],
  ['monitoring', { critical: 5, high: 15, medium: 120, low: 720 }],
]);

/** A clock of another machine may be ahead by as much; beyond it a created_at in the future is not believed. */
const SKEW_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

export interface ClockQuestion {
  priority: HandoffPriority;
  /** RFC 3339, as the handoff says. */
  createdAt: string | undefined;
  writtenAtMs: number;
  nowMs: number;
  /** Who has to answer: us, or a receiver of ours. */
  answering: 'us' | Party | undefined;
  /** When it was answered or taken up; absent while it waits. */
  answeredAt?: string | undefined;
  /** Nobody waits for an answer: withdrawn, or itself one. */
  isMoot?: boolean;
}

function startMs({ createdAt, writtenAtMs, nowMs }: ClockQuestion): number {
  const written = Math.min(writtenAtMs, nowMs);
  const created = createdAt === undefined ? Number.NaN : Date.parse(createdAt);
  return Number.isNaN(created) || created > nowMs + SKEW_MS ? written : Math.min(created, written);
}

/** The clock of one handoff. Late from the due minute on: a promise of "less than 10 minutes" is broken at 10:00. */
export function handoffClock(question: ClockQuestion): HandoffClock {
  const { priority, nowMs, answering, answeredAt, isMoot = false } = question;
  const minutes = answering === 'us' ? OUR_MINUTES : (MINUTES_BY_RECEIVER.get(answering?.name ?? '') ?? COMMON_MINUTES);
  const start = startMs(question);
  const due = start + minutes[priority] * MINUTE_MS;
  const end = answeredAt === undefined ? nowMs : Date.parse(answeredAt);
  const isLate = end >= due;
  const running = isLate ? 'late' : 'running';
  const ended = isLate ? 'missed' : 'met';
  return {
    started_at: new Date(start).toISOString(),
    due_at: new Date(due).toISOString(),
    state: isMoot ? 'stopped' : answeredAt === undefined ? running : ended,
    late_minutes: isMoot || !isLate ? 0 : Math.floor((end - due) / MINUTE_MS),
  };
}
