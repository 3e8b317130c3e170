/** Everything known about each handoff, put together: files, what was decided, which answers which, and the clock. */
import type { Handoff, HandoffAnswer, HandoffReading, HandoffStep, HandoffVersion } from '../model/handoff.ts';
import { answerOf } from './handoff-answers.ts';
import { handoffClock } from './handoff-clock.ts';
import { stateAfter } from './handoff-steps.ts';
import { type HandoffFile, inPlaceChange, versionsOf } from './handoff-versions.ts';

const WITHDRAWN = new Set(['cancelled', 'canceled', 'expired', 'withdrawn', 'superseded']);

export interface ReceivedFile extends HandoffFile {
  /** Another program, or we, marked it as processed. */
  isConsumed: boolean;
}

export interface HandoffFacts {
  received: readonly ReceivedFile[];
  sent: readonly HandoffFile[];
  /** The steps of one received handoff; a text in our words when they can't be read. */
  stepsOf(id: string): readonly HandoffStep[] | string;
  nowMs: number;
}

type Versions = readonly [HandoffVersion, ...HandoffVersion[]];

function conflictOf(
  versions: Versions,
  steps: readonly HandoffStep[] | string,
  isOursToo: boolean,
): string | undefined {
  if (typeof steps === 'string') return steps;
  if (versions.length > 1) return 'files with this id say different things';
  if (isOursToo) return 'one of our own handoffs has this id';
  const last = steps.at(-1);
  if (last === undefined || last.content_hash === versions[0].reading.hash) return undefined;
  return `its content changed after it was ${stateAfter(steps)}`;
}

function incoming(facts: HandoffFacts, requests: readonly HandoffReading[]): Handoff[] {
  const sentIds = new Set(requests.map(request => request.id));
  const waiting = facts.received.filter(file => !file.isConsumed);
  const waitingIds = new Set(waiting.map(file => file.reading.id));
  // A file that was marked counts only while nothing unmarked has its id.
  const counted = facts.received.filter(file => !file.isConsumed || !waitingIds.has(file.reading.id));
  return versionsOf(counted).map(({ id, versions }): Handoff => {
    const [{ reading, writtenAtMs }] = versions;
    const known = facts.stepsOf(id);
    const steps = typeof known === 'string' ? [] : known;
    const decided = stateAfter(steps);
    const isWithdrawn = WITHDRAWN.has(reading.status ?? '');
    const untouched = !waitingIds.has(id) ? 'completed' : isWithdrawn ? 'withdrawn' : 'open';
    const state = decided === 'open' ? untouched : decided;
    return {
      id,
      direction: 'incoming',
      reading,
      versions,
      state,
      conflict: conflictOf(versions, known, sentIds.has(id)),
      clock: handoffClock({
        ...reading,
        writtenAtMs,
        nowMs: facts.nowMs,
        answering: 'us',
        answeredAt: steps[0]?.at,
        // A decision for us is not work that somebody waits for.
        isMoot:
          state === 'withdrawn' ||
          reading.type === 'approval_response' ||
          (steps.length === 0 && state === 'completed'),
      }),
      steps,
      answers: answerOf(reading, requests),
      answeredBy: [],
    };
  });
}

function firstAnswerAt(answers: readonly Handoff[]): string | undefined {
  const times = answers.map(answer => answer.versions[0]?.writtenAtMs ?? Number.POSITIVE_INFINITY);
  return times.length === 0 ? undefined : new Date(Math.min(...times)).toISOString();
}

function outgoing(facts: HandoffFacts, received: readonly Handoff[]): Handoff[] {
  return versionsOf(facts.sent).map(({ id, versions }): Handoff => {
    const change = inPlaceChange(versions);
    const [first] = versions;
    const reading = change?.original ?? first.reading;
    const answers = received.filter(handoff => handoff.answers?.handoffId === id);
    const changedAt = versions.find(version => version.reading === change?.changed)?.writtenAtMs;
    const answeredAt =
      firstAnswerAt(answers) ?? (changedAt === undefined ? undefined : new Date(changedAt).toISOString());
    const isAnswer = reading.inResponseTo !== undefined;
    return {
      id,
      direction: 'outgoing',
      reading,
      versions,
      state: isAnswer ? 'completed' : answeredAt === undefined ? 'waiting' : 'answered',
      conflict: versions.length > 1 && change === undefined ? 'its copies say different things' : undefined,
      clock: handoffClock({
        ...reading,
        writtenAtMs: first.writtenAtMs,
        nowMs: facts.nowMs,
        answering: reading.to,
        answeredAt,
        isMoot: isAnswer,
      }),
      steps: [],
      answers: isAnswer && reading.inResponseTo !== undefined ? answerTo(reading.inResponseTo) : undefined,
      answeredBy: answers.map(answer => answer.id),
    };
  });
}

const answerTo = (handoffId: string): HandoffAnswer => ({ handoffId, by: 'in_response_to' });

/** All handoffs of both directions, each once. */
export function handoffsFrom(facts: HandoffFacts): { incoming: Handoff[]; outgoing: Handoff[] } {
  const requests = versionsOf(facts.sent).map(
    ({ versions }) => inPlaceChange(versions)?.original ?? versions[0].reading,
  );
  const received = incoming(facts, requests);
  return { incoming: received, outgoing: outgoing(facts, received) };
}
