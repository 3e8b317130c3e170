import type { StepProgress } from '../../model/step.ts';
import { pendingStep, UNDO } from './apply-step.ts';
import type { OperationState } from './state.ts';

const isUndo = (id: string): boolean => id.endsWith(UNDO);

/**
 * Resuming tries again what failed, and what was left out because of it. What was taken back is no longer so: it is done again, and so
 * is what was done on top of it; whoever was told of the end is told of the next. All else that is done stays done. What was waiting
 * for somebody's word has it, unless the word was about a pause.
 */
export function reopenedSteps(state: Pick<OperationState, 'steps' | 'plannedSteps' | 'isPauseAsked'>) {
  const own = [...state.steps].filter(([id]) => !isUndo(id));
  const takenBack = own.filter(([id]) => (state.steps.get(`${id}${UNDO}`)?.state ?? 'pending') !== 'pending');
  const open = own.filter(([, { state: was }]) => was === 'failed' || was === 'skipped' || was === 'undone');
  const undone = onTopOf(state, new Set(takenBack.map(([id]) => id)));
  const reopened = new Set([...open.map(([id]) => id), ...undone]);
  const reports = [...onTopOf(state, reopened)].filter(id => state.plannedSteps.get(id)?.in_any_case);
  const again = new Set([...reopened, ...reports]);
  return new Map(own.map(([id, step]) => [id, again.has(id) ? anew(step) : told(step, !state.isPauseAsked)]));
}

/** With all that depends on them, whatever is between. */
function onTopOf({ plannedSteps }: Pick<OperationState, 'plannedSteps'>, roots: ReadonlySet<string>): Set<string> {
  const found = new Set(roots);
  // A plan's steps stand after what they depend on.
  for (const [id, { depends_on: before }] of plannedSteps) if (before.some(each => found.has(each))) found.add(id);
  return found;
}

/** What it dispatched once, and what a person said of it, is known for good (SAFETY 3); what it found out before, and was answered, was about another world. */
function anew({ id, state, intents, outcomes, attempts, resolved, again = 0 }: StepProgress): StepProgress {
  const times = state === 'done' ? again + 1 : again;
  const known = { ...(attempts && { attempts }), ...(resolved && { resolved }) };
  return { ...pendingStep(id), intents, outcomes, ...known, ...(times > 0 && { again: times }) };
}

const told = (step: StepProgress, isToldToGoOn: boolean): StepProgress =>
  isToldToGoOn && (step.state === 'waiting' || step.state === 'running') ? { ...step, told_to_go_on: true } : step;
