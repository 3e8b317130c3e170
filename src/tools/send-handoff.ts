import * as z from 'zod';
import { DivisionError } from '../errors.ts';
import { defineTool } from '../mcp/define-tool.ts';
import { HandoffPriority } from '../model/handoff.ts';
import type { FrontEnd } from '../ports.ts';
import { handoffAddress } from '../views/handoff-view.ts';
import { say, simulatedMark } from '../views/wording.ts';

const input = z.strictObject({
  to: z.string().min(1).max(60).describe('coo, prime, a division or a master, e.g. infrastructure, security'),
  handoff_type: z
    .string()
    .regex(/^[a-z][a-z0-9_]{1,59}$/, 'lower case with underscores, such as resource_request')
    .describe('e.g. resource_request, feature_request, coordination, escalation'),
  priority: HandoffPriority.describe('how soon an answer is needed'),
  context: z
    .looseObject({ summary: z.string().trim().min(1).max(2000).describe('one sentence') })
    .describe('approval_request: also impact, cost, timeline; resource_request: specifications, purpose, deadline'),
  task_id: z.string().min(1).max(60).optional().describe('names it'),
});

export const sendHandoff = defineTool({
  name: 'send_handoff',
  title: 'Send handoff',
  description:
    'Asks or tells the COO, Cortex Prime, another division or a master. Written once and never changed; secrets are taken out.',
  impact: 'record',
  category: 'reporting',
  input,
  async run(front: FrontEnd, { to, handoff_type: handoffType, priority, context, task_id: taskId }) {
    // Whoever is asked to approve a plan must read what the plan says of itself, not what a model says of it.
    if (Object.hasOwn(context, 'plan_hash')) {
      throw new DivisionError(
        'INPUT_INVALID',
        'context.plan_hash: not in a handoff of yours',
        'approve_or_escalate with plan_hash asks for the approval of a plan',
      );
    }
    const { handoffId, paths, isRedacted } = await front.handoffs.send({
      to,
      handoffType,
      priority,
      context,
      ...(taskId !== undefined && { taskId }),
    });
    const { simulated } = front.config;
    const next = 'report whom we wait for and end your turn; answers show in handle_handoff.';
    return {
      structured: {
        simulated,
        handoff_id: handoffId,
        handoff_type: handoffType,
        priority,
        paths,
        ...(isRedacted && { redacted: true }),
        address: handoffAddress(handoffId),
        next,
      },
      text: say(
        [
          simulatedMark(simulated),
          `Sent ${handoffId}, ${priority} ${handoffType}.`,
          isRedacted ? 'What looked like a secret was taken out.' : undefined,
        ],
        next,
      ),
    };
  },
});
