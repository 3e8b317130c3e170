/**
 * Asking the person at the host. From 2026-07-28 a call answers "input required" and is made again with the answer; the SDK pushes the
 * same question to clients of the 2025 era. What comes back is the client's word, so the question it answers is kept here, and is
 * answered once.
 */
import { createHash } from 'node:crypto';
import {
  acceptedContent,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import canonicalize from 'canonicalize';
import * as z from 'zod';
import { DivisionError } from '../errors.ts';
import type { Questions } from '../ports/approvals.ts';
import type { ToolCall } from './define-tool.ts';

const KEY = 'confirm';
const Confirmation = z.object({ confirm: z.boolean().meta({ title: 'Confirm' }) });
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** Thrown by `confirm` on the first round; the boundary turns it into the question. Never reaches a client. */
export class ConfirmationWanted {
  readonly question: string;
  readonly subject: string;

  constructor(question: string, subject: string) {
    this.question = question;
    this.subject = subject;
  }
}

interface Elicitation {
  form?: object | undefined;
  url?: object | undefined;
}

/** Form elicitation, as this caller declared it: with each request from 2026-07-28, at initialize before. `{}` means forms. */
function canAsk(server: McpServer, context: ServerContext): boolean {
  const envelope = context.mcpReq.envelope as Record<string, unknown> | undefined;
  const declared = (envelope?.[CAPABILITIES] ?? server.server.getClientCapabilities()) as
    | { elicitation?: Elicitation }
    | undefined;
  const elicitation = declared?.elicitation;
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

export interface ConfirmingCall {
  server: McpServer;
  context: ServerContext;
  questions: Questions | undefined;
  tool: string;
  arguments: unknown;
}

/** The `confirm` of one call. [INPUT_INVALID for an answer to another question, or to one answered before] */
export function confirmer({ server, context, questions, tool, arguments: given }: ConfirmingCall): ToolCall['confirm'] {
  return async question => {
    if (questions === undefined || !canAsk(server, context)) return 'unavailable';
    const subject = createHash('sha256')
      .update(canonicalize([tool, given, question]) ?? '')
      .digest('hex');
    const { inputResponses } = context.mcpReq;
    const view = inputResponse(inputResponses, KEY);
    if (view.kind === 'missing') throw new ConfirmationWanted(question, subject);
    const state = context.mcpReq.requestState<string>();
    const asked = typeof state === 'string' ? await questions.take(state) : undefined;
    if (asked !== subject) {
      throw new DivisionError(
        'INPUT_INVALID',
        'this answers no question that is open: it was answered before, expired, or was about something else',
        'call the tool again without it; it asks anew',
      );
    }
    return acceptedContent(inputResponses, KEY, Confirmation)?.confirm === true ? 'accepted' : 'declined';
  };
}

/** The question as the protocol has it; on disk before it is asked. */
export async function asInputRequired(wanted: ConfirmationWanted, questions: Questions): Promise<InputRequiredResult> {
  return inputRequired({
    inputRequests: { [KEY]: inputRequired.elicit({ message: wanted.question, requestedSchema: Confirmation }) },
    requestState: await questions.ask(wanted.subject),
  });
}
