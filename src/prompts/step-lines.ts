/** The steps of a plan as a prompt tells them: in plan order, what is the same for several targets said once. */
import type { PlanTask } from '../model/plan.ts';
import type { PlannedStep } from '../model/step.ts';
import { someOf } from '../views/wording.ts';

/** A step as far as it is told. */
export interface ToldStep {
  id: string;
  gate: string;
  offered_by: string;
  capability: string;
  phase?: string;
  title?: string;
  /** What becomes of it otherwise: taken back, left out, handed off. */
  notes: readonly string[];
}

/** Steps that follow each other and are done to one target. */
interface Lane {
  /** What stands before the steps' own names in their ids; empty for the division. */
  target: string;
  phase: string | undefined;
  steps: readonly ToldStep[];
}

const TARGETS_MAX = 12;

export const toldTask = ({ id, gate, offered_by, capability }: PlanTask): ToldStep => ({
  id,
  gate,
  offered_by,
  capability,
  notes: [],
});

export const toldStep = (step: PlannedStep): ToldStep => ({ ...step, notes: notesOf(step) });

function notesOf({ action, undone_by: undo, on_failure: failure, in_any_case: inAnyCase }: PlannedStep): string[] {
  return [
    action.does === 'hand_off' ? `handoff ${action.handoff}` : undefined,
    action.does === 'await_machines' ? 'waits for the reply to a handoff' : undefined,
    undo ? `on failure ${undo.does}` : undefined,
    failure === 'go_on' ? 'its failure stops nothing' : undefined,
    inAnyCase ? 'done in any case' : undefined,
  ].filter(note => note !== undefined);
}

const nameOf = ({ id }: ToldStep): string => id.slice(id.lastIndexOf('/') + 1);
const targetOf = ({ id }: ToldStep): string => id.slice(0, Math.max(id.lastIndexOf('/'), 0));

/** How much of a step is told: all of it; not what the seed calls it; only what has to hold. */
export type Detail = 'whole' | 'short' | 'gates';

function lineOf(step: ToldStep, detail: Detail): string {
  const by = { whole: `${step.offered_by} (${step.capability})`, short: step.offered_by, gates: undefined }[detail];
  const parts = [detail === 'whole' ? step.title : undefined, by, ...step.notes, `gate: ${step.gate}`];
  return `- ${nameOf(step)}: ${parts.filter(part => part !== undefined).join('; ')}`;
}

/** Equal where the lines are. */
const sameness = (steps: readonly ToldStep[]): string =>
  JSON.stringify(steps.map(step => [nameOf(step), step.title, step.offered_by, step.notes, step.gate]));

/**
 * `[1] PHASE, for TARGET, TARGET:`, then a line a step; a step's id is its target, a slash, its name. Targets that go through the same
 * steps one behind the other are told together; steps that were told already, by the number under which they were.
 */
export function stepLines(steps: readonly ToldStep[], detail: Detail): string[] {
  const told = new Map<string, number>();
  return groupsOf(lanesOf(steps)).flatMap((lanes, index) => {
    const [first] = lanes;
    if (!first) return [];
    const targets = lanes.map(({ target }) => target || 'the division');
    const phase = first.phase === undefined ? '' : `${first.phase}, `;
    const heading = `[${index + 1}] ${phase}for ${someOf(targets, TARGETS_MAX)}:`;
    const before = told.get(sameness(first.steps));
    if (before !== undefined) return [`${heading} as in [${before}]`];
    told.set(sameness(first.steps), index + 1);
    return [heading, ...first.steps.map(step => lineOf(step, detail))];
  });
}

function lanesOf(steps: readonly ToldStep[]): Lane[] {
  const lanes: { target: string; phase: string | undefined; steps: ToldStep[] }[] = [];
  for (const step of steps) {
    const last = lanes.at(-1);
    const [target, { phase }] = [targetOf(step), step];
    if (last?.target === target && last.phase === phase) last.steps.push(step);
    else lanes.push({ target, phase, steps: [step] });
  }
  return lanes;
}

function groupsOf(lanes: readonly Lane[]): Lane[][] {
  const groups: Lane[][] = [];
  for (const lane of lanes) {
    const last = groups.at(-1);
    const head = last?.[0];
    const isSame = head?.phase === lane.phase && sameness(head?.steps ?? []) === sameness(lane.steps);
    if (last && isSame) last.push(lane);
    else groups.push([lane]);
  }
  return groups;
}
