/**
 * The one place where a throw becomes an answer. A thrown error's message would otherwise reach the client verbatim, for
 * tools, resources, prompts and completions alike; what was not meant for the client says only that it was not.
 */
import {
  type CallToolResult,
  type InputRequiredResult,
  isInputRequiredResult,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  type ServerContext,
  type ToolAnnotations,
} from '@modelcontextprotocol/server';
import type * as z from 'zod';
import { DivisionError } from '../errors.ts';
import type { Questions } from '../ports/approvals.ts';
import { redact, redactValue } from '../redaction/redact.ts';
import { asInputRequired, ConfirmationWanted, confirmer } from './confirmation.ts';
import type { Impact, ListedTool, StrictObject, Tool, ToolCall, ToolRegistry } from './define-tool.ts';
import { asListed } from './listed-schema.ts';

export interface BoundaryOptions<Context> {
  /** Throws DivisionError when this connection may not use the tool. */
  admit?(tool: Tool<Context>): void;
  /** False: this connection does not see the tool, and can't call it. */
  isListed?(tool: ListedTool): boolean;
  /** Makes arguments fit to be kept and shown, before anything else sees them. */
  cleanse?(given: unknown, tool: ListedTool): unknown;
  /** Told of every result that goes out, errors included. */
  onAnswered?(tool: ListedTool, result: CallToolResult): void;
  /** Where questions to the person at the host are kept; absent: nobody is asked. */
  questions?: Questions;
  /** The wire form of an error of the server's own kind; undefined for one it does not know. */
  explain?(error: unknown): Record<string, unknown> | undefined;
  /** Told of every error that the client was not told of. */
  onUnexpected?(error: unknown, where: string): void;
}

export const hintsByImpact = {
  observe: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  record: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  change: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  disrupt: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
} as const satisfies Record<Impact, ToolAnnotations>;

/** Nobody nests arguments deeper; what is deeper becomes a mark. */
const ARGUMENT_DEPTH = 64;

/** Arguments without secrets: what looks like one reaches no record, no log and no result. */
export const cleansed = (given: unknown): unknown => redactValue(given, -ARGUMENT_DEPTH);

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The same, but for texts under one of the names, which stay as they were given. */
export function cleansedBut(given: unknown, names: readonly string[]): unknown {
  const restored = (clean: unknown, raw: unknown, depth: number): unknown => {
    if (!isFields(clean) || !isFields(raw) || depth > ARGUMENT_DEPTH) return clean;
    if (Array.isArray(clean)) return clean.map((item, index) => restored(item, raw[index], depth + 1));
    const fields = Object.entries(clean).map(([name, field]) => {
      const before = raw[name];
      const isKept = names.includes(name) && typeof before === 'string';
      return [name, isKept ? before : restored(field, before, depth + 1)];
    });
    return Object.fromEntries(fields);
  };
  return restored(cleansed(given), given, 0);
}

/** Names and ids that were asked for come back in messages: as secret as they were given, they don't. */
function withoutSecrets(error: DivisionError): DivisionError {
  const { code, message, remedy, retry, exitCode } = error;
  const [clean, cleanRemedy] = [redact(message), redact(remedy)];
  return clean === message && cleanRemedy === remedy
    ? error
    : new DivisionError(code, clean, cleanRemedy, { retry, exitCode, cause: error.cause });
}

/** The error a client may see for whatever was thrown; anything but a DivisionError is INTERNAL, without its message. */
function publicError(error: unknown, onUnexpected: (error: unknown) => void): DivisionError {
  if (error instanceof DivisionError) return withoutSecrets(error);
  onUnexpected(error);
  return new DivisionError(
    'INTERNAL',
    'the general manager failed to answer this call',
    'try again; if it stays, look for this time in its log on stderr',
  );
}

function problemOf(issue: z.core.$ZodIssue): string[] {
  const at = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return [`${at === '' ? 'arguments' : at}: ${issue.message}`];
  return issue.keys.slice(0, 20).map(key => `${[...issue.path, key.slice(0, 60)].join('.')}: unknown argument`);
}

/** Parses arguments strictly; INPUT_INVALID names every problem at once and what is accepted. */
export function parseArguments<In extends StrictObject>(schema: In, given: unknown): z.output<In> {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(problemOf).slice(0, 20).join('; ');
  const names = Object.keys(schema.shape).join(', ');
  const accepted = names === '' ? 'no arguments are accepted' : `accepted arguments: ${names}`;
  throw new DivisionError('INPUT_INVALID', problems, `correct the arguments and call again; ${accepted}`);
}

