/** An MCP host as any other: it starts the server over stdio and knows it only by its tools and resources. */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as z from 'zod';
import { DivisionError, type ErrorCode } from '../../errors.ts';
import { OperationEvent } from '../../model/journal.ts';
import { Operation } from '../../model/operation.ts';
import { VERSION } from '../../version.ts';

const CALL_TIMEOUT_MS = 120_000;

export interface Answer {
  structured: Record<string, unknown>;
  text: string;
  events: OperationEvent[];
}

export interface Host {
  call(tool: string, given: Record<string, unknown>): Promise<Answer>;
  operation(id: string): Promise<Operation>;
  close(): Promise<void>;
}

export async function connectHost(
  self: readonly [string, ...string[]],
  home: string,
  environment: Record<string, string>,
): Promise<Host> {
  const [command, ...args] = self;
  const client = new Client(
    { name: 'containers-gm-demo', version: VERSION },
    { versionNegotiation: { mode: 'legacy' } },
  );
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const transport = new StdioClientTransport({
    command,
    args: [...args, '--home', home, '--log-level', 'error'],
    env: { ...inherited, ...environment },
    stderr: 'inherit',
  });
  await client.connect(transport, { timeout: 20_000 });
  return {
    async call(name, given) {
      const result = await client.callTool({ name, arguments: given }, { timeout: CALL_TIMEOUT_MS });
      const [first] = Array.isArray(result.content) ? result.content : [];
      const text = first?.type === 'text' ? first.text : '';
      if (result.isError === true) throw refusal(name, text);
      const structured = (result.structuredContent ?? {}) as Record<string, unknown>;
      const events = OperationEvent.array().safeParse(structured.events);
      return { structured, text, events: events.data ?? [] };
    },
    async operation(id) {
      const { contents } = await client.readResource({ uri: `gm://operations/${id}` });
      const [content] = contents;
      return Operation.parse(JSON.parse(content && 'text' in content ? content.text : 'null'));
    },
    close: () => client.close(),
  };
}

const Refusal = z.object({ code: z.custom<ErrorCode>(), message: z.string(), remedy: z.string() });

function refusal(tool: string, text: string): DivisionError {
  const { code, message, remedy } = Refusal.parse(JSON.parse(text));
  return new DivisionError(code, `${tool}: ${message}`, remedy);
}
