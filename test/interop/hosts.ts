/** MCP hosts of every vintage, each on the SDK line it embeds, behind the little they have in common. */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { program } from '../e2e/command-line.ts';

export interface HostAnswer {
  isError: boolean;
  text: string;
  structured: Record<string, unknown>;
}

export interface Host {
  toolNames(): Promise<string[]>;
  call(name: string, given: Record<string, unknown>): Promise<HostAnswer>;
  close(): Promise<void>;
}

interface Launch {
  home: string;
  environment: Record<string, string>;
}

interface CommonClient {
  connect(transport: unknown): Promise<void>;
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  close(): Promise<void>;
}

function launchOf({ home, environment }: Launch) {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return {
    command: process.execPath,
    args: [program, '--home', home, '--log-level', 'error'],
    env: { ...inherited, ...environment },
  };
}

function answerOf(result: unknown): HostAnswer {
  const { content, structuredContent, isError } = result as {
    content?: { type: string; text?: string }[];
    structuredContent?: Record<string, unknown>;
    isError?: boolean;
  };
  return { isError: isError === true, text: content?.[0]?.text ?? '', structured: structuredContent ?? {} };
}

const hostOf = (client: CommonClient): Host => ({
  toolNames: async () => (await client.listTools()).tools.map(tool => tool.name),
  call: async (name, given) => answerOf(await client.callTool({ name, arguments: given })),
  close: () => client.close(),
});

/** A host on a 1.x line of the SDK, by the name of its package here. */
async function firstLine(packageName: string, launch: Launch): Promise<Host> {
  const [{ Client: FirstClient }, { StdioClientTransport: FirstTransport }] = await Promise.all([
    import(`${packageName}/client/index.js`),
    import(`${packageName}/client/stdio.js`),
  ]);
  const client: CommonClient = new FirstClient({ name: 'interop', version: '1.0.0' }, { capabilities: {} });
  await client.connect(new FirstTransport(launchOf(launch)));
  return hostOf(client);
}

/** A host on the 2.x line, speaking 2026-07-28 from its first message. */
async function secondLine(launch: Launch): Promise<Host> {
  const client = new Client(
    { name: 'interop', version: '2.0.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  await client.connect(new StdioClientTransport(launchOf(launch)));
  return hostOf(client as unknown as CommonClient);
}

export const hosts: readonly { line: string; open: (launch: Launch) => Promise<Host> }[] = [
  { line: '@modelcontextprotocol/sdk 1.0.4', open: launch => firstLine('sdk-1-0', launch) },
  { line: '@modelcontextprotocol/sdk 1.11', open: launch => firstLine('sdk-1-11', launch) },
  { line: '@modelcontextprotocol/sdk 1.17', open: launch => firstLine('sdk-1-17', launch) },
  { line: '@modelcontextprotocol/sdk 1.22', open: launch => firstLine('sdk-1-22', launch) },
  { line: '@modelcontextprotocol/sdk 1.32.2', open: launch => firstLine('@modelcontextprotocol/sdk', launch) },
  { line: '@modelcontextprotocol/client 2.4 (2026-07-28)', open: secondLine },
];
