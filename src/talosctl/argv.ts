import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { normalize, resolve } from 'node:path';
import { TalosctlError } from './errors.ts';

/** How one machine is reached: exactly one node, through control plane endpoints (SAFETY 1). */
export interface Connection {
  context: string;
  node: string;
  endpoints: readonly string[];
  /** Without authentication, straight to a machine that has no configuration yet and so answers anybody. */
  insecure?: true;
}

/** The resources we read; names as `talosctl get` takes them. */
export type ResourceKind =
  | 'members'
  | 'machinestatus'
  | 'systeminformation'
  | 'nodename'
  | 'extensions'
  | 'platformmetadata'
  | 'securitystate'
  | 'disks'
  | 'infos'
  | 'kubeletspecs'
  | 'machineconfigs'
  | 'apicertificates'
  | 'kubernetesdynamiccerts'
  | 'etcdsecrets';

const HOSTNAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const CONTEXT = /^[A-Za-z0-9][A-Za-z0-9._@:/+-]{0,127}$/;
const SERVICE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const IMAGE =
  /^[a-z0-9][a-z0-9.-]*(?::[0-9]{1,5})?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;
const IMAGE_VERSION = /[^/](?::[A-Za-z0-9_][A-Za-z0-9_.-]*|@sha256:[0-9a-f]{64})$/;
const ATTEMPT_ID = /^[A-Za-z0-9._-]{8,80}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MAX_IMAGE = 512;
const MAX_PATH = 4096;

function refuse(what: string, given: string, wanted: string): never {
  throw new TalosctlError('invalid_argument', `${what} ${JSON.stringify(given.slice(0, 80))} is not ${wanted}`);
}

/** The value when it is of its form, so that it can't become a flag. Throws TalosctlError invalid_argument. */
export function checked(what: string, given: string, isGood: boolean, wanted: string): string {
  return isGood ? given : refuse(what, given, wanted);
}

/** An IP address without zone, or a hostname. */
export function machineAddress(given: string): string {
  const isAddress = isIP(given) !== 0 && !given.includes('%');
  return checked('address', given, isAddress || HOSTNAME.test(given), 'an IP address or a hostname');
}

export function contextName(given: string): string {
  return checked('context', given, CONTEXT.test(given), 'the name of a talosconfig context');
}

export function serviceName(given: string): string {
  return checked('service', given, SERVICE.test(given), 'the name of a Talos service');
}

/** An image with registry, path and a tag or digest: a bare name would install whatever is latest. */
export function imageReference(given: string): string {
  const isGood = given.length <= MAX_IMAGE && IMAGE.test(given) && IMAGE_VERSION.test(given);
  return checked('image', given, isGood, 'an image reference with registry, path and tag or digest');
}

/** An absolute path of a file, in its shortest form. */
export function absolutePath(given: string): string {
  const isShortest = given.startsWith('/') && normalize(given) === given && !given.endsWith('/');
  const isGood = isShortest && given.length <= MAX_PATH && !/\p{Cc}/u.test(given);
  return checked('path', given, isGood, 'an absolute path of a file without "." and ".." parts');
}

export function attemptId(given: string, what: 'attempt_id' | 'supersedes' = 'attempt_id'): string {
  return checked(what, given, ATTEMPT_ID.test(given), '8 to 80 letters, digits, dots, dashes or underscores');
}

/** A UUID in lower case: firmware and kubelet differ in case. */
export function uuid(what: 'system_uuid' | 'boot_id', given: string): string {
  return checked(what, given, UUID.test(given), 'a UUID').toLowerCase();
}

/** The endpoints but the node itself, which is kept only when no other is left (SAFETY 1). */
function endpointsFor(connection: Connection): string[] {
  const named = [...new Set(connection.endpoints.map(machineAddress))];
  if (named.length === 0) refuse('endpoints', '', 'a list of at least one control plane address');
  const others = named.filter(endpoint => endpoint.toLowerCase() !== connection.node.toLowerCase());
  return others.length === 0 ? named : others;
}

/** What talosctl is asked to do, every value checked. Made only by `commands`. */
export type Command = readonly string[];

export const commands = {
  version: (): Command => ['version'],
  get: (kind: ResourceKind): Command => ['get', kind, '-o', 'json'],
  bootId: (): Command => ['read', '/proc/sys/kernel/random/boot_id'],
  services: (): Command => ['services'],
  logs: (service: string, tailLines: number): Command => [
    'logs',
    serviceName(service),
    '--tail',
    checked('tail_lines', String(tailLines), Number.isInteger(tailLines) && tailLines > 0, 'a positive whole number'),
  ],
  etcdMembers: (): Command => ['etcd', 'members'],
  etcdStatus: (): Command => ['etcd', 'status'],
  etcdAlarms: (): Command => ['etcd', 'alarm', 'list'],
  etcdSnapshot: (path: string): Command => ['etcd', 'snapshot', absolutePath(path)],
  etcdForfeitLeadership: (): Command => ['etcd', 'forfeit-leadership'],
  upgrade: (image: string, flags: readonly ('--drain=false' | '--no-reboot' | '--wait=false')[]): Command => [
    'upgrade',
    '--image',
    imageReference(image),
    ...flags,
  ],
  reboot: (): Command => ['reboot', '--wait=false'],
} as const;

/** Commands that reach no node and so name none. */
export const localCommands = {
  clientVersion: (): Command => ['version', '--client'],
  configContexts: (): Command => ['config', 'contexts'],
  configInfo: (): Command => ['config', 'info'],
} as const;

/** `--talosconfig` when the environment names one; a leading ~/ is the home folder. */
export function talosconfigFlag(talosconfig: string | undefined): string[] {
  if (talosconfig === undefined || talosconfig === '') return [];
  const path = talosconfig.startsWith('~/') ? `${homedir()}${talosconfig.slice(1)}` : talosconfig;
  return ['--talosconfig', absolutePath(resolve(path))];
}

/**
 * The whole argument list of one call: the command, then --context, exactly one -n, and -e with control plane addresses.
 * Throws TalosctlError invalid_argument for any value that is not of its form, so none can become a flag.
 */
export function argvFor(connection: Connection, command: Command, talosconfig: string | undefined): string[] {
  const node = machineAddress(connection.node);
  const endpoints = endpointsFor(connection).join(',');
  const context = contextName(connection.context);
  const how = connection.insecure === undefined ? [] : ['--insecure'];
  return [...command, ...how, ...talosconfigFlag(talosconfig), '--context', context, '-n', node, '-e', endpoints];
}
