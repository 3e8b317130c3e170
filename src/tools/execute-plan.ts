import * as z from 'zod';
import { defineTool } from '../mcp/define-tool.ts';
import { startPlan } from '../operations/requesting.ts';
import type { FrontEnd } from '../ports.ts';
import { nextAfter, operationFacts, operationView } from '../views/operation-view.ts';
import { planNamed } from '../views/plan-view.ts';
import { say } from '../views/wording.ts';

const input = z.strictObject({
  plan_hash: z
    .string()
    .regex(/^[0-9a-f]{16,64}$/, 'expected the 16 to 64 lower-case hex digits that a plan showed')
    .describe('of the plan to start'),
});

export const executePlan = defineTool({
  name: 'execute_plan',
  title: 'Execute plan',
  description:
    'Starts a plan of decompose_task or rolling_upgrade and returns its operation at once; starting it again returns the same operation.',
  impact: 'disrupt',
  input,
  async run(front: FrontEnd, given, call) {
    const plan = await planNamed(front, given.plan_hash);
    const operation = await startPlan(front, plan.plan_hash, call.signal);
    const next = nextAfter(operation);
    return { structured: { ...operationView(operation), next }, text: say(operationFacts(operation), next) };
  },
});
