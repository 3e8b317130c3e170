/** Handoffs as tools and resources show them: ids, states and clocks as ours, every word of the sender fenced and redacted. */
import { isKnownParty, isKnownStatus, isKnownType } from '../decisions/handoff-fields.ts';
import { inPlaceChange } from '../decisions/handoff-versions.ts';
import { DivisionError } from '../errors.ts';
import type { Handoff, HandoffReading, HandoffStep, Party, UnreadableHandoff } from '../model/handoff.ts';
import type { Inbox } from '../ports/handoffs.ts';
import type { FrontEnd } from '../ports.ts';
import { redact, redactValue } from '../redaction/redact.ts';
import { fenced } from './wording.ts';

export const INBOX_ADDRESS = 'gm://handoffs/incoming';
export const handoffAddress = (handoffId: string): string => `gm://handoffs/${handoffId}`;

const CONTENT_CHARACTERS_MAX = 16_000;

/** Secrets are found in the text as it is, so before it is put on one line and cut. */
const foreign = (text: string, maxCharacters?: number): string => fenced(redact(text), maxCharacters);
const foreignJson = (value: unknown, maxCharacters?: number): string =>
  fenced(JSON.stringify(redactValue(value)) ?? '', maxCharacters);

/** A path whose parts are plain names, as those that follow the contract are; any other is foreign text. */
const pathShown = (path: string): string => (/^(?:[\w.-]{1,128}\/?){1,12}$/.test(path) ? path : foreign(path));

const nameShown = (party: Party): string => (isKnownParty(party) ? party.name : foreign(party.name));
const typeShown = (type: string): string => (isKnownType(type) ? type : foreign(type));
const statusShown = (status: string): string => (isKnownStatus(status) ? status : foreign(status));

/** Whom it is from and to. */
const partiesOf = ({ from, to }: HandoffReading): { from: string; to?: string } => ({
  from: nameShown(from),
  ...(to !== undefined && { to: nameShown(to) }),
});

/** NOT_FOUND says how to see what there is. */
export async function handoffNamed(front: FrontEnd, handoffId: string): Promise<Handoff> {
  const handoff = await front.handoffs.one(handoffId);
  if (handoff !== undefined) return handoff;
  throw new DivisionError('NOT_FOUND', 'there is no such handoff', 'handle_handoff without arguments lists the inbox');
}

export const isLate = ({ clock }: Handoff): boolean => clock.state === 'late';

/** A line of a list. */
export function handoffLine(handoff: Handoff): Record<string, unknown> {
  const { reading, clock } = handoff;
  return {
    handoff_id: handoff.id,
    ...partiesOf(reading),
    handoff_type: typeShown(reading.type),
    priority: reading.priority,
    state: handoff.state,
    ...(handoff.conflict !== undefined && { conflict: handoff.conflict }),
    due_at: clock.due_at,
    clock: clock.state,
    late_minutes: clock.late_minutes,
    ...(handoff.answers !== undefined && { answers: handoff.answers.handoffId }),
    ...(handoff.answeredBy.length > 0 && { answered_by: handoff.answeredBy.slice(0, 5) }),
    summary: foreign(reading.summary),
  };
}

const stepView = ({ action, at, by, note, context }: HandoffStep): Record<string, unknown> => ({
  action,
  at,
  by,
  ...(note !== undefined && { note: foreign(note) }),
  ...(context !== undefined && { context: foreignJson(context) }),
});

/** One handoff; `contentCharacters` bounds how much of what it says is shown. */
export function handoffView(handoff: Handoff, contentCharacters?: number): Record<string, unknown> {
  const { reading, versions, steps, clock, answers } = handoff;
  const change = handoff.direction === 'outgoing' ? inPlaceChange(versions) : undefined;
  const status = change?.changed.status ?? reading.status;
  return {
    ...handoffLine(handoff),
    direction: handoff.direction,
    ...(status !== undefined && { status: statusShown(status) }),
    ...(reading.inResponseTo !== undefined && { in_response_to: reading.inResponseTo }),
    ...(reading.createdAt !== undefined && { created_at: reading.createdAt }),
    ...(reading.deadline !== undefined && { deadline: reading.deadline }),
    started_at: clock.started_at,
    ...(answers !== undefined && { answers: answers.handoffId, known_by: answers.by }),
    ...(reading.problems.length > 0 && { problems: reading.problems }),
    steps: steps.map(stepView),
    sources: versions.flatMap(version => version.sources).map(pathShown),
    content: versions.map(version => foreignJson(version.reading.raw, contentCharacters)),
    address: handoffAddress(handoff.id),
  };
}

/** All of one handoff that is shown anywhere. */
export const wholeHandoff = (handoff: Handoff): Record<string, unknown> => handoffView(handoff, CONTENT_CHARACTERS_MAX);

export const unreadableLine = ({ file, reason, state }: UnreadableHandoff): Record<string, unknown> => ({
  file: pathShown(file),
  // A reason in quarantine was read from a file.
  reason: state === 'quarantined' ? foreign(reason) : reason,
  state,
});

/** The inbox as a whole. */
export const inboxView = ({ asOf, handoffs, unreadable, leftOut }: Inbox): Record<string, unknown> => ({
  as_of: asOf,
  late: handoffs.filter(isLate).length,
  handoffs: handoffs.map(handoffLine),
  unreadable: unreadable.map(unreadableLine),
  left_out: leftOut,
});

/** One sentence for a text: what it is and how it stands. */
export function handoffSentence(handoff: Handoff): string {
  const { reading, clock } = handoff;
  const party = handoff.direction === 'incoming' ? reading.from : reading.to;
  const other = party !== undefined && isKnownParty(party) ? party.name : 'a stranger';
  const way = handoff.direction === 'incoming' ? 'from' : 'to';
  const type = isKnownType(reading.type) ? reading.type : 'handoff';
  const late = isLate(handoff) ? `, late by ${clock.late_minutes} minutes` : '';
  const conflict = handoff.conflict === undefined ? '' : `, conflict: ${handoff.conflict}`;
  return `${handoff.id} ${way} ${other}: ${reading.priority} ${type}, ${handoff.state}${late}${conflict}.`;
}
