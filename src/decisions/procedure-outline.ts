/** What a plan of steps looks like from afar: its tasks, its phases, its minutes. */
import type { PlanPhase, PlanTask } from '../model/plan.ts';
import type { PlannedStep } from '../model/step.ts';

/** A step as CONTRACT's plan shows its tasks. */
export const taskOf = (step: PlannedStep): PlanTask => ({
  id: step.id,
  contractor: step.contractor,
  capability: step.capability,
  offered_by: step.offered_by,
  target: step.target.node ?? step.target.namespace ?? step.target.cluster ?? 'division',
  depends_on: step.depends_on,
  gate: step.gate,
  estimate_minutes: step.estimate_minutes,
  estimate_tokens: step.estimate_tokens,
});

const isSamePhase = (one: PlannedStep, other: PlannedStep): boolean =>
  one.phase === other.phase && one.target.cluster === other.target.cluster;

/** Phases in the order of their first step; what goes side by side takes the time of the slowest (seed 442). */
export function phasesOf(steps: readonly PlannedStep[]): PlanPhase[] {
  const heads = steps.filter((step, index) => steps.findIndex(other => isSamePhase(step, other)) === index);
  return heads.map(head => {
    const own = steps.filter(step => isSamePhase(step, head));
    const {
      phase: name,
      target: { cluster = '' },
    } = head;
    return {
      name,
      cluster,
      mode: 'steps',
      gate: own.at(-1)?.gate ?? '',
      nodes: [...new Set(own.flatMap(({ target }) => target.node ?? []))],
      minutes: minutesOf(own),
    };
  });
}

/** The longest way through the steps: what doesn't depend on each other goes at the same time (ledger R214). */
export function minutesOf(steps: readonly PlannedStep[]): number {
  const ends = new Map<string, number>();
  for (const step of steps) {
    const start = Math.max(0, ...step.depends_on.map(id => ends.get(id) ?? 0));
    ends.set(step.id, start + step.estimate_minutes);
  }
  return Math.round(Math.max(0, ...ends.values()) * 10) / 10;
}
