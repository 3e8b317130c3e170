/**
 * Reads an approval out of a handoff, or says why it can be read in more than one way. It decides nothing: what an approval is
 * worth (who signed, for which plan, once, in time) is authority's (CONTRACT: a reply that is ambiguous authorises nothing).
 */
import type { Handoff, HandoffReading } from '../model/handoff.ts';
import { safeHandoffId } from './handoff-reading.ts';
import { readTime } from './handoff-time.ts';
import { inPlaceChange } from './handoff-versions.ts';

export type ApprovalDecision = 'approved' | 'rejected' | 'changes_requested';

export interface ApprovalReply {
  /** The handoff it stands in, and the one of ours that it answers (the same where it was decided in place). */
  handoffId: string;
  inResponseTo: string;
  via: 'reply' | 'in_place';
  decision: ApprovalDecision;
  /** As written: foreign text, not yet anybody we know. */
  approver: string;
  conditions: readonly string[];
  /** RFC 3339 UTC. */
  expiresAt: string | undefined;
  planHash: string;
  /** As written, to be verified. */
  signature: unknown;
  /** Which content this was read from: an approval is used once. */
  contentHash: string;
  raw: Readonly<Record<string, unknown>>;
}

interface Ambiguous {
  ambiguous: string;
}

type Fields = Readonly<Record<string, unknown>>;

const DECISIONS = new Map<unknown, ApprovalDecision>([
  ['approved', 'approved'],
  ['rejected', 'rejected'],
  ['changes_requested', 'changes_requested'],
]);
/** Everything an approval is read from; each at the top level or in context, spelled exactly so. */
const READ_NAMES = [
  'decision',
  'approver',
  'plan_hash',
  'expires_at',
  'conditions',
  'in_response_to',
  'status',
  'signature',
];
const HASH = /^[0-9a-f]{64}$/;

/** Thrown inside this file only: the first reason ends the reading. */
class AmbiguousReading extends Error {}

function refuse(reason: string): never {
  throw new AmbiguousReading(reason);
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z]/g, '');
const READ_PLAIN = new Map(READ_NAMES.map(name => [plain(name), name]));

/** A name that a lenient reader would take for one of ours would make two readings: planHash beside plan_hash. */
function refuseLookalikes(fields: Fields): void {
  for (const name of Object.keys(fields)) {
    const meant = READ_PLAIN.get(plain(name));
    if (meant !== undefined && meant !== name) refuse(`${meant} stands there in another spelling`);
  }
}

/** The value of a field at the top level or in context; in both only where both say the same. */
function sole(name: string, places: readonly Fields[]): unknown {
  const found = places.filter(fields => Object.hasOwn(fields, name)).map(fields => fields[name]);
  if (found.some(value => JSON.stringify(value) !== JSON.stringify(found[0]))) refuse(`${name} says two things`);
  return found[0];
}

function decisionOf(given: unknown): ApprovalDecision {
  if (given === undefined) refuse('decision is missing');
  return DECISIONS.get(given) ?? refuse('decision is none of approved, rejected, changes_requested');
}

function planHashOf(given: unknown): string {
  if (given === undefined) refuse('plan_hash is missing');
  return typeof given === 'string' && HASH.test(given) ? given : refuse('plan_hash is not 64 hexadecimal digits');
}

function approverOf(given: unknown): string {
  return typeof given === 'string' && given.trim() !== '' && given.length <= 200
    ? given
    : refuse('approver is missing');
}

function expiryOf(given: unknown): string | undefined {
  if (given === undefined || given === null) return undefined;
  const time = readTime(given);
  return time?.hasZone === true ? time.at : refuse('expires_at is no time with a zone');
}

function conditionsOf(given: unknown): string[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) refuse('conditions are not a list');
  return given.map((condition: unknown) =>
    typeof condition === 'string' ? condition : refuse('a condition is no text'),
  );
}

/** The hash that a handoff of ours is about, at the top level or in context; undefined when it names none or two. */
export function requestedPlanHash(request: HandoffReading): string | undefined {
  try {
    return planHashOf(sole('plan_hash', [request.raw, request.context]));
  } catch (error) {
    if (error instanceof AmbiguousReading) return undefined;
    throw error;
  }
}

function read(reading: HandoffReading, via: ApprovalReply['via'], request: HandoffReading | undefined): ApprovalReply {
  if (!reading.isExact) refuse('a name stands twice in one object, or the text is damaged');
  const places = reading.raw === reading.context ? [reading.raw] : [reading.raw, reading.context];
  for (const fields of places) refuseLookalikes(fields);
  const status = sole('status', [reading.raw]);
  const decided = sole('decision', places);
  if (DECISIONS.has(status) && decided !== undefined && decided !== status) refuse('status and decision differ');
  const decision = decisionOf(via === 'in_place' ? status : decided);
  const planHash = planHashOf(sole('plan_hash', places));
  if (request !== undefined && requestedPlanHash(request) !== planHash) refuse('plan_hash is not the one we asked for');
  const answered = via === 'in_place' ? reading.id : sole('in_response_to', places);
  if (typeof answered !== 'string' || answered.trim() === '') refuse('in_response_to is missing');
  const inResponseTo = safeHandoffId(answered.trim());
  if (request !== undefined && request.id !== inResponseTo) refuse('in_response_to names another handoff');
  return {
    handoffId: reading.id,
    inResponseTo,
    via,
    decision,
    // Who changes a status in place need not sign: it is whom we asked.
    approver: approverOf(sole('approver', places) ?? (via === 'in_place' ? reading.to?.name : undefined)),
    conditions: conditionsOf(sole('conditions', places)),
    expiresAt: expiryOf(sole('expires_at', places)),
    planHash,
    signature: sole('signature', places),
    contentHash: reading.hash,
    raw: reading.raw,
  };
}

/**
 * The approval that a received `approval_response` is, or that the changed status of our own handoff is (R87). `request` is our
 * handoff that it answers, where the caller has it: then the plan hash and the id must be that one's.
 */
export function readApprovalReply(handoff: Handoff, request?: HandoffReading): ApprovalReply | Ambiguous {
  try {
    if (handoff.conflict !== undefined) refuse(handoff.conflict);
    if (handoff.direction === 'outgoing') {
      const change = inPlaceChange(handoff.versions);
      if (change === undefined) refuse('no copy has its status changed while the other is as we wrote it');
      return read(change.changed, 'in_place', change.original);
    }
    if (handoff.reading.type !== 'approval_response') refuse('it is no approval_response');
    return read(handoff.reading, 'reply', request);
  } catch (error) {
    if (error instanceof AmbiguousReading) return { ambiguous: error.message };
    throw error;
  }
}
