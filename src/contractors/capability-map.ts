import type { EffectKind } from '../model/effect.ts';
import type { EtcdMemberFacts, EtcdStatusFacts, MachineFacts, ReceiptFacts } from '../model/facts.ts';
import type { TalosErrorClass } from '../model/talos.ts';
import type { ListedTool, ToolAnswer } from './tool-answer.ts';

/** Members, services, versions and contexts as a contractor tells them, whatever its own words are. */
export interface VersionReading {
  /** Server tag, never the client's; undefined when the node did not answer. */
  server: string | undefined;
  client: string | undefined;
}
export interface TalosMemberReading {
  hostname: string;
  machineType: string;
  operatingSystem: string;
  addresses: readonly string[];
}
export interface ServiceReading {
  id: string;
  state: string;
  /** `?` is unknown, not healthy. */
  health: 'OK' | 'Fail' | '?';
  lastEvent: string;
}
export interface ContextsReading {
  current: string | undefined;
  contexts: readonly { name: string; endpoints: readonly string[] }[];
  client: string | undefined;
}
interface SnapshotReading {
  path: string;
  bytes: number;
  sha256: string;
}
/** A claim that the attempt was dispatched; of a contractor that is told of no attempt, without its id. */
export interface DispatchReading {
  attemptId: string | undefined;
  detail: string;
}

export interface ReceiptReading {
  attemptId: string;
  receipt: ReceiptFacts;
}

/** Capability -> what its reader makes of the contractor's answer. */
export interface CapabilityAnswers {
  'contexts.read': ContextsReading;
  'version.read': VersionReading;
  'machine.read': MachineFacts;
  'members.read': readonly TalosMemberReading[];
  'services.read': readonly ServiceReading[];
  'logs.read': readonly string[];
  'etcd.members': readonly EtcdMemberFacts[];
  'etcd.status': EtcdStatusFacts;
  'etcd.alarms': readonly { memberId: string; alarm: string }[];
  'attempt.get': ReceiptReading;
  'etcd.snapshot': SnapshotReading;
  'etcd.forfeit': string;
  'os.install': DispatchReading;
  'os.reboot': DispatchReading;
}
export type Capability = keyof CapabilityAnswers;

/**
 * Deadlines are wall milliseconds of one call, longer than the contractor's own (contractors 4.3) and below the two
 * minutes a cluster query may take (R225). A capability with an effect changes something: it is sent once, ever.
 */
export const capabilities = {
  'contexts.read': { deadlineMs: 30_000 },
  'version.read': { deadlineMs: 60_000 },
  'machine.read': { deadlineMs: 60_000 },
  'members.read': { deadlineMs: 60_000 },
  'services.read': { deadlineMs: 60_000 },
  'logs.read': { deadlineMs: 60_000 },
  'etcd.members': { deadlineMs: 60_000 },
  'etcd.status': { deadlineMs: 60_000 },
  'etcd.alarms': { deadlineMs: 60_000 },
  'attempt.get': { deadlineMs: 30_000 },
  'etcd.snapshot': { deadlineMs: 600_000, effect: 'snapshot' },
  'etcd.forfeit': { deadlineMs: 60_000, effect: 'forfeit' },
  'os.install': { deadlineMs: 120_000, effect: 'install' },
  'os.reboot': { deadlineMs: 120_000, effect: 'reboot' },
} as const satisfies Record<Capability, { deadlineMs: number; effect?: EffectKind }>;

export type ActCapability = {
  [C in Capability]: (typeof capabilities)[C] extends { effect: EffectKind } ? C : never;
}[Capability];
export type ReadCapability = Exclude<Capability, ActCapability>;

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
}

/**
 * One argument: a value of the call (with an optional suffix, or as a list of one), or a constant of the profile. One that is only sent `whenPresent`
 * need not be known to the tool: to send it all the same is the tool's to refuse.
 */
type ArgumentSource =
  | { value: keyof CallValues; suffix?: string; whenPresent?: true; isList?: true }
  | { constant: string | number | boolean };
export type ArgumentsTemplate = Readonly<Record<string, ArgumentSource>>;

export interface Binding<Reading> {
  tool: string;
  args: ArgumentsTemplate;
  /** Why the tool can't be asked for this; undefined when it can. */
  refuses?(values: Partial<CallValues>): string | undefined;
  /** Throws CONTRACTOR_UNINTELLIGIBLE for an answer it does not know. */
  read(answer: ToolAnswer): Reading;
}
export type CapabilityBindings = { readonly [C in Capability]?: Binding<CapabilityAnswers[C]> };

/** What the contractor itself said went wrong, in the words of the classification table (contractors 3.8). */
export interface StatedFailure {
  errorClass: TalosErrorClass;
  message: string;
  /** The error was in no form the profile knows: not even that the contractor itself has ended the call is known. */
  isUnclassed?: true;
}

export function expandArguments(template: ArgumentsTemplate, values: Partial<CallValues>): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  for (const [name, source] of Object.entries(template)) {
    if ('constant' in source) args[name] = source.constant;
    else {
      const value = values[source.value];
      if (value === undefined && source.whenPresent) continue;
      if (value === undefined) throw new TypeError(`argument ${name} needs the call's ${source.value}`);
      const one = source.suffix === undefined ? value : `${String(value)}${source.suffix}`;
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
