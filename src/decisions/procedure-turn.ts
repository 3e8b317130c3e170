/** The decider of a procedure: which of its steps are looked at now, which are left out, and when it is over. */
import type { ProcedurePlan } from '../model/plan.ts';
import type { PlannedStep, StepKind, StepProgress } from '../model/step.ts';
import { namingCordons } from './left-cordoned.ts';
import { isOver, type OperationState, pendingStep, UNDO } from './operation-state.ts';

export type ProcedureDecision =
  /** Each is looked at; none depends on another. */
  | { kind: 'steps'; steps: readonly PlannedStep[] }
  | { kind: 'skip'; step: PlannedStep; reason: string }
  /** Nothing to do until somebody resumes or cancels. */
  | { kind: 'pause' }
  | { kind: 'finish'; status: 'succeeded' | 'cancelled'; summary: string }
  | { kind: 'stop'; code: string; reason: string; remedy: string; evidence: readonly string[] };

/**
 * After one of these has begun its target is not what it was: its cordon stays, and the person who looks at it decides (SAFETY 8). A
 * cancel lets what has begun come to its end.
 */
const leavesTraces: readonly StepKind[] = [
  'leave_etcd',
  'reset_machine',
  'delete_node',
  'configure_machine',
  'bootstrap_cluster',
  'wipe_etcd',
  'recover_etcd',
  'rotate_certificates',
  'upgrade_control_plane',
  'upgrade_kubelet',
];

/** What proves by itself that its target serves as before: done, it is no reason to leave a cordon behind. */
const provesItself: readonly StepKind[] = ['upgrade_kubelet'];

const stateOf = (state: OperationState, id: string): StepProgress => state.steps.get(id) ?? pendingStep(id);

/** One decision for one look. Total: a plan of any steps in any state has an answer, and one that changes something or ends. */
export function decideProcedure(plan: ProcedurePlan, state: OperationState): ProcedureDecision {
  if (state.isPauseAsked && !state.isCancelAsked) return { kind: 'pause' };
  const skipped = plan.steps.find(step => !isOver(stateOf(state, step.id)) && reasonToSkip(plan, state, step));
  if (skipped) return { kind: 'skip', step: skipped, reason: reasonToSkip(plan, state, skipped) ?? 'left out' };
  const undoing = undoSteps(plan, state).filter(step => !isOver(stateOf(state, step.id)));
  const ready = plan.steps.filter(step => isReady(plan, state, step));
  // What is taken back comes before what tells of it.
  const due = undoing.length > 0 ? ready.filter(step => !step.in_any_case) : ready;
  const now = [...firstOfEachTarget(undoing), ...due];
  if (now.length > 0) return { kind: 'steps', steps: now };
  return end(plan, state);
}

const targetKey = ({ target }: PlannedStep): string =>
  JSON.stringify([target.cluster, target.node, target.application]);

/** Undoing one target goes step by step, the last one done first. */
function firstOfEachTarget(steps: readonly PlannedStep[]): PlannedStep[] {
  const first = new Map<string, PlannedStep>();
  for (const step of steps) if (!first.has(targetKey(step))) first.set(targetKey(step), step);
  return [...first.values()];
}

const hasFailed = (step: PlannedStep, { state }: StepProgress): boolean =>
  state === 'failed' && step.on_failure === 'halt';

const dependencies = (plan: ProcedurePlan, step: PlannedStep): PlannedStep[] =>
  plan.steps.filter(({ id }) => step.depends_on.includes(id));

function reasonToSkip(plan: ProcedurePlan, state: OperationState, step: PlannedStep): string | undefined {
  if (step.in_any_case) return undefined;
  const progress = stateOf(state, step.id);
  const hasBegun = leavesTraces.includes(step.action.does) && progress.intents > 0;
  if (state.isCancelAsked && !hasBegun) return 'cancelled';
  const failed = dependencies(plan, step).find(dependency => hasFailed(dependency, stateOf(state, dependency.id)));
  if (failed) return `${failed.id} failed`;
  const left = dependencies(plan, step).find(
    dependency => !dependency.in_any_case && stateOf(state, dependency.id).state === 'skipped',
  );
  // A look that found nothing to do for its target says so as done; what is skipped was left out, and so is what needs it.
  return left && `${left.id} was left out`;
}