function callOf(context: ServerContext): Omit<ToolCall, 'confirm'> {
  const progressToken = context.mcpReq._meta?.progressToken;
  let last = Number.NEGATIVE_INFINITY;
  return {
    signal: context.mcpReq.signal,
    progress(done, total, message) {
      if (progressToken === undefined || done <= last || context.mcpReq.signal.aborted) return;
      last = done;
      const params = { progressToken, progress: done, message, ...(total === undefined ? {} : { total }) };
      // A caller that has gone away misses its progress; the call's own end says so.
      context.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
    },
  };
}

async function toolNamed<Context>(registry: ToolRegistry<Context>, name: string): Promise<Tool<Context>> {
  const tool = (await registry.load()).find(candidate => candidate.name === name);
  if (tool === undefined) throw new TypeError(`the list names ${name}, which there is not`);
  return tool;
}

interface Asked<Context> {
  tool: ListedTool;
  registry: ToolRegistry<Context>;
  given: unknown;
  call: ToolCall;
}

async function answer<Context>(
  { tool: { name }, registry, given, call }: Asked<Context>,
  open: () => Promise<Context>,
  options: BoundaryOptions<Context>,
): Promise<CallToolResult | InputRequiredResult> {
  try {
    const tool = await toolNamed(registry, name);
    options.admit?.(tool);
    // `Tool` forgets the input's type so that tools of different inputs stand in one list; this is the input `run` was defined with.
    const input = parseArguments(tool.input, given) as never;
    const result = await tool.run(await open(), input, call);
    tool.output?.parse(result.structured);
    const images = (result.images ?? []).map(image => ({ type: 'image' as const, ...image }));
    return { content: [{ type: 'text', text: result.text }, ...images], structuredContent: result.structured };
  } catch (error) {
    if (error instanceof ConfirmationWanted && options.questions) return asInputRequired(error, options.questions);
    const wire =
      options.explain?.(error) ??
      publicError(error, unexpected => options.onUnexpected?.(unexpected, `tool ${name}`)).toJSON();
    return { isError: true, content: [{ type: 'text', text: JSON.stringify(wire) }] };
  }
}

/** Registers a registry's tools on `server`; `open` gives what they run with. Every throw of theirs becomes an `isError` text block, never `structuredContent`. */
export function installTools<Context>(
  server: McpServer,
  registry: ToolRegistry<Context>,
  open: () => Promise<Context>,
  options: BoundaryOptions<Context> = {},
): void {
  for (const tool of registry.listing) {
    if (options.isListed?.(tool) === false) continue;
    server.registerTool(
      tool.name,
      {
        title: tool.title,
        description: tool.description,
        inputSchema: asListed(tool.inputSchema),
        ...(tool.outputSchema && { outputSchema: asListed(tool.outputSchema) }),
        annotations: { ...hintsByImpact[tool.impact] },
      },
      async (raw, requestContext) => {
        const { questions } = options;
        const given = options.cleanse === undefined ? raw : options.cleanse(raw, tool);
        const asked = { server, context: requestContext, questions, tool: tool.name, arguments: given };
        const call = { ...callOf(requestContext), confirm: confirmer(asked) };
        const result = await answer({ tool, registry, given, call }, open, options);
        if (!isInputRequiredResult(result)) options.onAnswered?.(tool, result);
        return result;
      },
    );
  }
}

/**
 * Runs what answers a resource, prompt or completion request. These have no `isError`: the error goes out as a JSON-RPC
 * error, -32602 when the request is at fault, -32603 otherwise, its `data` in the contract's form.
 */
export async function guarded<Answer>(
  where: string,
  uri: string | undefined,
  produce: () => Answer | Promise<Answer>,
  onUnexpected: ((error: unknown, where: string) => void) | undefined,
): Promise<Answer> {
  try {
    return await produce();
  } catch (error) {
    const known = publicError(error, unexpected => onUnexpected?.(unexpected, where));
    if (known.code === 'NOT_FOUND' && uri !== undefined) throw new ResourceNotFoundError(redact(uri), known.message);
    const isRequestAtFault = known.code === 'NOT_FOUND' || known.code === 'INPUT_INVALID';
    const code = isRequestAtFault ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError;
    throw new ProtocolError(code, `${known.code}: ${known.message}. ${known.remedy}`, known.toJSON());
  }
}
