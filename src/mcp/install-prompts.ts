import { completable, type McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { cleansed, guarded, parseArguments } from './boundary.ts';
import type { Prompt, PromptArgument } from './define-prompt.ts';
import type { StrictObject } from './define-tool.ts';
import { completed } from './install-resources.ts';

type OnUnexpected = (error: unknown, where: string) => void;

/** Longest argument taken: a prompt's arguments are names and versions. */
const ARGUMENT_LENGTH_MAX = 1000;

const checks = new WeakMap<object, StrictObject>();

function checkOf<Context>(prompt: Prompt<Context>): StrictObject {
  const known = checks.get(prompt);
  if (known !== undefined) return known;
  const shape = Object.entries(prompt.arguments).map(([name, { isRequired }]) => {
    const text = z.string().trim().max(ARGUMENT_LENGTH_MAX);
    return [name, isRequired ? text.min(1) : text.optional()];
  });
  const check: StrictObject = z.strictObject(Object.fromEntries(shape));
  checks.set(prompt, check);
  return check;
}

/** The shape that is listed and completed; it takes anything, because the boundary checks and answers in its own form. */
function listedArguments<Context>(prompt: Prompt<Context>, open: () => Promise<Context>, onUnexpected: OnUnexpected) {
  const listed = ([name, argument]: [string, PromptArgument<Context>]) => {
    const { complete, description, isRequired } = argument;
    const text = z.string().describe(description);
    const field =
      complete === undefined
        ? text
        : completable(text, (typed, also) =>
            completed(complete, open, typed ?? '', also?.arguments ?? {}, `${prompt.name} ${name}`, onUnexpected),
          );
    return [name, isRequired ? field : field.optional()];
  };
  return z.looseObject(Object.fromEntries(Object.entries(prompt.arguments).map(listed)));
}

/** Registers prompts; their throws become JSON-RPC errors (boundary). `onRendered` is told of every text that goes out. */
export function installPrompts<Context>(
  server: McpServer,
  prompts: readonly Prompt<Context>[],
  open: () => Promise<Context>,
  onUnexpected: OnUnexpected,
  onRendered?: (prompt: Prompt<Context>, text: string) => void,
): void {
  for (const prompt of prompts) {
    const { name, title, description } = prompt;
    const argsSchema = listedArguments(prompt, open, onUnexpected);
    server.registerPrompt(name, { title, description, argsSchema }, (given, requestContext) =>
      guarded(
        `prompt ${name}`,
        undefined,
        async () => {
          const parsed = Object.entries(parseArguments(checkOf(prompt), cleansed(given)));
          const texts = parsed.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : []));
          const text = await prompt.render(await open(), Object.fromEntries(texts), requestContext.mcpReq.signal);
          onRendered?.(prompt, text);
          return { messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }] };
        },
        onUnexpected,
      ),
    );
  }
}
