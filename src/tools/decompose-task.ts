import * as z from 'zod';
import { type Understanding, understand, understandHandoff } from '../decisions/understanding.ts';
import { DivisionError } from '../errors.ts';
import { defineTool, type ToolCall, type ToolResult } from '../mcp/define-tool.ts';
import type { Plan } from '../model/plan.ts';
import { Task } from '../model/task.ts';
import { knownWorld } from '../operations/known-world.ts';
import { planTask } from '../operations/planning-task.ts';
import { playbooks } from '../playbooks/index.ts';
import type { FrontEnd } from '../ports.ts';
import { handoffNamed } from '../views/handoff-view.ts';
import { nextForPlan, planText, planView } from '../views/plan-view.ts';
import { listOf, say, simulatedMark } from '../views/wording.ts';

const input = z.strictObject({
  request: z.string().min(1).max(8_000).optional().describe('what is wanted, in words'),
  task: z
    .looseObject({ playbook: z.string().min(1).max(64) })
    .optional()
    .describe('a playbook and its parameters'),
  handoff_id: z.string().min(1).max(128).optional().describe('a received handoff'),
});

/** What is wrong with a task, each with its field; the playbook's own parameters are at gm://playbooks/{name}. */
function parseTask(given: unknown): Task {
  const parsed = Task.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(issue => `${issue.path.join('.') || 'task'}: ${issue.message}`);
  throw new DivisionError(
    'INPUT_INVALID',
    problems.slice(0, 6).join('; '),
    'decompose_task without arguments lists the playbooks; gm://playbooks/{name} has the parameters of each',
  );
}

function planned(plan: Plan): ToolResult {
  const next = nextForPlan(plan);
  return { structured: { outcome: 'plan', plan: planView(plan), next }, text: planText(plan, next) };
}

/** Nothing asked for: what can be planned. */
function whatCanBePlanned(front: FrontEnd): ToolResult {
  const next = 'decompose_task with request, or with task {playbook, …parameters}.';
  const { simulated } = front.config;
  const lines = playbooks.map(({ name, purpose }) => ({ playbook: name, purpose, address: `gm://playbooks/${name}` }));
  return {
    structured: { simulated, ...listOf('playbooks', lines, 'gm://playbooks'), next },
    text: say(
      [simulatedMark(simulated), `${playbooks.length} playbooks: ${playbooks.map(({ name }) => name).join(', ')}.`],
      next,
    ),
  };
}

/** Not planned: what is missing, whose work it is, or why not. */
function notPlanned(front: FrontEnd, understood: Exclude<Understanding, { outcome: 'task' }>): ToolResult {
  const { simulated } = front.config;
  const mark = simulatedMark(simulated);
  switch (understood.outcome) {
    case 'question': {
      const { missing, candidates, playbook, understood: known, question } = understood;
      const next = `ask the user, then decompose_task with task${playbook === undefined ? '' : ` {playbook: ${playbook}, …}`}; never guess.`;
      return {
        structured: {
          outcome: 'question',
          simulated,
          question: {
            text: question,
            ...(playbook !== undefined && { playbook }),
            missing,
            candidates,
            understood: known,
          },
          next,
        },
        text: say([mark, question], next),
      };
    }
    case 'out_of_scope': {
      const { owner, reason } = understood;
      const next = `send_handoff to ${owner} when the user wants it; end your turn.`;
      return {
        structured: { outcome: 'out_of_scope', simulated, owner, reason, next },
        text: say([mark, reason], next),
      };
    }
    case 'refused': {
      const { reason, rule } = understood;
      const next = 'tell the user why; end your turn.';
      return {
        structured: { outcome: 'refused', simulated, reason, rule, next },
        text: say([mark, `Refused: ${reason} (${rule}).`], next),
      };
    }
  }
}

/** `answers`: the handoff that asked for it, who is told of its end. */
async function plan(front: FrontEnd, task: Task, call: ToolCall, answers?: string): Promise<ToolResult> {
  const drawn = await planTask(front, task, call.signal);
  const made = answers === undefined ? drawn : { ...drawn, in_response_to: answers };
  await front.division.savePlan(made);
  return planned(made);
}

export const decomposeTask = defineTool({
  name: 'decompose_task',
  title: 'Decompose task',
  description:
    'Plans a task from words, a received handoff or a playbook with parameters: each step with its contractor, gate and estimate, and who has to agree. Starts nothing. What is not certain comes back as a question. Without arguments: what it can plan.',
  impact: 'record',
  // With their secrets: kept aside by their hash.
  verbatim: ['manifests', 'values'],
  input,
  async run(front: FrontEnd, given, call) {
    const { request, task, handoff_id: handoffId } = given;
    const named = [request, task, handoffId].filter(each => each !== undefined);
    if (named.length > 1) {
      throw new DivisionError(
        'INPUT_INVALID',
        'request, task and handoff_id: more than one is given',
        'give one of them',
      );
    }
    if (task !== undefined) return plan(front, parseTask(task), call);
    if (request === undefined && handoffId === undefined) return whatCanBePlanned(front);
    const known = await knownWorld(front, call.signal);
    const understood =
      request === undefined
        ? understandHandoff((await handoffNamed(front, handoffId ?? '')).reading, known)
        : understand(request, known);
    return understood.outcome === 'task'
      ? plan(front, understood.task, call, handoffId)
      : notPlanned(front, understood);
  },
});
