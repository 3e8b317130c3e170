import { type Command, type Connection, commands } from '../../talosctl/argv.ts';
import { type AskOptions, ask } from '../../talosctl/ask.ts';
import { TalosctlError } from '../../talosctl/errors.ts';
import { readKubeletVersion } from '../../talosctl/readers/kubelet-spec.ts';
import { readMembers } from '../../talosctl/readers/members.ts';
import { readMachine, unansweredBy } from '../read-machine.ts';
import { inParallel } from './fan-out.ts';
import type { FleetCluster } from './fleet.ts';

/** Machines of one cluster asked at once: each read is a process of its own. */
const MACHINES_AT_ONCE = 4;

export interface Member extends Connection {
  hostname: string;
  role: string;
}

export interface FleetMachine {
  node: string;
  hostname: string;
  role: string;
  version: string | null;
  kubelet: string | null;
  schematic: string | null;
  extensions: string[] | null;
  stage: string | null;
  ready: boolean | null;
  platform: string | null;
  unanswered: string[];
}

/** What talosctl prints through the first endpoint that answers; throws what the last one said when none does. */
async function askAnyEndpoint(cluster: FleetCluster, command: Command, options: AskOptions): Promise<string> {
  let last: unknown = new TalosctlError('client_config', `cluster ${cluster.name} has no endpoints`);
  for (const node of cluster.endpoints) {
    try {
      return await ask(cluster.talosctl, { context: cluster.context, node, endpoints: [node] }, command, options);
    } catch (error) {
      last = error;
      if (options.signal.aborted) break;
    }
  }
  throw last;
}

/** The members of a cluster by name, control plane first, as its discovery knows them; those removed may stay for half an hour. */
export async function membersOf(cluster: FleetCluster, options: AskOptions): Promise<Member[]> {
  const members = readMembers(await askAnyEndpoint(cluster, commands.get('members'), options));
  const order = ({ role, hostname }: Member): string => `${role === 'controlplane' ? 0 : 1} ${hostname}`;
  return members
    .flatMap(({ hostname, machineType, addresses: [node] }) => {
      if (node === undefined) return [];
      return { context: cluster.context, node, endpoints: cluster.endpoints, hostname, role: machineType };
    })
    .sort((one, other) => (order(one) < order(other) ? -1 : 1));
}

/** Does the work for each machine, a few at once. */
export function forEachMachine<Answer>(
  members: readonly Member[],
  work: (member: Member) => Promise<Answer>,
): Promise<Answer[]> {
  return inParallel(members, MACHINES_AT_ONCE, work);
}

async function machineOf(cluster: FleetCluster, member: Member, options: AskOptions): Promise<FleetMachine> {
  const { node, hostname, role } = member;
  const wanted = ['version', 'stage', 'extensions', 'platform'] as const;
  const nothing = { server: null, schematic: null, extensions: null, stage: null, ready: null, platform: null };
  const unanswered: string[] = [];
  const told = (part: string, error: unknown): void => {
    const { error_class } = unansweredBy(part, error);
    unanswered.push(`${part}: ${error_class}`);
  };
  const [machine, kubelet] = await Promise.all([
    readMachine(cluster.talosctl, member, options, wanted).catch((error: unknown) => told('machine', error)),
    ask(cluster.talosctl, member, commands.get('kubeletspecs'), options)
      .then(readKubeletVersion)
      .catch((error: unknown) => told('kubelet', error)),
  ]);
  const { server, schematic, extensions, stage, ready, platform } = machine ?? nothing;
  for (const part of machine?.unanswered ?? []) unanswered.push(`${part.part}: ${part.error_class}`);
  const read = { version: server, kubelet: kubelet ?? null, schematic, extensions, stage, ready, platform };
  return { node, hostname, role, ...read, unanswered };
}

/** Up to `most` machines of a cluster and what they tell of themselves; what one does not tell is null and named. */
export async function readMachines(
  cluster: FleetCluster,
  most: number,
  options: AskOptions,
): Promise<{ machines: FleetMachine[]; not_read: number }> {
  const members = await membersOf(cluster, options);
  const machines = await forEachMachine(members.slice(0, most), member => machineOf(cluster, member, options));
  return { machines, not_read: Math.max(0, members.length - most) };
}
