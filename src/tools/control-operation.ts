import * as z from 'zod';
import { DivisionError } from '../errors.ts';
import { defineTool, type ToolResult } from '../mcp/define-tool.ts';
import { requestControl } from '../operations/requesting.ts';
import type { FrontEnd } from '../ports.ts';
import { operationNamed } from '../views/find-operation.ts';
import { operationFacts, operationLines, operationList, operationView } from '../views/operation-view.ts';
import { counted, say, simulatedMark } from '../views/wording.ts';

const input = z.strictObject({
  operation_id: z.string().min(1).max(200).optional().describe('none: lists them'),
  action: z
    .enum(['pause', 'resume', 'cancel', 'resolve'])
    .optional()
    .describe('pause and cancel let the node under way finish'),
  reason: z.string().trim().min(3).max(500).optional().describe('kept in the record'),
  node: z.string().min(1).max(300).optional().describe('resolve: as in in_doubt'),
  as: z.enum(['done', 'not_started', 'abandon']).optional().describe('resolve: what a person saw'),
});
type Input = z.output<typeof input>;

interface Control {
  operation_id: string;
  action: NonNullable<Input['action']>;
  reason: string;
  node?: string;
  as?: NonNullable<Input['as']>;
}

/** Every missing or superfluous argument at once, as INPUT_INVALID. */
function parseControl(given: Input): Control {
  const { operation_id: operationId, action, reason, node, as } = given;
  const problems: string[] = [];
  if (operationId === undefined) problems.push('operation_id: missing');
  if (action === undefined) problems.push('action: missing');
  if (reason === undefined) problems.push('reason: missing');
  if (action === 'resolve') {
    if (node === undefined) problems.push('node: missing, resolve is about one node');
    if (as === undefined) problems.push('as: missing, resolve says done, not_started or abandon');
  } else if (action !== undefined) {
    if (node !== undefined) problems.push(`node: only for resolve, not for ${action}`);
    if (as !== undefined) problems.push(`as: only for resolve, not for ${action}`);
  }
  if (operationId === undefined || action === undefined || reason === undefined || problems.length > 0) {
    throw new DivisionError('INPUT_INVALID', problems.join('; '), 'correct the arguments and call again');
  }
  return {
    operation_id: operationId,
    action,
    reason,
    ...(node !== undefined && { node }),
    ...(as !== undefined && { as }),
  };
}

async function whatCanBeControlled(front: FrontEnd): Promise<ToolResult> {
  const { operations, corrupt } = await front.division.operations();
  // A halted operation can be resumed; the other ended ones can't be controlled.
  const controllable = operations.filter(
    ({ status }) => status !== 'succeeded' && status !== 'failed' && status !== 'cancelled',
  );
  const next =
    controllable.length === 0
      ? 'nothing to control: end your turn.'
      : 'control_operation with operation_id, action and reason.';
  const { simulated } = front.config;
  return {
    structured: { simulated, ...operationList(controllable, corrupt), next },
    text: say(
      [
        simulatedMark(simulated),
        `${counted(controllable.length, 'operation')} can be controlled.`,
        ...operationLines(controllable),
      ],
      next,
    ),
  };
}

export const controlOperation = defineTool({
  name: 'control_operation',
  title: 'Control operation',
  description:
    'Pauses, resumes or cancels an operation, or resolves a node in doubt. Cancel uncordons untouched and validated nodes; those in doubt stay cordoned.',
  impact: 'change',
  category: 'supervision',
  input,
  async run(front: FrontEnd, given, call) {
    if (Object.values(given).every(value => value === undefined)) return whatCanBeControlled(front);
    const control = parseControl(given);
    await operationNamed(front, control.operation_id, call.signal);
    const operation = await requestControl(front, control, call.signal);
    const asked = `Asked to ${control.action}${control.node === undefined ? '' : ` ${control.node}`}.`;
    const next = 'get_operation with wait_ms 25000 shows when it obeyed.';
    return {
      structured: { ...operationView(operation), asked: control, next },
      text: say([simulatedMark(operation.simulated), asked, ...operationFacts(operation).slice(1)], next),
    };
  },
});
