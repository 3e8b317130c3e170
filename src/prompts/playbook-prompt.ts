import { nameOfLevel } from '../decisions/authority.ts';
import { tokensOfBytes } from '../decisions/budget.ts';
import { DivisionError } from '../errors.ts';
import type { Prompt } from '../mcp/define-prompt.ts';
import type { Plan } from '../model/plan.ts';
import { isProcedurePlan } from '../model/plan.ts';
import type { KeptTask, Task } from '../model/task.ts';
import { planProcedure } from '../operations/planning-procedure.ts';
import { planTask } from '../operations/planning-task.ts';
import { expand } from '../playbooks/expand.ts';
import type { Playbook } from '../playbooks/playbook.ts';
import type { ClusterPorts, FrontEnd } from '../ports.ts';
import { clustersOf } from '../views/cluster-names.ts';
import { isEnded, operationLines } from '../views/operation-view.ts';
import { simulatedMark } from '../views/wording.ts';
import {
  clusterFacts,
  type Deadline,
  deadlineOf,
  fact,
  firstFew,
  PROMPT_TOKENS_MAX,
  unlessLate,
} from './live-facts.ts';
import { type Detail, stepLines, type ToldStep, toldStep, toldTask } from './step-lines.ts';
import { argumentsOf, MANIFESTS_HERE, taskOf } from './task-arguments.ts';

/** The prompt of a playbook, under its name: what is known now, the steps that its plan would have, and which tools to call. */
export const playbookPrompt = (playbook: Playbook): Prompt<FrontEnd> => ({
  name: playbook.name,
  title: playbook.title,
  description: playbook.purpose,
  arguments: argumentsOf(playbook),
  async render(front, given, signal) {
    const task = taskOf(playbook, given);
    const deadline = deadlineOf(signal);
    const known = await unlessLate(clustersOf(front, deadline.within), deadline);
    const clusters = clustersOfTask(task, known);
    const [facts, draft, operations] = await Promise.all([
      clusterFacts(front, clusters, deadline),
      draftOf(front, playbook, task, deadline),
      front.division.operations(),
    ]);
    const active = operations.operations.filter(operation => !isEnded(operation));
    const told: Told = {
      facts: [
        ...facts.clusters,
        ...draft.facts,
        active.length === 0 ? 'no operation is active' : `active: ${operationLines(active).join(' ')}`,
        ...facts.issues,
      ],
      steps: draft.steps,
      note: draft.note,
    };
    return shortened(shape => text(front, playbook, task, told, shape));
  },
});

interface Told {
  /** What has to be known first stands first: the rest may be left out. */
  facts: readonly string[];
  steps: readonly ToldStep[];
  /** About the plan, in our own words. */
  note: string;
}

interface Shape {
  facts: number;
  detail: Detail;
  steps: number;
}

/** From all there is to what a prompt has room for. */
const shapes: readonly Shape[] = [
  { facts: 9, detail: 'whole', steps: Number.POSITIVE_INFINITY },
  { facts: 5, detail: 'whole', steps: Number.POSITIVE_INFINITY },
  { facts: 5, detail: 'short', steps: Number.POSITIVE_INFINITY },
  { facts: 3, detail: 'gates', steps: Number.POSITIVE_INFINITY },
  { facts: 3, detail: 'gates', steps: 20 },
];

function shortened(render: (shape: Shape) => string): string {
  const texts = shapes.map(render);
  const fits = (candidate: string): boolean => tokensOfBytes(Buffer.byteLength(candidate)) <= PROMPT_TOKENS_MAX;
  return texts.find(fits) ?? texts.at(-1) ?? '';
}

/** The clusters that the task is about, every one where it names none. [INPUT_INVALID, naming those there are] */
function clustersOfTask(task: Task, known: readonly ClusterPorts[] | undefined): readonly ClusterPorts[] {
  if (known === undefined || task.playbook === 'create_cluster') return [];
  const named = 'cluster' in task ? [task.cluster] : 'clusters' in task ? task.clusters : undefined;
  if (named === undefined) return known;
  const unknown = named.filter(name => !known.some(({ config }) => config.name === name));
  if (unknown.length === 0) return known.filter(({ config }) => named.includes(config.name));
  throw new DivisionError(
    'INPUT_INVALID',
    `${'cluster' in task ? 'cluster' : 'clusters'}: no cluster ${unknown.join(', ')}`,
    `the clusters are: ${known.map(({ config }) => config.name).join(', ')}`,
  );
}

