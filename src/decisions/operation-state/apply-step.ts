import type { JournalEntry } from '../../model/journal.ts';
import type { PlannedStep, StepProgress } from '../../model/step.ts';
import type { OperationState } from './state.ts';

export const pendingStep = (id: string): StepProgress => ({ id, state: 'pending', intents: 0, outcomes: 0 });

export const pendingSteps = (steps: readonly PlannedStep[]): Map<string, StepProgress> =>
  new Map(steps.map(({ id }) => [id, pendingStep(id)]));

const overStates: readonly StepProgress['state'][] = ['done', 'failed', 'skipped', 'undone'];

export const isOver = ({ state }: StepProgress): boolean => overStates.includes(state);

function withStep(state: OperationState, id: string, change: (step: StepProgress) => StepProgress): OperationState {
  const step = state.steps.get(id) ?? pendingStep(id);
  return { ...state, steps: new Map(state.steps).set(id, change(step)) };
}

/** What became of a step. The operation waits when none of its steps does anything but wait. */
export function applyStep(before: OperationState, entry: Extract<JournalEntry, { kind: 'step' }>): OperationState {
  const state = withStep(before, entry.step, ({ what_ends_it: _past, code: _failure, remedy: _mended, ...step }) => ({
    ...(step.state === 'pending' ? begun(step) : step),
    state: entry.state,
    since: step.state === entry.state && step.reason === entry.reason ? (step.since ?? entry.at) : entry.at,
    started_at: step.started_at ?? entry.at,
    reason: entry.reason,
    ...(entry.evidence.length > 0 && { evidence: entry.evidence }),
    ...(entry.what_ends_it !== undefined && { what_ends_it: entry.what_ends_it }),
    ...(entry.code !== undefined && { code: entry.code }),
    ...(entry.remedy !== undefined && { remedy: entry.remedy }),
    ...(entry.result !== undefined && { result: { ...step.result, ...entry.result } }),
    ...(overStates.includes(entry.state) && { finished_at: entry.at }),
  }));
  if (state.finishedAt !== undefined) return state;
  const steps = [...state.steps.values()];
  const waiting = steps.find(step => step.state === 'waiting');
  if (!waiting || steps.some(step => step.state === 'running')) {
    return { ...state, status: 'running', waitingFor: undefined };
  }
  const { reason = '', what_ends_it = '', since = entry.at } = waiting;
  return { ...state, status: 'waiting', waitingFor: { reason, what_ends_it, since } };
}

/** An answer from before it was begun, to an effect that was under way when it was resumed, is not this time's. */
const begun = ({ last_outcome: _earlier, ...step }: Omit<StepProgress, 'what_ends_it' | 'code' | 'remedy'>) => step;

export function applyStepIntent(
  state: OperationState,
  { step, effect, at }: Extract<JournalEntry, { kind: 'intent' }>,
): OperationState {
  if (step === undefined) return state;
  return withStep(state, step, progress => ({
    ...progress,
    intents: progress.intents + 1,
    ...('attempt_id' in effect && { attempts: withAttempt(progress.attempts, effect, at) }),
  }));
}

/** The same attempt dispatched again after a crash is one attempt. */
function withAttempt(
  known: NonNullable<StepProgress['attempts']> = [],
  { attempt_id, boot_id }: { attempt_id: string; boot_id: string },
  intended_at: string,
): NonNullable<StepProgress['attempts']> {
  return known.some(each => each.attempt_id === attempt_id) ? known : [...known, { attempt_id, boot_id, intended_at }];
}

export function applyStepOutcome(
  state: OperationState,
  { step, result, code, detail }: Extract<JournalEntry, { kind: 'outcome' }>,
): OperationState {
  if (step === undefined) return state;
  return withStep(state, step, progress => ({
    ...progress,
    outcomes: progress.outcomes + 1,
    last_outcome: { result, detail, ...(code !== undefined && { code }) },
  }));
}

/** A step that failed because nobody knows what became of what it dispatched once: nothing is sent until a person says (SAFETY 3). */
export const isInDoubt = ({ state, code, attempts, resolved }: StepProgress): boolean => {
  const last = attempts?.at(-1);
  return state === 'failed' && code === 'OUTCOME_UNKNOWN' && !!last && resolved?.attempt_id !== last.attempt_id;
};

/** A person's word on the last attempt of a step in doubt: with it what was intended is answered. */
export function withResolvedStep(
  state: OperationState,
  id: string,
  word: Omit<NonNullable<StepProgress['resolved']>, 'attempt_id'>,
): OperationState {
  return withStep(state, id, step => {
    const attempt = step.attempts?.at(-1);
    if (attempt === undefined || !isInDoubt(step)) return step;
    return { ...step, outcomes: step.intents, resolved: { attempt_id: attempt.attempt_id, ...word } };
  });
}

/** What takes a step back is a step of its own, under this name. */
export const UNDO = '/undo';
