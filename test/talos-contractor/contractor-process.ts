import { resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach } from 'vitest';
import type { TalosToolName } from '../../src/model/talos.ts';
import type { talosFleetTools } from '../../src/model/talos-fleet.ts';

const PROGRAM = ['--import', 'tsx', resolve('src/main.ts')];
export const COMMAND = [...PROGRAM, 'contractor', 'talos'];

interface Answer {
  isError: boolean;
  structured: Record<string, unknown>;
  text: string;
  /** Of an error: {error_class, message, remedy}. */
  error: Record<string, unknown>;
}

export interface Contractor {
  client: Client;
  pid: number;
  call: (
    tool: TalosToolName | keyof typeof talosFleetTools,
    input?: Record<string, unknown>,
    signal?: AbortSignal,
  ) => Promise<Answer>;
  /** Everything said on stderr so far. */
  said: () => string;
  close: () => Promise<void>;
}

const open: Contractor[] = [];

afterEach(async () => {
  for (const contractor of open.splice(0)) {
    try {
      process.kill(contractor.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
    await contractor.close();
  }
});

function answerOf(result: Awaited<ReturnType<Client['callTool']>>): Answer {
  const [block] = result.content;
  const text = block?.type === 'text' ? block.text : '';
  const isError = result.isError === true;
  const structured = (result.structuredContent ?? {}) as Record<string, unknown>;
  return { isError, structured, text, error: isError ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

/** Starts `containers-gm contractor talos`, or what else the words say, from the sources and connects to it, as an MCP client of the 2025 era does. */
export async function startContractor(
  env: Record<string, string | undefined>,
  words: readonly string[] = ['contractor', 'talos'],
): Promise<Contractor> {
  const defined = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...PROGRAM, ...words],
    env: Object.fromEntries(defined),
    stderr: 'pipe',
  });
  let said = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
  await client.connect(transport);
  const contractor: Contractor = {
    client,
    pid: transport.pid ?? 0,
    said: () => said,
    close: () => client.close(),
    async call(tool, input = {}, signal) {
      const request = { name: tool, arguments: input };
      return answerOf(await client.callTool(request, signal === undefined ? {} : { signal }));
    },
  };
  open.push(contractor);
  return contractor;
}

/** Whether the process runs still. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
