import { dirname } from 'node:path';
import * as z from 'zod';
import { McpServerEntry } from '../model/config.ts';
import { configError, readNamedFile } from './config-error.ts';
import { jsonMistake } from './json-position.ts';
import { whatItStarts } from './own-program.ts';
import { resolvePath } from './paths.ts';
import { pathText, problemsOf } from './problems.ts';

/** One cluster at a time, and several at once (seed lines 12, 72-73; ledger R6). */
const DEFAULT_CONTRACTORS = ['talos', 'talos-a2a'] as const;
const McpFile = z.looseObject({ mcpServers: z.record(z.string(), z.unknown()) });
type Self = readonly [string, ...string[]];

export interface Contractors {
  contractors: Record<string, McpServerEntry>;
  /** Entries that start this server itself, and entries of another kind than a command. */
  refused: Record<string, string>;
}

function ownContractor(self: Self, words: readonly string[], entry?: McpServerEntry): McpServerEntry {
  const [command, ...args] = self;
  return { env: {}, ...entry, command, args: [...args, ...words] };
}

function resolveCommand(entry: McpServerEntry, folder: string, env: NodeJS.ProcessEnv): McpServerEntry {
  return /^(?:~|\.{1,2})[\\/]/.test(entry.command)
    ? { ...entry, command: resolvePath(entry.command, folder, env) }
    : entry;
}

function invalidFile(path: string, problems: readonly string[]) {
  return configError(
    `${path} is not a usable mcp.json:\n${problems.map(problem => `  ${problem}`).join('\n')}`,
    `Correct ${path}; it has the usual form {"mcpServers": {"NAME": {"command": "…", "args": ["…"]}}}.`,
  );
}

function parseFile(text: string, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { line, column } = jsonMistake(text);
    throw invalidFile(path, [`line ${line}, column ${column}: not JSON`]);
  }
  const parsed = McpFile.safeParse(value);
  if (parsed.success) return parsed.data.mcpServers;
  throw invalidFile(
    path,
    problemsOf(parsed.error, McpFile, value).map(problem => `${pathText(problem.path)}: ${problem.text}`),
  );
}

function isSet(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && key in value && Boolean(Reflect.get(value, key));
}

/** The first-party contractors, which are there unless mcp.json gives their names to others. */
export function defaultContractors(self: Self): Contractors {
  return {
    contractors: Object.fromEntries(DEFAULT_CONTRACTORS.map(name => [name, ownContractor(self, ['contractor', name])])),
    refused: {},
  };
}

/**
 * Reads mcp.json, where a host's own configuration is good enough: all entries that start a command are contractors but the one
 * that starts this server itself. An entry that starts our `contractor` command is started as this very program.
 * @throws DivisionError INPUT_INVALID, exit code 2, with every problem at once
 */
export async function readMcpFile(
  path: string,
  namedBy: string,
  options: { self: Self; env: NodeJS.ProcessEnv },
): Promise<Contractors> {
  const servers = parseFile(await readNamedFile(path, namedBy), path);
  const folder = dirname(path);
  const { contractors, refused } = defaultContractors(options.self);
  const problems: string[] = [];
  for (const [name, server] of Object.entries(servers)) {
    if (isSet(server, 'disabled')) {
      refused[name] = `it is disabled in ${path}`;
      continue;
    }
    if (isSet(server, 'url') && !isSet(server, 'command')) {
      refused[name] = 'it is reached by URL, and contractors are started as commands';
      continue;
    }
    const parsed = McpServerEntry.safeParse(server);
    if (!parsed.success) {
      for (const problem of problemsOf(parsed.error, McpServerEntry, server)) {
        problems.push(`${pathText(['mcpServers', name, ...problem.path])}: ${problem.text}`);
      }
      continue;
    }
    const entry = resolveCommand(parsed.data, folder, options.env);
    const started = whatItStarts(entry, options.self, folder);
    if (started.kind === 'this-server') {
      refused[name] = 'it starts this server itself, which is nobody’s contractor';
    } else if (started.kind === 'own-contractor' && started.words !== undefined) {
      contractors[name] = ownContractor(options.self, started.words, parsed.data);
    } else contractors[name] = entry;
  }
  if (problems.length > 0) throw invalidFile(path, problems);
  for (const name of Object.keys(refused)) delete contractors[name];
  return { contractors, refused };
}
