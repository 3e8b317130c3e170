/** A real client of either protocol era, connected in memory to the real stdio entry. */
import { Client, type ElicitResult, InMemoryTransport } from '@modelcontextprotocol/client';
import type { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

export type Era = 'legacy' | 'modern';
export const eras: readonly Era[] = ['legacy', 'modern'];

export interface Connection {
  client: Client;
  close(): Promise<void>;
}

/** Messages cross as text, as on a pipe: what JSON drops is dropped here too. */
function asText(transport: InMemoryTransport): InMemoryTransport {
  const send = transport.send.bind(transport);
  transport.send = (message, options) => send(JSON.parse(JSON.stringify(message)), options);
  return transport;
}

/** `answer`: how the person at the host answers what is asked; absent: the host can't ask. */
export async function connectedClient(
  build: (era: Era) => McpServer,
  era: Era,
  answer?: (message: string) => ElicitResult,
): Promise<Connection> {
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  const handle = serveStdio(context => build(context.era), { transport: asText(serverSide) });
  const client = new Client(
    { name: 'test-host', version: '1.0.0' },
    {
      versionNegotiation: { mode: era === 'modern' ? { pin: '2026-07-28' } : 'legacy' },
      ...(answer && { capabilities: { elicitation: { form: {} } } }),
    },
  );
  if (answer) client.setRequestHandler('elicitation/create', ({ params }) => answer(params.message));
  await client.connect(asText(clientSide));
  return {
    client,
    close: async () => {
      await client.close();
      await handle.close();
    },
  };
}

/** The text of a result's only block. */
export function textOf(result: { content?: readonly unknown[] }): string {
  const [block] = result.content ?? [];
  if (typeof block !== 'object' || block === null || !('text' in block)) throw new Error('no text block');
  return String(block.text);
}

/** The contract's error of a failed call. */
export function errorOf(result: { isError?: boolean | undefined; content?: readonly unknown[] }) {
  if (result.isError !== true) throw new Error(`not an error: ${JSON.stringify(result)}`);
  return JSON.parse(textOf(result)) as { code: string; message: string; retry: string; remedy: string };
}

/** The structured content of a result that has one. */
export function structuredOf(result: { structuredContent?: unknown }): Record<string, unknown> {
  const { structuredContent } = result;
  if (typeof structuredContent !== 'object' || structuredContent === null) throw new Error('no structured content');
  return { ...structuredContent };
}
