import * as z from 'zod';
import { DivisionError } from '../errors.ts';
import { defineTool } from '../mcp/define-tool.ts';
import { TokenCategory } from '../model/budget.ts';
import { tellBudget } from '../operations/tell-budget.ts';
import type { FrontEnd } from '../ports.ts';
import { budgetSentence, budgetView } from '../views/budget-view.ts';
import { say, simulatedMark } from '../views/wording.ts';

const TOKENS_MAX = 10_000_000;

const input = z.strictObject({
  tokens: z.number().int().min(0).max(TOKENS_MAX).describe('tokens really used'),
  category: TokenCategory.describe('what for'),
  task_id: z.string().min(1).max(200).optional().describe('operation_id'),
  reason: z.string().trim().min(3).max(500).optional().describe('emergency_reserve: which emergency'),
});

const nextOf = (isOver: boolean): string =>
  isOver
    ? 'the day’s tokens are used up: start nothing that can wait; end your turn.'
    : 'end your turn; gm://division/budget has the whole day.';

export const recordUsage = defineTool({
  name: 'record_usage',
  title: 'Record token usage',
  description:
    'Adds tokens a model really used to today’s budget. Kept apart from what this server estimates; the larger of both counts.',
  impact: 'record',
  category: 'reporting',
  listedFor: ['coo', 'cortex-prime'],
  input,
  async run(front: FrontEnd, { tokens, category, task_id: taskId, reason }) {
    if (category === 'emergency_reserve' && reason === undefined) {
      throw new DivisionError(
        'INPUT_INVALID',
        'reason: missing; the emergency reserve is for emergencies',
        'name the emergency in reason, or give another category',
      );
    }
    const budget = await front.budget.report({
      tokens,
      category,
      what: front.principal,
      ...(taskId !== undefined && { task_id: taskId }),
      ...(reason !== undefined && { reason }),
    });
    await tellBudget({ ...front, isSimulated: front.config.simulated });
    const next = nextOf(budget.alert === 'exhausted');
    return {
      structured: { ...budgetView(front, budget), next },
      text: say([simulatedMark(front.config.simulated), budgetSentence(budget)], next),
    };
  },
});
