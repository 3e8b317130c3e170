/** An MCP host that starts a server over stdio, and what its model would be shown. */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const CALL_TIMEOUT_MS = 300_000;

export interface Launch {
  args: readonly string[];
  environment?: Readonly<Record<string, string>>;
}

export interface Answer {
  text: string;
  structured: Record<string, unknown>;
  isError: boolean;
}

export interface Server {
  pid: number;
  tools(): Promise<unknown[]>;
  call(tool: string, given?: Record<string, unknown>): Promise<Answer>;
  /** The text of a resource. */
  read(uri: string): Promise<string>;
  resources(): Promise<string[]>;
  close(): Promise<void>;
}

const inherited = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
);

/** Starts Node with `args` and makes the handshake. */
export async function openServer({ args, environment = {} }: Launch): Promise<Server> {
  const client = new Client({ name: 'bench', version: '1.0.0' }, { versionNegotiation: { mode: 'legacy' } });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...args],
    env: { ...inherited, ...environment },
    stderr: 'ignore',
  });
  await client.connect(transport, { timeout: CALL_TIMEOUT_MS });
  return {
    pid: transport.pid ?? Number.NaN,
    tools: async () => (await client.listTools()).tools,
    async call(name, given = {}) {
      const result = await client.callTool({ name, arguments: given }, { timeout: CALL_TIMEOUT_MS });
      const blocks = Array.isArray(result.content) ? result.content : [];
      return {
        text: blocks.map(block => (block.type === 'text' ? block.text : '')).join('\n'),
        structured: (result.structuredContent ?? {}) as Record<string, unknown>,
        isError: result.isError === true,
      };
    },
    async read(uri) {
      const { contents } = await client.readResource({ uri }, { timeout: CALL_TIMEOUT_MS });
      return contents.map(content => ('text' in content ? content.text : '')).join('\n');
    },
    resources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    close: () => client.close(),
  };
}

/** As `Server.call`, of a call that has to succeed. */
export async function answerOf(server: Server, tool: string, given: Record<string, unknown> = {}): Promise<Answer> {
  const answer = await server.call(tool, given);
  if (answer.isError) throw new Error(`${tool}: ${answer.text}`);
  return answer;
}
