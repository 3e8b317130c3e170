import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asObject } from '../kubernetes-api/json.ts';
import { TalosctlFailure } from './failure.ts';
import { readYaml } from './yaml-read.ts';

export interface TalosContext {
  name: string;
  endpoints: string[];
  nodes: string[];
  /** Base64 of PEM, as talosctl keeps them. */
  ca?: string;
  crt?: string;
  key?: string;
}

export interface TalosConfig {
  context: string | undefined;
  contexts: Map<string, TalosContext>;
}

const listed = (value: unknown): string[] =>
  (Array.isArray(value) ? (value as unknown[]) : [value])
    .filter(item => item !== null && item !== undefined)
    .map(String);

/** Reads a talosconfig: YAML as talosctl writes it, or JSON. Throws talosctl's error for anything else. */
export function parseTalosConfig(text: string): TalosConfig {
  const parsed = text.trimStart().startsWith('{') ? (JSON.parse(text) as unknown) : readYaml(text)[0];
  const { context, contexts } = asObject(parsed);
  const entries = Object.entries(asObject(contexts)).map(([name, given]): [string, TalosContext] => {
    const { endpoints, nodes, ca, crt, key } = asObject(given);
    const identity = Object.entries({ ca, crt, key }).filter(([, value]) => typeof value === 'string' && value !== '');
    return [name, { name, endpoints: listed(endpoints), nodes: listed(nodes), ...Object.fromEntries(identity) }];
  });
  return { context: typeof context === 'string' && context !== '' ? context : undefined, contexts: new Map(entries) };
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

/** A talosconfig of one context, as talosctl writes it. */
export const talosconfigText = (context: TalosContext): string =>
  [
    `context: ${context.name}`,
    'contexts:',
    `    ${context.name}:`,
    ...(['endpoints', 'nodes'] as const).flatMap(key =>
      context[key].length === 0 ? [] : [`        ${key}:`, ...context[key].map(one => `            - ${one}`)],
    ),
    ...(['ca', 'crt', 'key'] as const).flatMap(key =>
      context[key] === undefined ? [] : `        ${key}: ${context[key]}`,
    ),
    '',
  ].join('\n');
