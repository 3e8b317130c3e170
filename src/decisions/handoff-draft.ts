/** What we send: checked, named and put into words, strictly (ledger R79-R87, R182-R188, R198-R200; D1, D3, D8). */
import {
  type HandoffAction,
  HandoffDraft,
  type HandoffPriority,
  type HandoffReading,
  type HandoffStep,
  type Party,
} from '../model/handoff.ts';
import { partyNamed, recipients, slugFor, slugOf } from './handoff-fields.ts';
import { isFields } from './handoff-reading.ts';
import { readTime } from './handoff-time.ts';

const CONTEXT_CHARACTERS_MAX = 32_000;
/** Redaction looks no deeper. */
const CONTEXT_DEPTH_MAX = 6;

/** R85: the texts that an approval request can't do without. */
const APPROVAL_TEXTS = ['summary', 'impact', 'cost', 'timeline'];
/** R186: integers, memory and disk in GiB. */
const MACHINE_NUMBERS = ['count', 'cpu', 'memory', 'disk'];

export interface DraftRequest {
  to: string;
  handoffType: string;
  priority: HandoffPriority;
  context: Record<string, unknown>;
  /** Names the file; a number is put behind it when it is taken. Without it the type and a number do. */
  taskId?: string;
  inResponseTo?: string;
  /** All 64 digits. */
  planHash?: string;
}

/** Looks no deeper than it has to: what a caller nests is not bounded. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some(inner => isDeeperThan(inner, levels - 1));
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

function textProblems(context: Record<string, unknown>, names: readonly string[]): string[] {
  return names.filter(name => !isText(context[name])).map(name => `context.${name}: missing`);
}

function resourceProblems(context: Record<string, unknown>, nowMs: number): string[] {
  const problems = textProblems(context, ['summary', 'purpose']);
  const specifications = isFields(context.specifications) ? context.specifications : {};
  for (const name of MACHINE_NUMBERS) {
    const given = specifications[name];
    const isCount = typeof given === 'number' && Number.isInteger(given) && given > 0;
    if (!isCount) problems.push(`context.specifications.${name}: a whole number above 0`);
  }
  if (!isText(specifications.network)) problems.push('context.specifications.network: missing');
  const deadline = readTime(context.deadline);
  if (deadline?.hasZone !== true) problems.push('context.deadline: a time with a zone, such as 2026-12-10T10:00:00Z');
  else if (Date.parse(deadline.at) <= nowMs) problems.push('context.deadline: is past');
  return problems;
}

/** What is wrong with a context of any kind: only its size. */
export function sizeProblems(context: Record<string, unknown>): string[] {
  if (isDeeperThan(context, CONTEXT_DEPTH_MAX)) return [`context: nested deeper than ${CONTEXT_DEPTH_MAX} levels`];
  if (JSON.stringify(context).length <= CONTEXT_CHARACTERS_MAX) return [];
  return [`context: longer than ${CONTEXT_CHARACTERS_MAX} characters`];
}

function contextProblems(type: string, context: Record<string, unknown>, nowMs: number): string[] {
  const tooLarge = sizeProblems(context);
  if (tooLarge.length > 0) return tooLarge;
  if (type === 'approval_request') return textProblems(context, APPROVAL_TEXTS);
  if (type === 'resource_request') return resourceProblems(context, nowMs);
  return textProblems(context, ['summary']);
}

/** What is only told needs no answer; everything else waits to be picked up (R87, R169). */
const STATUS_BY_TYPE = new Map([
  ['approval_request', 'pending_approval'],
  ['task_completion', 'completed'],
]);

const sendable = new Set(recipients.map(party => party.name));