function isReady(plan: ProcedurePlan, state: OperationState, step: PlannedStep): boolean {
  const progress = stateOf(state, step.id);
  if (isOver(progress)) return false;
  if (step.in_any_case && state.isCancelAsked && progress.state === 'pending' && !isAllElseOver(plan, state))
    return false;
  return dependencies(plan, step).every(dependency => isOver(stateOf(state, dependency.id)));
}

const isAllElseOver = (plan: ProcedurePlan, state: OperationState): boolean =>
  plan.steps.every(step => step.in_any_case || isOver(stateOf(state, step.id)));

/** Steps that take back what was done to targets where a later step failed, or that a cancel left half way; last done first. */
export function undoSteps(plan: ProcedurePlan, state: OperationState): PlannedStep[] {
  const broken = new Set(
    plan.steps
      .filter(step => {
        const progress = stateOf(state, step.id);
        return hasFailed(step, progress) || (state.isCancelAsked && progress.state === 'skipped');
      })
      .map(targetKey),
  );
  const traced = new Set(plan.steps.filter(step => leavesTrace(step, stateOf(state, step.id))).map(targetKey));
  return plan.steps
    .filter(step => {
      const progress = stateOf(state, step.id);
      const isDone = progress.state === 'done' || progress.state === 'undone' || progress.intents > 0;
      return step.undone_by !== undefined && isDone && broken.has(targetKey(step)) && !traced.has(targetKey(step));
    })
    .toReversed()
    .flatMap(step => (step.undone_by ? [{ ...step, id: `${step.id}${UNDO}`, action: step.undone_by }] : []));
}

const leavesTrace = ({ action: { does } }: PlannedStep, { intents, state }: StepProgress): boolean =>
  leavesTraces.includes(does) && intents > 0 && !(provesItself.includes(does) && state === 'done');

/** What a step found that belongs into the summary of the whole. */
const headlineOf = ({ result }: StepProgress): string[] =>
  typeof result?.headline === 'string' ? [result.headline] : [];

function end(plan: ProcedurePlan, state: OperationState): ProcedureDecision {
  const all = plan.steps.map(step => ({ step, progress: stateOf(state, step.id) }));
  const done = all.filter(({ progress }) => progress.state === 'done');
  const failed = all.filter(({ step, progress }) => hasFailed(step, progress));
  const undone = undoSteps(plan, state).map(step => stateOf(state, step.id));
  const headlines = [...new Set(done.flatMap(({ progress }) => headlineOf(progress)))].slice(0, 6).join('; ');
  const counted = `${done.length} of ${all.length} steps done${headlines === '' ? '' : `: ${headlines}`}`;
  if (state.isCancelAsked && failed.length === 0) {
    return { kind: 'finish', status: 'cancelled', summary: namingCordons(`cancelled; ${counted}`, state) };
  }
  const [first] = failed;
  if (!first) return { kind: 'finish', status: 'succeeded', summary: counted };
  const { code = 'INTERNAL', reason = '', remedy = 'look at the step, then control_operation resume' } = first.progress;
  return {
    kind: 'stop',
    code,
    // Partial results stay, and are said (ledger R213).
    reason: `${first.step.id}: ${reason}${failed.length > 1 ? ` (and ${failed.length - 1} more)` : ''}; ${counted}`,
    remedy,
    evidence: [
      ...failed.slice(1).map(({ step, progress }) => `${step.id}: ${progress.reason ?? ''}`),
      ...(first.progress.evidence ?? []),
      ...undone.filter(({ state: was }) => was === 'failed').map(({ id, reason: why }) => `${id}: ${why ?? ''}`),
    ].slice(0, 20),
  };
}
