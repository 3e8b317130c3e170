import * as z from 'zod';
import { defineTool, type ToolResult } from '../mcp/define-tool.ts';
import type { FrontEnd } from '../ports.ts';
import { awaitNews, keepGoing } from '../views/find-operation.ts';
import {
  isEnded,
  nextAfter,
  operationAddress,
  operationFacts,
  operationLines,
  operationList,
  operationView,
} from '../views/operation-view.ts';
import { counted, fenceClosed, say, simulatedMark } from '../views/wording.ts';

/** To who reads on from a cursor. Who only looks gets none: the operation says how it stands, and each look costs a model its tokens. */
const SHOWN_EVENTS = 20;

const input = z.strictObject({
  operation_id: z.string().min(1).max(200).optional().describe('none: lists active and recent ones'),
  wait_ms: z.number().int().min(0).max(25_000).default(0).describe('returns at an event, a status change, or after it'),
  events_after: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe('last cursor you know, 0 for none: shows the events after it'),
});

const summary = z.looseObject({ operation_id: z.string(), status: z.string() });
const output = z.looseObject({
  operation: summary.optional(),
  operations: z.array(summary).optional(),
  events: z
    .array(z.looseObject({ cursor: z.number(), at: z.string(), kind: z.string(), message: z.string() }))
    .optional(),
  next: z.string(),
});

async function allOperations(front: FrontEnd, signal: AbortSignal): Promise<ToolResult> {
  const { operations, corrupt } = await front.division.operations();
  const executor = await keepGoing(front, operations, signal);
  const active = operations.filter(operation => !isEnded(operation));
  const latest = active[0] ?? operations[0];
  const next =
    latest === undefined
      ? 'nothing was ever started: rolling_upgrade without plan_hash plans one.'
      : `get_operation with operation_id ${latest.operation_id}, or end your turn.`;
  const { simulated } = front.config;
  return {
    structured: { simulated, ...operationList(operations, corrupt), ...executor, next },
    text: say(
      [
        simulatedMark(simulated),
        `${active.length} active of ${counted(operations.length, 'operation')}.`,
        executor.executor_problem,
        corrupt.length > 0 ? `${counted(corrupt.length, 'record')} can't be read.` : undefined,
        ...operationLines(operations),
      ],
      next,
    ),
  };
}

export const getOperation = defineTool({
  name: 'get_operation',
  title: 'Get operation',
  description:
    'Status, progress, what is waited for and why, ETA and events of an operation. Operations run on without you: losing this call changes nothing.',
  impact: 'observe',
  category: 'supervision',
  input,
  output,
  async run(front: FrontEnd, { operation_id: operationId, wait_ms: waitMs, events_after: after }, call) {
    if (operationId === undefined) return allOperations(front, call.signal);
    const known = await front.division.operation(operationId);
    const executor = await keepGoing(front, known === undefined ? [] : [known], call.signal);
    const { operation, events } = await awaitNews(front, { operationId, after, waitMs }, call.signal, current => {
      const { progress, status, phase } = current;
      call.progress(
        current.sequence,
        undefined,
        `${status}, ${phase}: ${progress.done} of ${progress.total} nodes done`,
      );
    });
    const told = events.map(event => ({ ...event, message: fenceClosed(event.message) }));
    // Who reads on gets the oldest first and loses none.
    const shown = after === undefined ? [] : told.slice(0, SHOWN_EVENTS);
    const latest = after === undefined ? told.at(-1) : shown.at(-1);
    const next = nextAfter(operation);
    const facts = operationFacts(operation);
    return {
      structured: {
        simulated: operation.simulated,
        operation: operationView(operation),
        events: shown,
        events_total: events.length,
        ...(events.length > shown.length && { events_rest: `${operationAddress(operationId)}/events` }),
        ...executor,
        next,
      },
      text: say(
        [
          ...facts.slice(0, 3),
          executor.executor_problem,
          ...facts.slice(3),
          latest && `Event ${latest.cursor}: ${latest.message}`,
        ],
        next,
      ),
    };
  },
});
