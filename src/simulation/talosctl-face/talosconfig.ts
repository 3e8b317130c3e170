import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TalosctlFailure } from './failure.ts';

export interface TalosContext {
  name: string;
  endpoints: string[];
  nodes: string[];
}

export interface TalosConfig {
  context: string | undefined;
  contexts: Map<string, TalosContext>;
}

interface Line {
  indent: number;
  text: string;
}

const unquote = (text: string): string => text.trim().replace(/^(["'])(.*)\1$/, '$2');

/** The values of `[a, b]`, or one value. */
function inlineList(text: string): string[] {
  const inner = /^\[(.*)\]$/.exec(text.trim())?.[1];
  const parts = inner === undefined ? [text] : inner.split(',');
  return parts.map(unquote).filter(part => part !== '');
}

/** Reads the part of a talosconfig that says who is asked: block YAML as talosctl writes it, or JSON. */
export function parseTalosConfig(text: string): TalosConfig {
  if (text.trimStart().startsWith('{')) return fromJson(text);
  const lines: Line[] = text
    .split('\n')
    .filter(line => line.trim() !== '' && !line.trimStart().startsWith('#'))
    .map(line => ({ indent: line.length - line.trimStart().length, text: line.trim() }));
  const config: TalosConfig = { context: undefined, contexts: new Map() };
  let contextIndent = -1;
  let context: TalosContext | undefined;
  let list: string[] | undefined;
  let isInContexts = false;
  for (const { indent, text: line } of lines) {
    const [, key = '', value = ''] = /^([^\s:][^:]*):\s*(.*)$/.exec(line) ?? [];
    if (indent === 0) {
      isInContexts = unquote(key) === 'contexts';
      if (unquote(key) === 'context') config.context = unquote(value) || undefined;
    } else if (line.startsWith('- ')) {
      list?.push(unquote(line.slice(2)));
    } else if (isInContexts && (contextIndent < 0 || indent === contextIndent)) {
      contextIndent = indent;
      context = { name: unquote(key), endpoints: [], nodes: [] };
      config.contexts.set(context.name, context);
      list = undefined;
    } else if (context !== undefined) {
      list = key === 'endpoints' || key === 'nodes' ? context[key] : undefined;
      if (list !== undefined && value !== '') list.push(...inlineList(value));
    }
  }
  return config;
}

function fromJson(text: string): TalosConfig {
  const parsed = JSON.parse(text) as { context?: string; contexts?: Record<string, Partial<TalosContext>> };
  const contexts = Object.entries(parsed.contexts ?? {}).map(
    ([name, { endpoints = [], nodes = [] }]): [string, TalosContext] => [name, { name, endpoints, nodes }],
  );
  return { context: parsed.context, contexts: new Map(contexts) };
}

/** The file talosctl reads: --talosconfig, else TALOSCONFIG, else ~/.talos/config, else the simulation's own. */
export function loadTalosConfig(
  asked: { flag: string | undefined; env: string | undefined; home: string | undefined; cwd: string },
  fallback: string,
): TalosConfig {
  const named = asked.flag ?? (asked.env || undefined);
  const candidates = named === undefined ? [join(asked.home ?? '/', '.talos', 'config'), fallback] : [named];
  let problem = '';
  for (const candidate of candidates) {
    const path = candidate.startsWith('/') ? candidate : join(asked.cwd, candidate);
    try {
      return parseTalosConfig(readFileSync(path, 'utf8'));
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      problem = `failed to open config file "${path}": open ${path}: ${isMissing ? 'no such file or directory' : String((error as Error).message)}`;
    }
  }
  throw new TalosctlFailure(problem);
}

/** The context a run uses. Throws the error of a config that has none of that name. */
export function contextOf(config: TalosConfig, asked: string | undefined): TalosContext {
  const name = asked ?? config.context;
  const context = name === undefined ? undefined : config.contexts.get(name);
  if (context === undefined)
    throw new TalosctlFailure(`failed to resolve config context: context "${name ?? ''}" is not defined`);
  return context;
}
