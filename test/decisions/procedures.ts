/** Small plans of steps, and journals of what became of them. */
import { foldOperation, type OperationState } from '../../src/decisions/operation-state.ts';
import type { JournalBody } from '../../src/model/journal.ts';
import type { ProcedurePlan } from '../../src/model/plan.ts';
import type { PlannedStep, StepAction, StepState } from '../../src/model/step.ts';
import { AT } from '../division/fixtures/records.ts';

interface Given {
  id: string;
  after?: string[];
  does?: StepAction;
  undoneBy?: StepAction;
  goesOn?: boolean;
  inAnyCase?: boolean;
  node?: string;
}

export const step = ({ id, after = [], does, undoneBy, goesOn, inAnyCase, node = 'a' }: Given): PlannedStep => ({
  id,
  phase: 'phase',
  title: id,
  source: 'a test',
  action: does ?? { does: 'hold_lease' },
  target: { cluster: 'staging', node },
  depends_on: after,
  gate: 'done',
  on_failure: goesOn ? 'go_on' : 'halt',
  in_any_case: inAnyCase ?? false,
  ...(undoneBy && { undone_by: undoneBy }),
  contractor: 'kubernetes',
  capability: 'x',
  offered_by: 'containers-gm',
  estimate_minutes: 1,
  estimate_tokens: 1,
});

export const planOf = (steps: PlannedStep[]): ProcedurePlan => ({
  record_version: 1,
  plan_hash: 'a'.repeat(64),
  playbook: 'maintain_node',
  requested: {
    action: 'node.drain',
    kind: 'procedure',
    task: { playbook: 'daily_health_check' },
    gates: [],
    scope: { changes_kubernetes_version: false },
  },
  clusters: [],
  phases: [],
  tasks: [],
  steps,
  authority: { level: 'autonomous', action: 'node.drain', rule: 'a test' },
  preflight: { blocked: [], warnings: [] },
  estimate: { minutes_expected: 1, minutes_p90: 1, minutes_lower_bound: 0, bound_by: 'a test', tokens: 1 },
  knowledge: [],
  simulated: true,
  created_at: AT,
  expires_at: AT,
});

export const stateAfter = (plan: ProcedurePlan, ...bodies: JournalBody[]): OperationState =>
  foldOperation(
    plan,
    bodies.map((body, index) => ({ ...body, at: AT, sequence: index + 1 })),
  );

export const became = (
  id: string,
  state: StepState,
  more: Partial<Extract<JournalBody, { kind: 'step' }>> = {},
): JournalBody => ({
  kind: 'step',
  step: id,
  state,
  reason: `${id} ${state}`,
  evidence: [],
  ...more,
});
export const cancel: JournalBody = { kind: 'control', action: 'cancel', reason: 'x', by: 'operator' };
export const intent = (id: string): JournalBody => ({
  kind: 'intent',
  step: id,
  reason: 'x',
  effect: { kind: 'cordon', cluster: 'staging', node: 'a', resource_version: '1', prior_unschedulable: false },
});

export const cordon: StepAction = { does: 'cordon' };
export const uncordon: StepAction = { does: 'uncordon' };