interface Draft {
  steps: readonly ToldStep[];
  facts: readonly string[];
  note: string;
}

/** The steps that a plan made now would have; of clusters that can't be read in time those that need no look at them. */
async function draftOf(front: FrontEnd, playbook: Playbook, task: Task, deadline: Deadline): Promise<Draft> {
  const kept = keptTask(task);
  try {
    const plan = await unlessLate(
      task.playbook === 'deploy_application'
        ? planProcedure(front, playbook, kept, deadline.within)
        : planTask(front, task, deadline.within),
      deadline,
    );
    if (plan && plan.tasks.length > 0) return draftOfPlan(plan);
    return undrafted(playbook, kept, plan ? blockersOf(plan) : ['planning took too long']);
  } catch (error) {
    if (!(error instanceof DivisionError) || deadline.asked.aborted) throw error;
    if (error.code === 'NOT_FOUND' && 'node' in task) {
      throw new DivisionError('INPUT_INVALID', `node: ${error.message}`, error.remedy);
    }
    return undrafted(playbook, kept, [`${error.code}: ${error.message}`]);
  }
}

const blockersOf = ({ preflight }: Plan): string[] =>
  preflight.blocked.map(({ code, subject, message }) => `it would be blocked now, ${code}, ${subject}: ${message}`);

function draftOfPlan(plan: Plan): Draft {
  const { minutes_expected: minutes, tokens } = plan.estimate;
  const { level, rule } = plan.authority;
  const by = level === 'autonomous' ? 'the division alone' : nameOfLevel(level);
  return {
    steps: isProcedurePlan(plan) ? plan.steps.map(toldStep) : plan.tasks.map(toldTask),
    facts: firstFew(blockersOf(plan), 3),
    note: `Planned now it would take about ${Math.round(minutes)} minutes and ${tokens} tokens. Decided by ${by} (${rule}).`,
  };
}

function undrafted(playbook: Playbook, task: KeptTask, reasons: readonly string[]): Draft {
  const names = 'cluster' in task ? [task.cluster] : 'clusters' in task ? (task.clusters ?? []) : [];
  const clusters = names.map(name => ({ name, controlPlaneNodes: [], workers: [], contractor: 'talos', offered: [] }));
  const turns = playbook.phases.flatMap(phase => (phase.mode === 'turns' ? [`${phase.name}: ${phase.gate}`] : []));
  return {
    steps: expand(playbook, task, { clusters }).map(toldStep),
    facts: firstFew(reasons, 3),
    note: ['Which nodes it goes over is not known now: the plan says it.', ...turns].join(' '),
  };
}

const keptTask = (task: Task): KeptTask =>
  task.playbook === 'deploy_application'
    ? {
        ...task,
        applications: task.applications.map(({ manifests: _manifests, chart: _chart, ...application }) => ({
          ...application,
          // Nothing is kept for a prompt: its manifests are not there yet.
          manifest_sha256: '0'.repeat(64),
        })),
      }
    : task;

function text(front: FrontEnd, playbook: Playbook, task: Task, told: Told, { facts, detail, steps }: Shape): string {
  const lines = stepLines(told.steps, detail);
  const isDeployed = task.playbook === 'deploy_application';
  return [
    `${playbook.title}. ${playbook.purpose} With the tools of containers-gm.`,
    '',
    `${simulatedMark(front.config.simulated) ?? ''} What is known now, as data:`.trim(),
    ...firstFew(told.facts, facts).map(fact),
    '',
    'Steps of the plan, in its order; a step’s id is what it is for, a slash and its name (of the division’s its name alone):',
    ...lines.slice(0, steps),
    ...(lines.length > steps ? [`and ${lines.length - steps} more: the plan has them all`] : []),
    told.note,
    '',
    '1. cluster_health: stop and report if what it shows speaks against this.',
    `2. decompose_task with ${JSON.stringify({ task })}${isDeployed ? `, with the YAML in the place of "${MANIFESTS_HERE}"` : ''}: this plans and starts nothing.`,
    '3. Show the plan: steps, order, minutes, warnings, who has to agree. If it is blocked, report the blockers and stop.',
    '4. When the user agrees: execute_plan with its plan_hash. On APPROVAL_REQUIRED or AUTHORITY_REFUSED: approve_or_escalate asks who decides; say who that is, and stop.',
    '5. Report the operation_id and end your turn; the operation runs on without you. get_operation tells later what happened.',
  ].join('\n');
}
