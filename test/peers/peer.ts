/** Other people's MCP servers, started over stdio as a host starts them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

/** Of a transcript: what is longer is cut, in lines and in characters a line. */
const LINES_SHOWN = 8;
const LINE_WIDTH = 160;
const CALL_TIMEOUT_MS = 120_000;

const resolve = createRequire(import.meta.url);

export interface PeerAnswer {
  isError: boolean;
  text: string;
  structured: Record<string, unknown>;
}

export interface Peer {
  /** As the server names itself. */
  server: { name: string; version: string };
  toolNames(): Promise<string[]>;
  /** Calls a tool and writes call and answer to the transcript. A protocol error is an answer that is an error. */
  call(tool: string, given?: Record<string, unknown>): Promise<PeerAnswer>;
  close(): Promise<void>;
}

interface Package {
  folder: string;
  manifest: { version: string; bin: Record<string, string>; optionalDependencies?: Record<string, string> };
}

function packageOf(name: string): Package {
  const path = resolve.resolve(`${name}/package.json`);
  return { folder: dirname(path), manifest: JSON.parse(readFileSync(path, 'utf8')) as Package['manifest'] };
}

/** The version of a peer that is installed here. */
export const installedVersion = (name: string): string => packageOf(name).manifest.version;

/** Why the peer's binary for this platform is not there; undefined when it is, or when it needs none. */
export function missingBinary(name: string): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const wanted = `${name}-${platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  if (packageOf(name).manifest.optionalDependencies?.[wanted] === undefined) return undefined;
  try {
    resolve.resolve(`${wanted}/package.json`);
    return undefined;
  } catch {
    return `${wanted} is not installed: run npm install --prefix test/peers on this platform`;
  }
}

const asText = (given: unknown): string => (typeof given === 'string' ? given : JSON.stringify(given));

function shown(text: string): string {
  const lines = text.trimEnd().split('\n');
  const cut = lines
    .slice(0, LINES_SHOWN)
    .map(line => (line.length > LINE_WIDTH ? `${line.slice(0, LINE_WIDTH)} …` : line));
  const more = lines.length - cut.length;
  return [...cut, ...(more > 0 ? [`… ${more} more lines`] : [])].map(line => `  ${line}`).join('\n');
}

function answerOf(result: unknown): PeerAnswer {
  const { content, structuredContent, isError } = result as {
    content?: { type: string; text?: string }[];
    structuredContent?: Record<string, unknown>;
    isError?: boolean;
  };
  const text = (content ?? []).map(block => block.text ?? '').join('\n');
  return { isError: isError === true, text, structured: structuredContent ?? {} };
}

interface PeerLaunch {
  args?: readonly string[];
  environment: Record<string, string>;
}

export async function openPeer(name: string, { args = [], environment }: PeerLaunch): Promise<Peer> {
  const { folder, manifest } = packageOf(name);
  const bin = manifest.bin[name];
  if (bin === undefined) throw new Error(`${name} has no executable of its name`);
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const client = new Client(
    { name: 'peers', version: '1.0.0' },
    { versionNegotiation: { mode: 'legacy' }, capabilities: {} },
  );
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(folder, bin), ...args],
    env: { ...Object.fromEntries(inherited), ...environment },
    stderr: 'ignore',
  });
  await client.connect(transport, { timeout: CALL_TIMEOUT_MS });
  const server = client.getServerVersion();
  if (server === undefined) throw new Error(`${name} does not say who it is`);
  return {
    server: { name: server.name, version: server.version },
    toolNames: async () => (await client.listTools()).tools.map(tool => tool.name),
    call: async (tool, given = {}) => {
      const answer = await client.callTool({ name: tool, arguments: given }, { timeout: CALL_TIMEOUT_MS }).then(
        answerOf,
        (error: unknown): PeerAnswer => ({
          isError: true,
          text: error instanceof Error ? error.message : asText(error),
          structured: {},
        }),
      );
      const mark = answer.isError ? ' (error)' : '';
      process.stdout.write(`${name} > ${tool} ${JSON.stringify(given)}${mark}\n${shown(answer.text)}\n`);
      return answer;
    },
    close: () => client.close(),
  };
}