/** The draft of what was asked for, or everything that is wrong with it at once, naming the fields. */
export function draftOf(request: DraftRequest, nowMs: number): HandoffDraft | string[] {
  const { handoffType, priority, context, taskId, inResponseTo, planHash } = request;
  const to = partyNamed(request.to);
  const problems = contextProblems(handoffType, context, nowMs);
  if (to === undefined || !sendable.has(to.name)) {
    problems.unshift(`to: one of ${recipients.map(party => party.name).join(', ')}`);
  }
  const task = slugOf(taskId ?? handoffType, 60);
  if (taskId !== undefined && task === '') problems.push('task_id: needs letters or digits');
  if (to === undefined || problems.length > 0) return problems;
  const parsed = HandoffDraft.safeParse({
    record_version: 1,
    to,
    handoff_type: handoffType,
    priority,
    status: STATUS_BY_TYPE.get(handoffType) ?? 'pending_pickup',
    task_id: task,
    numbered: taskId === undefined,
    context,
    ...(inResponseTo !== undefined && { in_response_to: inResponseTo }),
    ...(planHash !== undefined && { plan_hash: planHash }),
    created_at: new Date(nowMs).toISOString(),
    ...(handoffType === 'task_completion' && { completed_at: new Date(nowMs).toISOString() }),
  });
  if (parsed.success) return parsed.data;
  return parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`);
}

const WORDS_BY_ACTION = {
  accept: { status: 'in_progress', suffix: '-accepted', summary: 'Accepted' },
  reject: { status: 'rejected', suffix: '-rejected', summary: 'Rejected' },
  complete: { status: 'completed', suffix: '', summary: 'Completed' },
} as const satisfies Record<HandoffAction, { status: string; suffix: string; summary: string }>;

/** The status that a handled handoff has for others. */
export const statusAfter = (action: HandoffAction): string => WORDS_BY_ACTION[action].status;

/** What the work is called in the names of answers: its task_id, else its id without who sent it to us. */
function taskOf(received: HandoffReading): string {
  return (received.taskId ?? slugOf(received.id.replace(/^.*?-to-containers-/, ''), 60)) || 'handoff';
}

/**
 * What tells the sender of an action on its handoff: the request's own type with the new status (seed lines 382-404), a status
 * update when it is only taken up; a stranger's goes to the COO (R3). A pure function of the step, so that a repeated attempt
 * after a crash writes the same bytes.
 */
export function replyTo(received: HandoffReading, step: Omit<HandoffStep, 'reply'>): HandoffDraft {
  const { status, suffix, summary } = WORDS_BY_ACTION[step.action];
  const isKnown = sendable.has(received.from.name);
  const to: Party = isKnown ? received.from : { kind: 'coo', name: 'coo' };
  const ends = step.action !== 'accept';
  return {
    record_version: 1,
    to,
    handoff_type: ends && received.type.length > 1 ? received.type : 'status_update',
    priority: received.priority,
    status,
    task_id: `${taskOf(received).slice(0, 60).replace(/-+$/, '')}${suffix}`,
    numbered: false,
    context: {
      summary: `${summary}: ${received.id}`,
      ...(step.note !== undefined && { note: step.note }),
      ...(isKnown ? {} : { sender: received.from.name }),
      ...step.context,
    },
    in_response_to: received.id,
    created_at: step.at,
    ...(step.action === 'complete' && { completed_at: step.at }),
  };
}

/** `task`, then `task-002`, `task-003`; a numbered one from `task-001`. `index` from 0. */
export function taskCandidate(draft: HandoffDraft, index: number): string {
  if (index === 0 && !draft.numbered) return draft.task_id;
  return `${draft.task_id.slice(0, 70).replace(/-+$/, '')}-${String(index + 1).padStart(3, '0')}`;
}

const ADDRESS_FIELD = { coo: 'to', prime: 'to', other: 'to', division: 'to_division', master: 'to_master' } as const;

export interface ComposedHandoff {
  id: string;
  task: string;
  text: string;
}

/** The file of a draft under one task name: id, addressee's own field (R82, R183), and for a master what its scripts read (D1). */
export function composeHandoff(draft: HandoffDraft, task: string): ComposedHandoff {
  const { to, handoff_type, priority, context, in_response_to, plan_hash, created_at, completed_at, status } = draft;
  const id = `containers-to-${slugFor(to)}-${task}`;
  const handoff = {
    handoff_id: id,
    from_division: 'containers',
    [ADDRESS_FIELD[to.kind]]: to.name,
    task_id: task,
    handoff_type,
    priority,
    ...(in_response_to !== undefined && { in_response_to }),
    ...(plan_hash !== undefined && { plan_hash }),
    context,
    ...(to.kind === 'master' && {
      task_data: { id: task, title: String(context.summary), type: handoff_type, priority, status, context },
    }),
    created_at,
    ...(completed_at !== undefined && { completed_at }),
    status,
  };
  return { id, task, text: `${JSON.stringify(handoff, null, 2)}\n` };
}
