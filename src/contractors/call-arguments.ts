/** What a contractor's tool is called with: a profile's template, filled with the values of a call. */
import type { ConfigPatch } from '../model/config-patch.ts';
import type { ListedTool } from './tool-answer.ts';

/** Everything a tool's arguments may be made of. */
export interface CallValues {
  context: string;
  address: string;
  endpoints: readonly string[];
  parts: readonly string[];
  service: string;
  tailLines: number;
  path: string;
  image: string;
  reboots: boolean;
  attemptId: string;
  systemUuid: string;
  bootId: string;
  supersedes: readonly string[];
  kubernetes: boolean;
  namespace: string;
  sha256: string;
  patch: ConfigPatch;
  mode: string;
  maintenance: boolean;
  controlPlane: readonly string[];
  gone: readonly string[];
  graceful: boolean;
  labels: readonly string[];
  force: boolean;
  from: string;
  to: string;
  kubelets: boolean;
  authority: string;
  memberId: string;
}

/**
 * One argument: a value of the call (with an optional suffix, or as a list of one), or a constant of the profile. One that is only sent `whenPresent`
 * need not be known to the tool: to send it all the same is the tool's to refuse.
 */
type ArgumentSource =
  | { value: keyof CallValues; suffix?: string; whenPresent?: true; isList?: true }
  | { constant: string | number | boolean };
export type ArgumentsTemplate = Readonly<Record<string, ArgumentSource>>;

export function expandArguments(template: ArgumentsTemplate, values: Partial<CallValues>): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  for (const [name, source] of Object.entries(template)) {
    if ('constant' in source) args[name] = source.constant;
    else {
      const value = values[source.value];
      if (value === undefined && source.whenPresent) continue;
      if (value === undefined) throw new TypeError(`argument ${name} needs the call's ${source.value}`);
      const one =
        source.suffix === undefined
          ? value
          : `${typeof value === 'string' ? value : JSON.stringify(value)}${source.suffix}`;
      args[name] = source.isList ? [one] : one;
    }
  }
  return args;
}

const VALUE_TYPES: Readonly<Record<keyof CallValues, string>> = {
  context: 'string',
  address: 'string',
  endpoints: 'array',
  parts: 'array',
  service: 'string',
  tailLines: 'number',
  path: 'string',
  image: 'string',
  reboots: 'boolean',
  attemptId: 'string',
  systemUuid: 'string',
  bootId: 'string',
  supersedes: 'array',
  kubernetes: 'boolean',
  namespace: 'string',
  sha256: 'string',
  patch: 'object',
  mode: 'string',
  maintenance: 'boolean',
  controlPlane: 'array',
  gone: 'array',
  graceful: 'boolean',
  labels: 'array',
  force: 'boolean',
  from: 'string',
  to: 'string',
  kubelets: 'boolean',
  authority: 'string',
  memberId: 'string',
};

function typeSent(source: ArgumentSource): string {
  if ('constant' in source) return typeof source.constant;
  return source.isList ? 'array' : VALUE_TYPES[source.value];
}

function isSameType(listed: string | undefined, sent: string): boolean {
  return listed === undefined || listed === sent || (listed === 'integer' && sent === 'number');
}

/**
 * True when the tool takes every argument the template sends, with that type, and needs no other (contractors 4.1, 3).
 * A tool that fails this is a missing capability, not an error.
 */
export function isBindable(tool: ListedTool | undefined, template: ArgumentsTemplate): boolean {
  if (!tool) return false;
  const sends = Object.entries(template);
  const isAlwaysSent = (source: ArgumentSource | undefined) =>
    source !== undefined && !('whenPresent' in source && source.whenPresent);
  return (
    tool.required.every(name => isAlwaysSent(template[name])) &&
    sends.every(([name, source]) => {
      const sent = typeSent(source);
      return name in tool.properties ? isSameType(tool.properties[name], sent) : !isAlwaysSent(source);
    })
  );
}
